import { containsCardNumber } from '../../apps/api/src/http/card-data.js';
import { leave, readLeftovers, wantsLeftovers } from './leftovers.js';

const kind = 'logs';
const shownCharacters = 300;
const fewestCharacters = 16;

/** What may be in no log, by its form. */
const forms: Record<string, RegExp> = {
  'an API key': /(?<![0-9A-Za-z])[0-9A-Za-z]{8}_[0-9A-Za-z]{49}(?![0-9A-Za-z])/,
  'a webhook secret': /whsec_[\w+/]{20,}/,
  'a password in a URL': /\w:\/\/[^\s/:@"]+:[^\s/@"]+@/,
  'a bearer token': /\bbearer\s+[\w.~+/-]{8,}/i,
  'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  'a mailbox': /[\w.+-]+@[\w-]+\.[a-z]{2,}/i,
};

/** The logs of one system. */
export interface ScannedLog {
  lines: number;
  found: string[];
}

/** What a log holds that nobody may read there: one entry for each line and kind. */
export function findSecrets(log: string, known: readonly string[]): string[] {
  const secrets = known.flatMap((secret) => secret.split(':'));
  const long = secrets.filter((secret) => secret.length >= fewestCharacters);
  return log.split('\n').flatMap((line) => {
    const kinds = Object.entries(forms).flatMap(([name, form]) => (form.test(line) ? [name] : []));
    if (long.some((secret) => line.includes(secret))) kinds.push('a secret of the run');
    if (containsCardNumber(line)) kinds.push('a card number');
    return kinds.map((name) => `${name}: ${line.slice(0, shownCharacters)}`);
  });
}

/** Scans what the processes of a system printed, for the test after the run. */
export function leaveScan(log: string, known: readonly string[]): void {
  if (!wantsLeftovers()) return;
  const lines = log.split('\n').length;
  leave(kind, { lines, found: findSecrets(log, known) } satisfies ScannedLog);
}

export function readScans(): ScannedLog[] {
  return readLeftovers<ScannedLog>(kind);
}
