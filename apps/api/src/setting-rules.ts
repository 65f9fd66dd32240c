/** The settings that depend on one another. */
interface RuledSettings {
  ENVIRONMENT?: string;
  LIVEMODE?: boolean;
  FAILPOINT?: unknown;
  WEBHOOK_ALLOW_PRIVATE_ADDRESSES?: boolean;
  PROVIDER_TIMEOUT_MS?: number;
  DRAIN_TIMEOUT_MS?: number;
  IDEMPOTENCY_LEASE_MS?: number;
}

/** What is wrong with settings of which each alone is right, one sentence each. */
export function brokenRules(settings: RuledSettings): string[] {
  const { ENVIRONMENT: environment, FAILPOINT: failpoint, LIVEMODE: livemode } = settings;
  const mistakes = brokenTimeouts(settings);
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
