// Bundles what the compiler wrote, so that a start loads some thirty files instead of two thousand.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const root = path.resolve(import.meta.dirname, '../..');
const dist = path.join(root, 'dist');
// Whatever in dist/ asks for a package finds it here first; without this directory it finds the installed one.
const packagesDir = path.join(dist, 'node_modules');
const digestFile = path.join(packagesDir, '.digest');
const entries = [
  'apps/api/src/main',
  'apps/api/src/api',
  'apps/api/src/worker',
  'apps/api/src/command',
  'apps/sandbox/src/main',
];
/** The names of classes are part of what they do: Nest, TypeORM and the OpenAPI documents read them. */
const shared = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  keepNames: true,
  logLevel: 'silent',
};

/** Replaces the entries in dist/ by bundles, and bundles the packages that they import when these changed. */
export async function bundle() {
  const specifiers = await bundleEntries();
  const digest = createHash('sha256')
    .update(specifiers.join('\n'))
    .update(fs.readFileSync(path.join(root, 'node_modules/.package-lock.json')))
    .update(fs.readFileSync(import.meta.filename))
    .digest('hex');
  if (fs.existsSync(digestFile) && fs.readFileSync(digestFile, 'utf8') === digest) return;
  await bundlePackages(specifiers);
  fs.writeFileSync(digestFile, digest);
}

/** Answers which packages the entries import. */
async function bundleEntries() {
  const { metafile } = await esbuild.build({
    ...shared,
    entryPoints: entries.map((entry) => ({
      in: path.join(dist, `${entry}.js`),
      out: `${entry}.bundle`,
    })),
    outdir: dist,
    packages: 'external',
    // Loaded by `main` only when it does not watch over others that do.
    external: ['./api.js'],
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
  });
  for (const entry of entries) {
    // Source maps are read while a module loads: they must be asked for before.
    const lines = [
      'process.setSourceMapsEnabled(true);',
      `await import('./${path.basename(entry)}.bundle.js');`,
    ];
    fs.writeFileSync(path.join(dist, `${entry}.js`), `${lines.join('\n')}\n`);
    fs.rmSync(path.join(dist, `${entry}.js.map`), { force: true });
  }
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const external = imports.filter(
    (found) => found.external && !isBuiltin(found.path) && !found.path.startsWith('.'),
  );
  return [...new Set(external.map((found) => found.path))].sort();
}

/** All in one go: of a module that two packages use there must be one copy. */
async function bundlePackages(specifiers) {
  const frontDir = path.join(dist, 'fronts');
  for (const stale of [packagesDir, frontDir]) fs.rmSync(stale, { recursive: true, force: true });
  const fronts = await writeFronts(specifiers, frontDir);
  await esbuild.build({
    ...shared,
    entryPoints: fronts,
    outdir: packagesDir,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // It says in which directory of its own its files for browsers lie.
    external: ['swagger-ui-dist'],
    plugins: [lateImports(specifiers), optionalPackages, hiddenRequires],
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  });
  fs.writeFileSync(path.join(packagesDir, 'chunks/package.json'), '{"type":"module"}');
  fs.rmSync(frontDir, { recursive: true });
}

/** For each imported path a module with the same exports, by name also where the package is CommonJS. */
async function writeFronts(specifiers, frontDir) {
  fs.mkdirSync(frontDir, { recursive: true });
  const listing = path.join(frontDir, 'listing.mjs');
  // One after the other: a CommonJS package can't require an ES module that is being loaded.
  const imports = specifiers.map((specifier) => `await import(${JSON.stringify(specifier)})`);
  fs.writeFileSync(listing, `export default [${imports.join(', ')}];\n`);
  const { default: modules } = await import(pathToFileURL(listing));
  return specifiers.map((specifier, index) => {
    // A package that is CommonJS for Node and an ES module for bundlers marks itself in the first only.
    const names = Object.keys(modules[index]).filter(
      (name) => /^[\w$]+$/.test(name) && name !== '__esModule',
    );
    const front = path.join(frontDir, `${index}.mjs`);
    const from = JSON.stringify(specifier);
    fs.writeFileSync(front, `import ${from};\nexport { ${names.join(', ')} } from ${from};\n`);
    const [name] = /^(@[^/]+\/)?[^/]+/.exec(specifier);
    const inside = specifier.slice(name.length + 1).replace(/\.js$/, '') || 'index';
    const manifest = JSON.stringify({ name, type: 'module', main: 'index.js' });
    fs.mkdirSync(path.join(packagesDir, name), { recursive: true });
    fs.writeFileSync(path.join(packagesDir, name, 'package.json'), manifest);
    return { in: front, out: `${name}/${inside}` };
  });
}

/** The bundle of a CommonJS package, imported late, has no exports by name: its front has them. */
function lateImports(specifiers) {
  return {
    name: 'late-imports',
    setup(build) {
      build.onResolve({ filter: /^[@\w]/ }, ({ path: specifier, kind }) => {
        const hasFront = kind === 'dynamic-import' && specifiers.includes(specifier);
        return hasFront ? { path: specifier, external: true } : undefined;
      });
    },
  };
}

/** What is not installed is looked for when it is asked for, as without a bundle. */
const optionalPackages = {
  name: 'optional-packages',
  setup(build) {
    build.onResolve({ filter: /^[@\w]/ }, async ({ path: specifier, pluginData, ...rest }) => {
      if (pluginData === optionalPackages || rest.kind === 'entry-point') return undefined;
      const { importer, resolveDir, kind } = rest;
      const options = { importer, resolveDir, kind, pluginData: optionalPackages };
      const found = await build.resolve(specifier, options);
      return found.errors.length > 0 ? { path: specifier, external: true } : found;
    });
  },
};

/** Nest makes itself a `require` here and there, past which a bundler doesn't see: a second copy would be loaded. */
const hiddenRequires = {
  name: 'hidden-requires',
  setup(build) {
    build.onLoad({ filter: /@nestjs[/\\].*\.js$/ }, async ({ path: file }) => {
      const source = await fs.promises.readFile(file, 'utf8');
      const made = /^const require = createRequire\(import\.meta\.url\);$/m;
      return { contents: source.replace(made, '') };
    });
  },
};
