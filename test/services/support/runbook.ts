import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import type { Programs } from '../../../apps/local/src/backup/programs.js';

/** The blocks of shell in a chapter of a document. */
export function blocksOf(file: string, chapter: string): string[] {
  const text = fs.readFileSync(file, 'utf8').split(`\n## ${chapter}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

/** Runs blocks one after the other in one shell, as the account of PostgreSQL. */
export async function runBlocks(
  blocks: string[],
  programs: Programs,
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const shell = spawn('bash', ['-s'], {
    ...programs.options,
    env: { ...programs.options.env, ...env },
    cwd: process.cwd(),
  });
  let output = '';
  const keep = (chunk: Buffer) => (output += chunk.toString());
  shell.stdout.on('data', keep);
  shell.stderr.on('data', keep);
  shell.stdin.end(['set -euo pipefail', ...blocks].join('\n'));
  const code = await new Promise<number | null>((resolve) => shell.once('exit', resolve));
  return { code, output };
}
