// `npm run backup:drill`: builds first when the sources changed.
import path from 'node:path';
import { readCommandLine } from './commands.mjs';

readCommandLine('backup:drill');

const { build, isBuildStale } = await import('./build.mjs');
const problem = isBuildStale() ? await build() : undefined;
if (problem) {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}
await import(path.resolve(import.meta.dirname, '../../dist/apps/local/src/backup/main.js'));
