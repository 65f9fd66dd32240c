// The path of a newcomer: `npm start` in one terminal, `npm run demo` in another, Ctrl-C, nothing left;
// and `npm start` once more. Times are printed beside their budgets; only startLimitMs fails.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isBuildStale } from '../../apps/local/build.mjs';
import { rootDir, run } from './commands.mjs';

const startLimitMs = 120_000;
const stopLimitMs = 60_000;
/** Seconds within which a start should be done. */
const budgets = { 'with a build': 30, 'without a build': 15, 'once more': 5 };

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

function printStart(kind, startedAt) {
  const seconds = (performance.now() - startedAt) / 1000;
  const verdict = seconds > budgets[kind] ? ': over the budget' : '';
  console.log(`npm start ${kind}: ${seconds.toFixed(1)} s of ${budgets[kind]} s${verdict}`);
}

async function runScript(name, env) {
  const { exitCode } = await run('npm', ['run', name], { env, inherit: true, timeoutMs: 120_000 });
  if (exitCode !== 0) throw new Error(`npm run ${name} ended with ${exitCode}`);
}

async function runDemo(env) {
  await runScript('demo', env);
  await runScript('invariants', env);
}

/** Starts the system, does something with it and stops it. */
async function walk(kind, env, visit) {
  const startedAt = performance.now();
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
    printStart(kind, startedAt);
    family = descendants(system.pid);
    await visit(env);
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
  await walk(isBuildStale() ? 'with a build' : 'without a build', env, runDemo);
  await walk('once more', env, async () => {});
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  const reset = await run('npm', ['run', 'reset'], { env, inherit: true });
  if (reset.exitCode !== 0) process.exitCode = 1;
  rmSync(dataDir, { recursive: true, force: true });
}
if (!process.exitCode) {
  console.log('A newcomer gets from npm start to npm run demo, and nothing is left running.');
}
