import { parseArgs } from 'node:util';
import { StartFailure } from '../start-failure.js';

/** How `npm run backup:drill` was asked to drill. */
export interface DrillOptions {
  /** The backups to restore; a cluster of its own is made and backed up unless given. */
  stanza: string | undefined;
  configFile: string | undefined;
  target: Date | undefined;
  maxLagSeconds: number;
  /** Where there is room for the restored database. */
  directory: string;
}

const forms = {
  stanza: { type: 'string' },
  config: { type: 'string' },
  target: { type: 'string' },
  'max-lag': { type: 'string', default: '150' },
  directory: { type: 'string', default: '/var/tmp' },
} as const;

const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2})$/;

/** @throws StartFailure that says what is wrong with the arguments */
export function readDrillOptions(args: string[]): DrillOptions {
  const { values } = parse(args);
  if (values.stanza === undefined && (values.config ?? values.target) !== undefined) {
    throw new StartFailure('--config and --target need --stanza.');
  }
  const maxLagSeconds = Number(values['max-lag']);
  if (!(maxLagSeconds > 0)) throw new StartFailure('--max-lag must be a number of seconds.');
  return {
    ...{ stanza: values.stanza, configFile: values.config, maxLagSeconds },
    ...{ target: readMoment(values.target), directory: values.directory },
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: forms });
  } catch (error) {
    throw new StartFailure(`${(error as Error).message} Try: npm run backup:drill -- --help`);
  }
}

function readMoment(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const found = new Date(text);
  if (moment.test(text) && !Number.isNaN(found.getTime())) return found;
  throw new StartFailure('--target must be a moment such as 2026-03-01T12:00:00Z.');
}
