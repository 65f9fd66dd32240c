// The software bill of materials of what a deployment installs, as CycloneDX: `node test/run/sbom.mjs <file>`.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { rootDir } from './commands.mjs';

const form = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
const limits = { cwd: rootDir, maxBuffer: 64 * 1024 * 1024, timeout: 60_000 };

const readJson = (path) => JSON.parse(readFileSync(resolve(rootDir, path), 'utf8'));

/** Writes the file from the lock file alone and answers how many packages it lists. */
export async function writeSbom(file) {
  const args = ['sbom', ...form, '--package-lock-only'];
  const { stdout } = await promisify(execFile)('npm', args, limits);
  const sbom = withoutDevelopment(JSON.parse(stdout));
  // npm takes the name of the folder.
  sbom.metadata.component.name = readJson('package.json').name;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(sbom, undefined, 2)}\n`);
  return sbom.components.length;
}

/** `npm sbom --omit dev` also leaves out what development and production both need, as pg is. */
function withoutDevelopment(sbom) {
  const locked = Object.entries(readJson('package-lock.json').packages);
  const kept = new Set([sbom.metadata.component['bom-ref']]);
  for (const [path, { version, dev }] of locked) {
    if (!dev) kept.add(`${path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`);
  }
  const isKept = (ref) => kept.has(ref);
  const components = sbom.components.filter((component) => isKept(component['bom-ref']));
  const dependencies = sbom.dependencies
    .filter(({ ref }) => isKept(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isKept) }));
  return { ...sbom, components, dependencies };
}

if (process.argv[1] === import.meta.filename) {
  const [, , file] = process.argv;
  if (!file) {
    console.error('Usage: node test/run/sbom.mjs <file>');
    process.exit(2);
  }
  await writeSbom(resolve(file));
}
