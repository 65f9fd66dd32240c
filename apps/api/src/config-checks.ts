import { SettingError } from './settings.js';

type Timeouts = Record<
  'PROVIDER_TIMEOUT_MS' | 'DRAIN_DELAY_MS' | 'DRAIN_TIMEOUT_MS' | 'IDEMPOTENCY_LEASE_MS',
  number
>;

interface Ports {
  PORT: number;
  ADMIN_PORT: number | undefined;
  METRICS_PORT: number | undefined;
  WEB_CONCURRENCY: number;
}

/** A retry may take a request over only when its first run can no longer be alive. */
export function checkTimeouts(config: Timeouts): void {
  const names = ['PROVIDER_TIMEOUT_MS', 'DRAIN_TIMEOUT_MS', 'IDEMPOTENCY_LEASE_MS'] as const;
  let shorter: (typeof names)[number] = names[0];
  for (const name of names.slice(1)) {
    if (config[name] <= config[shorter]) {
      throw new SettingError(`${name} is wrong: it must be above ${shorter} (${config[shorter]}).`);
    }
    shorter = name;
  }
  const longestDrainMs = config.DRAIN_DELAY_MS + config.DRAIN_TIMEOUT_MS;
  if (config.IDEMPOTENCY_LEASE_MS <= longestDrainMs) {
    const sum = `DRAIN_DELAY_MS + DRAIN_TIMEOUT_MS (${longestDrainMs})`;
    throw new SettingError(`IDEMPOTENCY_LEASE_MS is wrong: it must be above ${sum}.`);
  }
}

/** Every process of one start has its metrics at a port of its own. */
export function checkMetricsPorts(config: Ports): void {
  const { METRICS_PORT: first, WEB_CONCURRENCY: processes } = config;
  if (first === undefined || processes === 1) return;
  const last = first + processes - 1;
  const taken = [config.PORT, config.ADMIN_PORT].find(
    (port) => port !== undefined && first <= port && port <= last,
  );
  if (last > 65535 || taken !== undefined) {
    const ports = `${first} to ${last} are for the ${processes} of WEB_CONCURRENCY`;
    throw new SettingError(`METRICS_PORT is wrong: the ports ${ports}, and must be free.`);
  }
}
