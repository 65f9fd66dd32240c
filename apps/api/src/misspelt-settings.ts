import { plainNameOf } from '@libs/providers';

/** The names that mean something in an environment. */
export interface KnownNames {
  names: readonly string[];
  /** Whether `<NAME>_FILE` means something too. */
  isSecret(this: void, name: string): boolean;
}

const shortest = 6;
const longName = 12;

/** Variables that are no settings and look like one, so that nobody believes what is not so. */
export function findMisspelt(environment: NodeJS.ProcessEnv, known: KnownNames): string[] {
  const names = new Set(known.names);
  return Object.entries(environment).flatMap(([variable, value]) => {
    const name = plainNameOf(variable.replace(/_FILE$/, ''));
    if (!value || names.has(variable) || names.has(plainNameOf(variable))) return [];
    if (names.has(name)) {
      if (known.isSecret(name)) return [];
      return [`${variable} is no setting: ${name} is no secret and stands in the variable itself.`];
    }
    const meant = known.names.find((each) => isSimilar(name, each));
    return meant ? [`${variable} is no setting: is ${meant} meant?`] : [];
  });
}

function isSimilar(name: string, known: string): boolean {
  if (name.toUpperCase() === known) return true;
  if (name.length < shortest || known.length < shortest) return false;
  const most = known.length >= longName ? 2 : 1;
  return Math.abs(name.length - known.length) <= most && distance(name, known) <= most;
}

/** How many letters are to be added, left out, replaced or swapped with their neighbour. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      const isSwap = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swapped = isSwap ? (before[j - 2] ?? i) + 1 : Infinity;
      row.push(Math.min(replaced, swapped, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = above;
    above = row;
  }
  return above[other.length] ?? 0;
}
