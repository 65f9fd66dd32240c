import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';

export interface ProcessOptions {
  name: string;
  /** Absolute path of the built entry. */
  entry: string;
  args?: string[];
  /** The whole environment: nothing is inherited. */
  env: Record<string, string>;
  /** What the process prints is appended here. */
  logFile: string;
  readyTimeoutMs?: number;
  /** Aborting it kills a process that is not ready yet. */
  signal?: AbortSignal;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  name: string;
  pid: number;
  /** What the process announced, such as http://127.0.0.1:3000; undefined for one that does not listen. */
  url: string | undefined;
  exited: Promise<Exit>;
  /** The last lines that it wrote to stderr. */
  stderrTail(): string;
  /** SIGTERM, then SIGKILL after the time. */
  stop(timeoutMs?: number): Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
}

export class ProcessFailure extends Error {
  override readonly name = 'ProcessFailure';
}

const drainTimeoutMs = 35_000;
const tailLength = 4_000;

/** Starts a built entry as a child process and waits until it says over IPC that it is ready. */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  options.signal?.throwIfAborted();
  const { child, stderrTail } = launch(options);
  const exited = finished(child);
  const running: RunningProcess = {
    name: options.name,
    pid: child.pid ?? 0,
    url: undefined,
    exited,
    stderrTail,
    stop: (timeoutMs = drainTimeoutMs) => stopChild(child, exited, timeoutMs),
    kill: (signal) => void child.kill(signal),
  };
  try {
    running.url = await announcedUrl(options, child, exited);
  } catch (error) {
    child.kill('SIGKILL');
    await exited;
    const said = stderrTail() || `It printed nothing to stderr; its log is ${options.logFile}.`;
    throw new ProcessFailure(`${(error as Error).message}\n${said}`);
  }
  return running;
}

/** Resolves when the process has ended; a program that could not be started counts as ended. */
export function finished(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

export function describeExit({ code, signal }: Exit): string {
  return signal ? `was ended by ${signal}` : `stopped with code ${code}`;
}

function launch({ entry, args = [], env, logFile }: ProcessOptions) {
  const log = fs.openSync(logFile, 'a', 0o600);
  // Its own process group: a Ctrl-C in the terminal reaches the parent alone, which stops all in order.
  const child = fork(entry, args, {
    env,
    execArgv: [],
    detached: true,
    stdio: ['ignore', log, 'pipe', 'ipc'],
  });
  let tail = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString()).slice(-tailLength);
    fs.writeSync(log, chunk);
  });
  child.once('close', () => fs.closeSync(log));
  return { child, stderrTail: () => tail.trim() };
}

function announcedUrl(
  { name, readyTimeoutMs = 30_000, signal }: ProcessOptions,
  child: ChildProcess,
  exited: Promise<Exit>,
): Promise<string | undefined> {
  const timeout = AbortSignal.timeout(readyTimeoutMs);
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`The ${name} ${what}.`));
    timeout.addEventListener('abort', () => fail(`was not ready within ${readyTimeoutMs} ms`));
    signal?.addEventListener('abort', () => fail('was interrupted while it started'));
    child.on('message', (message) => {
      if (isReady(message)) resolve(message.url);
    });
    void exited.then((exit) => fail(describeExit(exit)));
  });
}

function isReady(message: unknown): message is { type: 'ready'; url?: string } {
  return typeof message === 'object' && message !== null && 'type' in message
    ? message.type === 'ready'
    : false;
}

async function stopChild(child: ChildProcess, exited: Promise<Exit>, timeoutMs: number) {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const exit = await exited;
  clearTimeout(timer);
  return exit;
}
