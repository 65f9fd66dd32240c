// `npm run reset`: removes what `npm start` made. Plain JavaScript, so that it works without a build.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { readCommandLine } from './commands.mjs';

readCommandLine('reset');

const directory = path.resolve(process.env.LOCAL_DATA_DIR || '.local');
const markerFile = path.join(directory, 'local-data.json');
const stopTimeoutMs = 20_000;

if (!fs.existsSync(directory)) finish(`There is nothing to reset: ${directory} does not exist.`);
const marker = readJson(markerFile);
if (marker?.kind !== 'payment-orchestration-local-data') {
  refuse(
    `${directory} was not made by npm start (it has no local-data.json): nothing was removed.`,
  );
}
const owner = readJson(path.join(directory, 'lock'));
if (owner && isAlive(owner.pid) && birthOf(owner.pid) === owner.birth) {
  refuse(`The system is running (process ${owner.pid}): stop it first, then reset.`);
}

const outside = ownOutsideDirectory(marker.postgres_outside_dir);
const dataDirectories = [path.join(directory, 'postgres', 'data')];
if (outside) dataDirectories.push(path.join(outside, 'data'));
for (const dataDirectory of dataDirectories) await stopPostgres(dataDirectory);
try {
  if (outside) fs.rmSync(outside, { recursive: true, force: true });
  fs.rmSync(directory, { recursive: true, force: true });
} catch (error) {
  refuse(`${directory} could not be removed (${error.code}): is it another account's?`);
}
const kept = process.env.DATABASE_URL ? ' The database of DATABASE_URL was left as it is.' : '';
finish(`Removed ${directory}; the next npm start begins afresh.${kept}`);

/** The server may have outlived a launcher that was killed. */
async function stopPostgres(dataDirectory) {
  const pidFile = path.join(dataDirectory, 'postmaster.pid');
  if (!fs.existsSync(pidFile)) return;
  const pid = Number(fs.readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (!pid || !isAlive(pid) || !commandOf(pid).includes(dataDirectory)) return;
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL']) {
    process.kill(pid, signal);
    const deadline = Date.now() + stopTimeoutMs;
    while (isAlive(pid) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (!isAlive(pid)) return;
  }
}

/** Guards against an edited marker: only directories with the launcher's own prefix are removed. */
function ownOutsideDirectory(candidate) {
  if (typeof candidate !== 'string' || !fs.existsSync(candidate)) return undefined;
  return path.basename(candidate).startsWith('payments-postgres-') ? candidate : undefined;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return statusFields(pid)?.[0] !== 'Z';
}

function birthOf(pid) {
  return statusFields(pid)?.[19] ?? ask('lstart', pid);
}

function commandOf(pid) {
  if (process.platform !== 'linux') return ask('command', pid);
  return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
}

function statusFields(pid) {
  if (process.platform !== 'linux') return undefined;
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function ask(column, pid) {
  try {
    return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function finish(message) {
  process.stdout.write(`${message}\n`);
  process.exit(0);
}

function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
