import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Account } from '../postgres-binaries.js';
import { finished } from '../processes.js';
import { StartFailure } from '../start-failure.js';

/** What a program wrote, and how it ended. */
interface Said {
  exitCode: number;
  output: string;
}

/** The programs of PostgreSQL and pgBackRest, run as the account that owns the data. */
export class Programs {
  constructor(
    readonly account: Account | undefined,
    private readonly major: string,
    /** Aborting it ends the program that runs, and no other is started. */
    readonly signal?: AbortSignal,
  ) {}

  /** @throws StartFailure that names the Debian packages that are missing */
  requireInstalled(): void {
    const missing = isOnPath('pgbackrest') ? [] : ['pgbackrest'];
    if (!fs.existsSync(this.pathOf('postgres'))) missing.push(`postgresql-${this.major}`);
    if (missing.length === 0) return;
    const names = missing.join(' ');
    throw new StartFailure(`Debian packages are missing. Install them: apt-get install ${names}`);
  }

  /** Debian keeps the programs of every version apart, and `initdb` and others off the PATH. */
  pathOf(program: string): string {
    return path.join('/usr/lib/postgresql', this.major, 'bin', program);
  }

  /** The same account with the programs of another version. */
  ofMajor(major: string): Programs {
    const programs = new Programs(this.account, major, this.signal);
    programs.requireInstalled();
    return programs;
  }

  get options() {
    const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC', PGTZ: 'UTC' };
    return { ...this.account, env, cwd: '/' };
  }

  async run(program: string, args: string[]): Promise<Said> {
    this.signal?.throwIfAborted();
    const child = spawn(program, args, {
      ...{ ...this.options, signal: this.signal },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => (output += error.message));
    const closed = new Promise((resolve) => child.once('close', resolve));
    const { code } = await finished(child);
    await closed;
    return { exitCode: code ?? 1, output: output.trim() };
  }

  /** @throws StartFailure with what the program wrote when it fails */
  async require(program: string, args: string[]): Promise<string> {
    const { exitCode, output } = await this.run(program, args);
    if (exitCode === 0) return output;
    throw new StartFailure(
      `${path.basename(program)} ended with ${exitCode}: ${output.slice(-2_000)}`,
    );
  }
}

function isOnPath(program: string): boolean {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.some((folder) => fs.existsSync(path.join(folder, program)));
}
