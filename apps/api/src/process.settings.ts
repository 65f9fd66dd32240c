import { integer, type Setting } from './settings.js';

/** How the processes of a deployment share what there is, stop, and say how they are. */
export const processSettings = {
  WEB_CONCURRENCY: integer({
    about:
      'How many processes one start of the API runs on its port. They share its part of POOL_MIN, POOL_MAX and the rate limits; the n-th has its /metrics at METRICS_PORT + n - 1.',
    default: '1',
    min: 1,
    max: 64,
  }),
  POOL_PROCESSES: integer({
    about:
      'How many starts of the API and the worker share POOL_MIN and POOL_MAX: replicas, each counted once whatever its WEB_CONCURRENCY.',
    default: '4',
    min: 1,
    max: 1000,
  }),
  API_PROCESSES: integer({
    about:
      'How many starts of the API share a rate limit when Redis does not count for all of them: replicas, each counted once whatever its WEB_CONCURRENCY. Each process lets at least one request a minute through, so a limit below their number is exceeded.',
    default: '1',
    min: 1,
    max: 1000,
  }),
  DRAIN_DELAY_MS: integer({
    about:
      'How long a stopping API still takes requests, while it is no longer ready and the balancer finds out.',
    default: '5000',
    min: 0,
    max: 60000,
  }),
  DRAIN_TIMEOUT_MS: integer({
    about:
      'How long a stopping process lets requests finish, after DRAIN_DELAY_MS. Above PROVIDER_TIMEOUT_MS.',
    default: '30000',
    min: 0,
    max: 600000,
  }),
  WORKER_STUCK_AFTER_MS: integer({
    about: 'How long a job of the worker may take for one turn before the worker is not live.',
    default: '300000',
    min: 100,
    max: 86400000,
  }),
} as const satisfies Record<string, Setting<unknown>>;
