import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootDir } from './test-run.js';

/** An entry of the lock file. */
export interface LockedPackage {
  version: string;
  integrity?: string;
  resolved?: string;
  license?: string;
  dev?: boolean;
  link?: boolean;
  hasInstallScript?: boolean;
}

export type LockedPackages = Record<string, LockedPackage>;

const registry = 'https://registry.npmjs.org/';

/** Licences that ask for no more than a notice. */
const permissive = new Set([
  ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC'],
  ...['MIT', 'Python-2.0', 'Unlicense'],
]);

/** Packages of other licences, and why they may stay. */
export const licenceExceptions: Readonly<Record<string, string>> = {
  'caniuse-lite':
    'CC-BY-4.0: a table of browsers that tools of the tests read; it is in no image and not given to anybody.',
};

/** What npm would install; the root itself is not among them. */
export function readLockedPackages(): LockedPackages {
  const text = readFileSync(join(rootDir, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: LockedPackages };
  return Object.fromEntries(Object.entries(packages).filter(([path]) => path !== ''));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** Entries that npm could not tell from something else of the same name and version. */
export function unprovenPackages(packages: LockedPackages): string[] {
  const unproven = Object.entries(packages).filter(([, { integrity, resolved, link }]) => {
    const isFromRegistry = !link && (resolved === undefined || resolved.startsWith(registry));
    return !isFromRegistry || !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '');
  });
  return unproven.map(([path]) => path);
}

/** Packages whose licence is unknown, or asks for more than a notice and has no exception. */
export function refusedLicences(packages: LockedPackages): string[] {
  const refused = Object.entries(packages).filter(([path, { license }]) => {
    return !isPermissive(license ?? '') && licenceExceptions[nameOf(path)] === undefined;
  });
  return refused.map(([path, { license }]) => `${path}: ${license ?? 'unknown'}`);
}

/** One choice of an OR, or all parts of an AND. A mixture is for people to read. */
function isPermissive(expression: string): boolean {
  const words = expression.replace(/^\(|\)$/g, '');
  const choices = words.split(' OR ');
  if (choices.length > 1) return choices.some((choice) => permissive.has(choice));
  return words.split(' AND ').every((part) => permissive.has(part));
}

/** Rows of a table: a licence, and the packages that are under it. */
export function licenceRows(packages: LockedPackages, isDev: boolean): string[][] {
  const names = new Map<string, Set<string>>();
  for (const [path, { version, license = 'unknown', dev = false }] of Object.entries(packages)) {
    if (dev !== isDev) continue;
    const known = names.get(license) ?? new Set();
    names.set(license, known.add(`${nameOf(path)} ${version}`));
  }
  return [...names]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([licence, found]) => [licence, [...found].toSorted().join(', ')]);
}
