import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const rootDir = fileURLToPath(new URL('../..', import.meta.url));

const limitMs = 20 * 60_000;

/** Where the executable script of an installed package lies. */
export function binary(name) {
  return `${rootDir}node_modules/.bin/${name}`;
}

/**
 * Runs a command from the project's root and never throws.
 *
 * @returns its exit code (1 when it was killed or did not start) and, unless inherited, its output
 */
export function run(command, args, { env = {}, inherit = false, timeoutMs = limitMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: rootDir,
      env: { ...process.env, ...env },
      stdio: ['ignore', inherit ? 'inherit' : 'pipe', inherit ? 'inherit' : 'pipe'],
      timeout: timeoutMs,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => resolve({ exitCode: 1, output: `${command}: ${error.message}` }));
    child.on('close', (code, signal) => {
      const killed = signal ? `\n${command} ended by ${signal}` : '';
      resolve({ exitCode: code ?? 1, output: output + killed });
    });
  });
}
