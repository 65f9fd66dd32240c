import { parseArgs } from 'node:util';

/** A whole number that a command takes, as `--name`. */
export interface Bounds {
  least: number;
  most: number;
  /** When the command does not say. */
  usual: number;
}

/** The numbers of a command line, each within its bounds. */
export function readNumbers<Name extends string>(
  args: string[],
  bounds: Record<Name, Bounds>,
): Record<Name, number> {
  const entries = Object.entries(bounds) as [Name, Bounds][];
  const options = Object.fromEntries(entries.map(([name]) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args, options });
  const numbers = entries.map(([name, { least, most, usual }]) => {
    const value = Number(values[name] ?? usual);
    if (Number.isInteger(value) && value >= least && value <= most) return [name, value];
    throw new Error(`--${name} must be a whole number from ${least} to ${most}`);
  });
  return Object.fromEntries(numbers) as Record<Name, number>;
}
