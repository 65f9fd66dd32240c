import { parseArgs } from 'node:util';
import { StartFailure } from '../start-failure.js';

/** How `npm run ha:test` was asked to test. */
export interface HaOptions {
  /** How many payments begin each second. */
  perSecond: number;
  /** Where there is room for three small clusters. */
  directory: string;
}

export const usage = `Kills the leader of a database cluster under load, then moves it in a planned way, and looks whether
every payment that was acknowledged is there, none was charged twice, and how long nobody could pay.

  npm run ha:test

  --rate <number>       how many payments begin each second; 10 unless given
  --directory <path>    where there is room for three small clusters; /var/tmp unless given

It needs the Debian packages etcd-server, haproxy, patroni, pgbouncer and postgresql-15, uses free ports of
127.0.0.1 and ends all that it started. Exit code: 0 when all holds, 1 when something does not, 2 when it could not
test.`;

const forms = {
  rate: { type: 'string', default: '10' },
  directory: { type: 'string', default: '/var/tmp' },
} as const;

/** @throws StartFailure that says what is wrong with the arguments */
export function readHaOptions(args: string[]): HaOptions {
  const { values } = parse(args);
  const perSecond = Number(values.rate);
  if (!Number.isInteger(perSecond) || perSecond < 4 || perSecond > 100) {
    throw new StartFailure('--rate must be a number from 4 to 100.');
  }
  return { perSecond, directory: values.directory };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: forms });
  } catch (error) {
    throw new StartFailure(`${(error as Error).message}\n\n${usage}`);
  }
}
