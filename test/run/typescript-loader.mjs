// Node's loader hooks for jest's globalSetup, which jest loads outside of its own module system:
// './x.js' means './x.ts', '@libs/x' its source, and TypeScript loses its types on the way.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const rootUrl = new URL('../../', import.meta.url);

function sourceOf(specifier, parentUrl) {
  const library = /^@libs\/([^/]+)$/.exec(specifier);
  if (library) return new URL(`libs/${library[1]}/src/index.ts`, rootUrl);
  if (!/^\.{1,2}\/.*\.js$/.test(specifier) || !parentUrl?.endsWith('.ts')) return undefined;
  const url = new URL(specifier.replace(/\.js$/, '.ts'), parentUrl);
  return existsSync(url) ? url : undefined;
}

export async function resolve(specifier, context, nextResolve) {
  const source = sourceOf(specifier, context.parentURL);
  return source ? { url: source.href, shortCircuit: true } : nextResolve(specifier, context);
}

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts') || url.includes('/node_modules/')) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), {
    filename,
    swcrc: false,
    configFile: false,
    sourceMaps: 'inline',
    module: { type: 'nodenext' },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
  });
  return { format: 'module', source: code, shortCircuit: true };
}
