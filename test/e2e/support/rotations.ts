import type { Ran } from './commands.js';

/** The keys in the order of the setting, the one in use first. */
export function ring(encryption: string[], hash: string[]): Record<string, string> {
  return { ENCRYPTION_KEYS: encryption.join(','), HASH_KEYS: hash.join(',') };
}

/** How many values a run says that it has re-sealed, and has left. */
export function totals({ stdout }: Ran): { resealed: number; left: number } {
  const rows = [...stdout.matchAll(/^\w+\.\w+ +(\d+) +(\d+) /gm)];
  const sum = (column: number) => rows.reduce((all, row) => all + Number(row[column]), 0);
  return { resealed: sum(1), left: sum(2) };
}
