import { integer } from './settings.js';

/** What a process tells of itself, and how often. */
export const monitoringSettings = {
  METRICS_READ_EVERY_MS: integer({
    about: 'How old a metric may be that is read from the database.',
    default: '5000',
    min: 0,
    max: 600000,
  }),
} as const;
