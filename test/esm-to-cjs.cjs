// Jest runs on CommonJS here: @nestjs/throttler is CommonJS and requires Nest, which is ESM, and jest's
// own ES modules can't do that on Node 20. So our TypeScript and every ES module in node_modules are
// rewritten to CommonJS; files that are CommonJS already pass untouched.
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { transformSync, version } = require('@swc/core');

const formatByFolder = new Map();

function readFormat(folder) {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (manifest.type || manifest.name) return manifest.type === 'module' ? 'esm' : 'cjs';
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const parent = dirname(folder);
  return parent === folder ? 'cjs' : formatOf(parent);
}

function formatOf(folder) {
  let format = formatByFolder.get(folder);
  if (!format) {
    format = readFormat(folder);
    formatByFolder.set(folder, format);
  }
  return format;
}

function isModule(file) {
  if (file.endsWith('.mjs')) return true;
  if (file.endsWith('.cjs')) return false;
  return formatOf(dirname(file)) === 'esm';
}

const typescript = {
  parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
  transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
};
const javascript = { parser: { syntax: 'ecmascript' } };

function transform(source, file) {
  const isTypeScript = file.endsWith('.ts');
  if (!isTypeScript && !isModule(file)) return source;
  return transformSync(source, {
    filename: file,
    swcrc: false,
    configFile: false,
    sourceMaps: 'inline',
    module: { type: 'commonjs', importInterop: 'swc' },
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      ...(isTypeScript ? typescript : javascript),
    },
  }).code;
}

const ownVersion = createHash('sha1')
  .update(version)
  .update(readFileSync(__filename))
  .digest('hex');

module.exports = {
  process: (source, file) => ({ code: transform(source, file) }),
  getCacheKey: (source, file) =>
    createHash('sha1').update(ownVersion).update(file).update('\0').update(source).digest('hex'),
};
