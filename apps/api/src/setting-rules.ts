/** The settings that depend on one another. */
interface RuledSettings {
  ENVIRONMENT?: string;
  LIVEMODE?: boolean;
  FAILPOINT?: unknown;
  WEBHOOK_ALLOW_PRIVATE_ADDRESSES?: boolean;
  PROVIDER_TIMEOUT_MS?: number;
  DRAIN_DELAY_MS?: number;
  DRAIN_TIMEOUT_MS?: number;
  IDEMPOTENCY_LEASE_MS?: number;
  PORT?: number;
  ADMIN_PORT?: number | undefined;
  METRICS_PORT?: number | undefined;
  WEB_CONCURRENCY?: number;
}

/** What is wrong with settings of which each alone is right, one sentence each. */
export function brokenRules(settings: RuledSettings): string[] {
  const { ENVIRONMENT: environment, FAILPOINT: failpoint, LIVEMODE: livemode } = settings;
  const mistakes = [
    ...brokenTimeouts(settings),
    ...brokenLease(settings),
    ...brokenMetricsPorts(settings),
  ];
  if (failpoint && environment !== 'test') {
    mistakes.push('FAILPOINT is wrong: it needs ENVIRONMENT to be `test`.');
  }
  if (livemode && environment !== 'production') {
    mistakes.push('LIVEMODE is wrong: `true` needs ENVIRONMENT to be `production`.');
  }
  if (settings.WEBHOOK_ALLOW_PRIVATE_ADDRESSES && environment === 'production') {
    mistakes.push('WEBHOOK_ALLOW_PRIVATE_ADDRESSES is wrong: not true in `production`.');
  }
  return mistakes;
}

/** A retry may take a request over only when its first run can no longer be alive. */
function brokenTimeouts(settings: RuledSettings): string[] {
  const order = ['PROVIDER_TIMEOUT_MS', 'DRAIN_TIMEOUT_MS', 'IDEMPOTENCY_LEASE_MS'] as const;
  return order.slice(1).flatMap((name, index) => {
    const below = order[index] ?? name;
    const [longer, shorter] = [settings[name], settings[below]];
    if (longer === undefined || shorter === undefined || longer > shorter) return [];
    return [`${name} is wrong: it must be above ${below} (${shorter}).`];
  });
}

function brokenLease(settings: RuledSettings): string[] {
  const { DRAIN_DELAY_MS: delayMs = 0, DRAIN_TIMEOUT_MS: timeoutMs = 0 } = settings;
  const { IDEMPOTENCY_LEASE_MS: leaseMs } = settings;
  const longestMs = delayMs + timeoutMs;
  if (leaseMs === undefined || leaseMs <= timeoutMs || leaseMs > longestMs) return [];
  return [
    `IDEMPOTENCY_LEASE_MS is wrong: it must be above DRAIN_DELAY_MS + DRAIN_TIMEOUT_MS (${longestMs}).`,
  ];
}

/** Every process of one start has its metrics at a port of its own. */
function brokenMetricsPorts(settings: RuledSettings): string[] {
  const { METRICS_PORT: first, WEB_CONCURRENCY: processes = 1, PORT, ADMIN_PORT } = settings;
  if (first === undefined || processes === 1) return [];
  const last = first + processes - 1;
  const isTaken = [PORT, ADMIN_PORT].some(
    (port) => port !== undefined && first <= port && port <= last,
  );
  if (last <= 65_535 && !isTaken) return [];
  const ports = `${first} to ${last} are for the ${processes} of WEB_CONCURRENCY`;
  return [`METRICS_PORT is wrong: the ports ${ports}, and must be free.`];
}
