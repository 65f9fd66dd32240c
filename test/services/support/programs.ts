import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { choosePort } from '../../../apps/local/src/ports.js';

const rootDir = process.cwd();

/** A program started as a child process, with what it wrote. */
export interface Program {
  name: string;
  child: ChildProcess;
  /** True once it has announced that it is ready. */
  isReady(): boolean;
  output(): string;
}

/** Starts a program from the project's root with exactly this environment, PATH aside. */
export function startProgram(
  name: string,
  [command, ...args]: string[],
  environment: Record<string, string>,
): Program {
  const child = spawn(command ?? '', args, {
    cwd: rootDir,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-20_000);
  };
  let ready = false;
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.on('error', (error) => keep(Buffer.from(error.message)));
  child.on('message', (message) => {
    ready ||= (message as { type?: unknown }).type === 'ready';
  });
  return { name, child, isReady: () => ready, output: () => text };
}

/** The exit code once the program has ended; kills it and throws when that takes too long. */
export async function waitForExit(program: Program, timeoutMs: number): Promise<number | null> {
  const deadline = performance.now() + timeoutMs;
  while (program.child.exitCode === null && program.child.signalCode === null) {
    if (performance.now() > deadline) {
      program.child.kill('SIGKILL');
      throw new Error(`${program.name} did not end within ${timeoutMs} ms: ${program.output()}`);
    }
    await sleep(50);
  }
  return program.child.exitCode;
}

/** Repeats a check until it holds. */
export async function waitUntil(
  what: string,
  timeoutMs: number,
  holds: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await sleep(200);
  }
}

/** Ends the programs that still run, the last one first, and waits for each. */
export async function stopPrograms(programs: Program[]): Promise<void> {
  for (const program of programs.toReversed()) {
    program.child.kill('SIGTERM');
    await waitForExit(program, 45_000).catch(() => undefined);
  }
}

/** Ports that nothing listens on, one for each name. */
export async function choosePorts<Name extends string>(
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const ports = await Promise.all(names.map(() => choosePort()));
  return Object.fromEntries(names.map((name, index) => [name, ports[index]])) as Record<
    Name,
    number
  >;
}
