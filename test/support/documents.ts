import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootDir } from './test-run.js';

/**
 * The text of a generated document as the repository has it.
 *
 * With UPDATE_DOCS=1 the document is first written anew.
 */
export function storedDocument(path: string, generate: (stored: string) => string): string {
  const file = join(rootDir, path);
  const stored = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (process.env.UPDATE_DOCS !== '1') return stored;
  writeFileSync(file, generate(stored));
  execFileSync(join(rootDir, 'node_modules/.bin/prettier'), ['--write', file], { stdio: 'pipe' });
  return readFileSync(file, 'utf8');
}
