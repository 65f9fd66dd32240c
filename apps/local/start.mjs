// `npm start`: needs nothing but Node and the installed packages; builds first when the sources changed.
import path from 'node:path';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Node 20.19 or newer is needed and this is ${process.version}.\n`);
  process.exit(1);
}

const { readCommandLine } = await import('./commands.mjs');
readCommandLine('start');

const root = path.resolve(import.meta.dirname, '../..');
const { build, isBuildStale } = await import('./build.mjs');
if (isBuildStale()) await buildWithProgress();
await import(path.join(root, 'dist/apps/local/src/main.js'));

async function buildWithProgress() {
  const startedAt = Date.now();
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  const isLively = process.stdout.isTTY && process.env.TERM !== 'dumb';
  const draw = () => process.stdout.write(`\r\u001b[2K  … Building  ${seconds()}`);
  const timer = isLively ? setInterval(draw, 100) : undefined;
  const problem = await build();
  clearInterval(timer);
  if (isLively) process.stdout.write('\r\u001b[2K');
  if (problem) {
    process.stderr.write(`${problem}\n`);
    process.exit(1);
  }
  process.stdout.write(`  ✓ ${'Build'.padEnd(24)} ${seconds()}\n`);
}
