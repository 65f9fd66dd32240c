// Builds dist/ when it is missing or does not belong to the sources as they are now.
//   node apps/local/build.mjs           builds if needed
//   node apps/local/build.mjs --force   builds
//   node apps/local/build.mjs --check   builds nothing; fails when the build is stale
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { readCommandLine } from './commands.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const stampFile = path.join(root, 'dist', 'build-stamp');
const sourceDirectories = ['apps', 'libs', 'migrations', 'docs/guides'];
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
// npm's own list of what it installed.
const installedPackages = path.join(root, 'node_modules/.package-lock.json');
// What `npm pack` compiles there is made of the sources.
const packedClient = path.join('libs/client/dist');
const configurationFiles = /^(package\.json|tsconfig.*\.json|nest-cli\.json)$/;

/** A digest of the path, size and time of change of the sources, and of what is installed. */
export function digestSources() {
  const files = sourceDirectories.flatMap((directory) =>
    fs
      .readdirSync(path.join(root, directory), { recursive: true })
      .map((name) => path.join(directory, name))
      .filter((name) => /\.(ts|mjs|js|json|css|md)$/.test(name) && !name.endsWith('.spec.ts'))
      .filter((name) => !name.startsWith(packedClient)),
  );
  const configuration = fs.readdirSync(root).filter((name) => configurationFiles.test(name));
  const digest = createHash('sha256');
  const names = [...files, ...configuration].sort((one, other) => (one < other ? -1 : 1));
  for (const name of names) {
    const { size, mtimeMs } = fs.statSync(path.join(root, name));
    digest.update(`${name}\0${size}\0${mtimeMs}\n`);
  }
  if (fs.existsSync(installedPackages)) digest.update(fs.readFileSync(installedPackages));
  return digest.digest('hex');
}

export function isBuildStale() {
  return !fs.existsSync(stampFile) || fs.readFileSync(stampFile, 'utf8') !== digestSources();
}

/** Resolves to the compiler's output when it failed, else to undefined. */
export async function build() {
  const digest = digestSources();
  fs.rmSync(stampFile, { force: true });
  const nest = path.join(root, 'node_modules/@nestjs/cli/bin/nest.js');
  if (!fs.existsSync(nest)) return 'The dependencies are not installed: run npm ci first.';
  const compiler = spawn(process.execPath, [nest, 'build', 'api'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const interrupt = (signal) => {
    compiler.kill('SIGKILL');
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of stopSignals) process.on(signal, interrupt);
  let output = '';
  for (const stream of [compiler.stdout, compiler.stderr]) {
    stream.on('data', (chunk) => (output += chunk));
  }
  const code = await new Promise((resolve) => compiler.once('close', resolve));
  for (const signal of stopSignals) process.off(signal, interrupt);
  if (code !== 0) return `${output.trim()}\nThe build failed.`;
  try {
    const { bundle } = await import('./bundle.mjs');
    await bundle();
    const { buildDocumentation } = await import('./documentation.mjs');
    buildDocumentation();
  } catch (error) {
    return `${error.message}\nThe build failed.`;
  }
  fs.writeFileSync(stampFile, digest);
  return undefined;
}

async function main() {
  readCommandLine('build');
  const stale = process.argv.includes('--force') || isBuildStale();
  if (!stale) return;
  if (process.argv.includes('--check')) {
    fail('The build is missing or older than the sources: run npm run build.');
  }
  const problem = await build();
  if (problem) fail(problem);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

if (process.argv[1] === import.meta.filename) await main();
