import * as fs from 'node:fs';
import { birthOf, isAlive } from './process-table.js';
import { StartFailure } from './start-failure.js';

interface Owner {
  pid: number;
  birth: string;
}

/** Takes the lock file for this process, or fails with a sentence when another launcher holds it. */
export function takeLock(file: string, directory: string): { release(): void } {
  const own: Owner = { pid: process.pid, birth: birthOf(process.pid) };
  const prepared = `${file}.${process.pid}`;
  fs.writeFileSync(prepared, JSON.stringify(own));
  try {
    if (!tryLink(prepared, file)) {
      const owner = readOwner(file);
      if (owner && isRunning(owner)) throw alreadyRunning(directory, owner.pid);
      fs.rmSync(file, { force: true });
      if (!tryLink(prepared, file)) throw alreadyRunning(directory, readOwner(file)?.pid);
    }
  } finally {
    fs.rmSync(prepared, { force: true });
  }
  return {
    release: () => {
      if (readOwner(file)?.pid === process.pid) fs.rmSync(file, { force: true });
    },
  };
}

/** A link appears with its content and fails when the name exists, so no reader sees half a lock. */
function tryLink(prepared: string, file: string): boolean {
  try {
    fs.linkSync(prepared, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isRunning(owner: Owner): boolean {
  return isAlive(owner.pid) && birthOf(owner.pid) === owner.birth;
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

function alreadyRunning(directory: string, pid: number | undefined): StartFailure {
  return new StartFailure(
    `The system is already running on ${directory} (process ${pid ?? 'unknown'}): stop it first, or choose another directory with LOCAL_DATA_DIR.`,
  );
}
