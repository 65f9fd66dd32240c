// The path of a newcomer: `npm start` in one terminal, `npm run demo` in another, Ctrl-C, nothing left.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rootDir, run } from './commands.mjs';

const startLimitMs = 120_000;
const stopLimitMs = 60_000;

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Parent and time of start of a live process, from Linux's own table. */
function readProcess(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : { pid, parent: Number(parent), startedAt: rest[17] };
  } catch {
    return undefined;
  }
}

function descendants(ancestor) {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const processes = all.map((name) => readProcess(Number(name))).filter(Boolean);
  const found = new Set([ancestor]);
  for (let grew = true; grew;) {
    const next = processes.filter(({ pid, parent }) => found.has(parent) && !found.has(pid));
    for (const { pid } of next) found.add(pid);
    grew = next.length > 0;
  }
  return processes.filter(({ pid }) => found.has(pid));
}

function isAlive({ pid, startedAt }) {
  return readProcess(pid)?.startedAt === startedAt;
}

async function waitFor(what, limitMs, isDone) {
  const deadline = performance.now() + limitMs;
  while (!(await isDone())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${limitMs / 1000} s`);
    await sleep(200);
  }
}

async function answers(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  return answer?.ok ?? false;
}

function hasEnded({ exitCode, signalCode }) {
  return exitCode !== null || signalCode !== null;
}

async function stop(system, family) {
  if (!hasEnded(system)) system.kill('SIGTERM');
  await waitFor('npm start ends after SIGTERM', stopLimitMs, () => hasEnded(system));
  await waitFor('every process of it ends', stopLimitMs, () => !family.some(isAlive));
  // npm hands the signal on, waits, and then ends by that signal itself.
  const endedWell = system.exitCode === 0 || system.signalCode === 'SIGTERM';
  if (!endedWell) throw new Error(`npm start ended with ${system.exitCode}`);
}

async function walk(env) {
  const system = spawn('npm', ['start'], {
    cwd: rootDir,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  let family = [];
  try {
    await waitFor('npm start is ready', startLimitMs, async () => {
      if (hasEnded(system)) throw new Error(`npm start ended with ${system.exitCode}`);
      const isSetUp = existsSync(join(env.LOCAL_DATA_DIR, 'credentials.json'));
      return isSetUp && (await answers(`http://127.0.0.1:${env.PORT}/health/ready`));
    });
    family = descendants(system.pid);
    const demo = await run('npm', ['run', 'demo'], { env, inherit: true, timeoutMs: 120_000 });
    if (demo.exitCode !== 0) throw new Error(`npm run demo ended with ${demo.exitCode}`);
  } finally {
    if (family.length === 0) family = descendants(system.pid);
    await stop(system, family);
  }
}

const dataDir = mkdtempSync(join(tmpdir(), 'newcomer-'));
const env = {
  LOCAL_DATA_DIR: join(dataDir, 'data'),
  PORT: String(await freePort()),
  SANDBOX_PORT: String(await freePort()),
};
try {
  await walk(env);
  const reset = await run('npm', ['run', 'reset'], { env, inherit: true });
  if (reset.exitCode !== 0) throw new Error(`npm run reset ended with ${reset.exitCode}`);
  console.log('A newcomer gets from npm start to npm run demo, and nothing is left running.');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
