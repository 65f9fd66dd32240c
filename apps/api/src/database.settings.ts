import { integer } from './settings.js';

/** How a process reaches PostgreSQL. The figures of the pool are those of the whole deployment. */
export const databaseSettings = {
  DATABASE_WAIT_MS: integer({
    about: 'How long the start waits for a PostgreSQL that does not answer.',
    default: '60000',
    min: 0,
    max: 3600000,
  }),
  POOL_MIN: integer({
    about: 'Connections of the whole deployment that are kept open.',
    default: '10',
    min: 0,
    max: 1000,
  }),
  POOL_MAX: integer({
    about: 'Connections that the whole deployment may open.',
    default: '100',
    min: 1,
    max: 10000,
  }),
  POOL_IDLE_TIMEOUT_MS: integer({
    about: 'How long an idle connection above POOL_MIN is kept.',
    default: '30000',
    min: 100,
    max: 3600000,
  }),
  POOL_MAX_LIFETIME_SECONDS: integer({
    about: 'How old a connection may become.',
    default: '3600',
    min: 1,
    max: 86400,
  }),
  POOL_ACQUIRE_TIMEOUT_MS: integer({
    about: 'How long a request waits for a connection before it is answered 503.',
    default: '3000',
    min: 100,
    max: 60000,
  }),
  STATEMENT_TIMEOUT_MS: integer({
    about: 'How long one SQL statement may run.',
    default: '10000',
    min: 100,
    max: 600000,
  }),
  LOCK_TIMEOUT_MS: integer({
    about: 'How long one SQL statement may wait for a lock.',
    default: '5000',
    min: 100,
    max: 600000,
  }),
} as const;
