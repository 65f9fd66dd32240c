import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { apiEnvironment } from '../../../apps/local/src/environments.js';
import type { TestSystem } from '../../support/system.js';
import { currentTestRun, rootDir } from '../../support/test-run.js';

/** How a command ended, and what it said. */
export interface Ran {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

const commandEntry = path.join(rootDir, 'dist/apps/api/src/command.js');

/** Runs a command of the built application; `killAt` kills it once stderr has said such a thing. */
export function runCommand(
  system: TestSystem,
  words: string[],
  options: { env?: Record<string, string>; killAt?: RegExp } = {},
): Promise<Ran> {
  const { secrets } = currentTestRun();
  const env = apiEnvironment({
    ...{
      databases: system.processDatabase,
      secrets,
      port: 0,
      environment: 'test',
      extra: options.env,
    },
    ...{ apiUrl: system.baseUrl, sandboxUrl: system.sandboxUrl },
  });
  const child = spawn(process.execPath, [commandEntry, ...words], { env });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString();
    if (options.killAt?.test(said.stderr)) child.kill('SIGKILL');
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, ...said }));
  });
}
