import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import type { Account } from '../postgres-binaries.js';
import { type Exit, finished } from '../processes.js';
import { searchPath } from './required-packages.js';

export interface ProgramOptions {
  /** Its name on the PATH, or where it lies. */
  command: string;
  args: string[];
  account: Account | undefined;
  /** What it prints is appended here. */
  logFile: string;
  env?: Record<string, string>;
}

/** An installed program that runs in the background. */
export class Program {
  readonly exited: Promise<Exit>;
  private hasEnded = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly options: ProgramOptions,
  ) {
    this.exited = finished(child);
    void this.exited.then(() => (this.hasEnded = true));
  }

  static launch(options: ProgramOptions): Program {
    const log = fs.openSync(options.logFile, 'a', 0o600);
    const env = { PATH: searchPath(), LC_ALL: 'C', TZ: 'UTC', ...options.env };
    // Its own process group: a Ctrl-C in the terminal reaches its parent alone, which stops all in order.
    const child = spawn(options.command, options.args, {
      ...{ ...options.account, env, cwd: '/', detached: true },
      stdio: ['ignore', log, log],
    });
    fs.closeSync(log);
    return new Program(child, options);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves once `isReady` says so. */
  async ready(isReady: () => Promise<boolean>, timeoutMs: number, signal?: AbortSignal) {
    const deadline = Date.now() + timeoutMs;
    while (!(await isReady())) {
      signal?.throwIfAborted();
      if (this.hasEnded) throw new Error(`${this.options.command} ended: ${this.tail()}`);
      if (Date.now() > deadline) {
        const waited = `${this.options.command} was not ready within ${timeoutMs} ms`;
        throw new Error(`${waited}: ${this.tail()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Asks it to end, and ends it when that takes longer. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', timeoutMs = 10_000): Promise<void> {
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), timeoutMs);
    await this.exited;
    clearTimeout(timer);
  }

  private tail(): string {
    return fs.readFileSync(this.options.logFile, 'utf8').trim().split('\n').slice(-5).join('\n');
  }
}
