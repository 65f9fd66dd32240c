import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { storedDocument } from '../support/documents.js';
import { generatedTable, replaceGenerated, withoutWidths } from '../support/generated-part.js';
import {
  licenceExceptions,
  licenceRows,
  type LockedPackages,
  nameOf,
  readLockedPackages,
  refusedLicences,
  unprovenPackages,
} from '../support/locked-packages.js';
import { rootDir } from './sources.js';

const packages = readLockedPackages();
const hash = `sha512-${'A'.repeat(86)}==`;
const readJson = (path: string) => JSON.parse(readFileSync(join(rootDir, path), 'utf8')) as unknown;

describe('the lock file', () => {
  it('names the hash of every package, all of them from the registry', () => {
    expect(Object.keys(packages).length).toBeGreaterThan(500);
    expect(unprovenPackages(packages)).toEqual([]);
  });

  it.each([
    ['without a hash', {}],
    ['with a weak hash', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }],
    ['of a repository', { integrity: hash, resolved: 'git+ssh://git@github.com/a/b.git#c' }],
    ['of another server', { integrity: hash, resolved: 'https://files.example/b.tgz' }],
    ['of a folder', { integrity: hash, resolved: 'libs/b', link: true }],
  ])('would be refused with a package %s', (_what, entry) => {
    const planted: LockedPackages = { 'node_modules/b': { version: '1.0.0', ...entry } };
    expect(unprovenPackages(planted)).toEqual(['node_modules/b']);
  });
});

describe('install scripts', () => {
  const { allowScripts } = readJson('package.json') as { allowScripts: Record<string, boolean> };

  it('are none but those that package.json names, and none of these is run', () => {
    const bringing = Object.entries(packages).filter(
      ([, { hasInstallScript }]) => hasInstallScript,
    );
    const names = new Set(bringing.map(([path]) => nameOf(path)));
    expect([...names].toSorted()).toEqual(Object.keys(allowScripts).toSorted());
    expect(Object.entries(allowScripts).filter(([, isAllowed]) => isAllowed)).toEqual([]);
    expect(readFileSync(join(rootDir, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });

  it('are explained one by one', () => {
    const page = readFileSync(join(rootDir, 'docs/supply-chain.md'), 'utf8');
    const unexplained = Object.keys(allowScripts).filter((name) => !page.includes(`\`${name}\``));
    expect(unexplained).toEqual([]);
  });
});

describe('licences', () => {
  const head = ['licence', 'packages'];
  const tables = [
    ['production', generatedTable('production', head, licenceRows(packages, false))],
    ['development', generatedTable('development', head, licenceRows(packages, true))],
    [
      'exceptions',
      generatedTable('exceptions', ['package', 'why'], Object.entries(licenceExceptions)),
    ],
  ] as const;

  it('ask for a notice and nothing more, or have a reason', () => {
    expect(refusedLicences(packages)).toEqual([]);
    const names = new Set(Object.keys(packages).map(nameOf));
    expect(Object.keys(licenceExceptions).filter((name) => !names.has(name))).toEqual([]);
  });

  it.each(['GPL-3.0-only', 'AGPL-3.0', 'UNLICENSED', 'MIT AND GPL-2.0', undefined])(
    'would be refused as %s',
    (license) => {
      const planted = { 'node_modules/b': { version: '1.0.0', license } };
      expect(refusedLicences(planted)).toEqual([`node_modules/b: ${license ?? 'unknown'}`]);
    },
  );

  it.each(tables)('are listed in docs/licences.md: %s', (name, table) => {
    const stored = storedDocument('docs/licences.md', (text) =>
      replaceGenerated(text, name, table),
    );
    expect(withoutWidths(stored)).toContain(withoutWidths(table));
  });
});

describe('the software bill of materials', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sbom-'));
  const schemas = 'node_modules/@cyclonedx/cyclonedx-library/res/schema';

  afterAll(() => rmSync(folder, { recursive: true }));

  it('is valid CycloneDX and lists all packages of production with their hashes', () => {
    const target = join(folder, 'sbom.json');
    execFileSync(process.execPath, [join(rootDir, 'test/run/sbom.mjs'), target], {
      timeout: 60_000,
    });
    const sbom = JSON.parse(readFileSync(target, 'utf8')) as {
      specVersion: string;
      metadata: { component: { name: string } };
      components: { name: string; version: string; hashes?: object[] }[];
    };
    // Formats are left out: the schema knows some that ajv does not.
    const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false });
    for (const name of ['spdx', 'jsf-0.82']) {
      const file = `${name}.SNAPSHOT.schema.json`;
      const known = readJson(`${schemas}/${file}`) as object;
      ajv.addSchema(known, `http://cyclonedx.org/schema/${file}`);
    }
    const schema = `${schemas}/bom-${sbom.specVersion}.SNAPSHOT.schema.json`;
    expect(existsSync(join(rootDir, schema))).toBe(true);
    const validate = ajv.compile(readJson(schema) as object);
    validate(sbom);
    expect(validate.errors).toBeNull();
    expect(validate({ ...sbom, components: [{ name: 'without a type' }] })).toBe(false);
    expect(sbom.metadata.component.name).toBe('payment-orchestration');
    const listed = new Set(sbom.components.map(({ name, version }) => `${name} ${version}`));
    const production = Object.entries(packages).filter(([, { dev }]) => !dev);
    const locked = production.map(([path, { version }]) => `${nameOf(path)} ${version}`);
    expect([...listed].toSorted()).toEqual([...new Set(locked)].toSorted());
    expect(sbom.components.filter(({ hashes }) => !hashes?.length)).toEqual([]);
  });
});
