import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { birthOf, commandOf, isAlive } from '../../apps/local/src/process-table.js';

const prefix = 'payments-test-';

interface Owner {
  pid: number;
  birth: string;
}

/** A temporary directory that other accounts may pass, since root starts PostgreSQL as another one. */
export function makeTestDirectory(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), prefix));
  fs.chmodSync(directory, 0o711);
  const owner: Owner = { pid: process.pid, birth: birthOf(process.pid) };
  fs.writeFileSync(path.join(directory, 'owner.json'), JSON.stringify(owner));
  return directory;
}

/** Removes what killed runs left behind: their directories and the servers that still run in them. */
export function removeLeftovers(): void {
  for (const name of fs.readdirSync(os.tmpdir())) {
    const directory = path.join(os.tmpdir(), name);
    const owner = name.startsWith(prefix) ? readOwner(directory) : undefined;
    if (!owner || (isAlive(owner.pid) && birthOf(owner.pid) === owner.birth)) continue;
    killServer(path.join(directory, 'postgres', 'data'));
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

function killServer(dataDir: string): void {
  const pidFile = path.join(dataDir, 'postmaster.pid');
  if (!fs.existsSync(pidFile)) return;
  const pid = Number(fs.readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (isAlive(pid) && commandOf(pid).includes(dataDir)) process.kill(pid, 'SIGQUIT');
}

function readOwner(directory: string): Owner | undefined {
  try {
    return JSON.parse(fs.readFileSync(path.join(directory, 'owner.json'), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}
