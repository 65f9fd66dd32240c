import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultTable } from './rules/fault-table.js';
import { readSources, rootDir, type Source } from './sources.js';

const path = 'docs/schema.md';
const document = { path, text: readFileSync(join(rootDir, path), 'utf8') };
const project = readSources().filter((source) => source.path.endsWith('.spec.ts'));

function complaintsAbout(change: (text: string) => string, planted: Source[] = []): string[] {
  return faultTable([{ path, text: change(document.text) }, ...project, ...planted]);
}

describe('the table of faults in docs/schema.md', () => {
  it('has a row for every number of the design, and names tests that exist', () => {
    expect(complaintsAbout((text) => text)).toEqual([]);
  });

  it('would miss a number, one that is there twice, and one that nobody knows', () => {
    expect(complaintsAbout((text) => text.replace(/^\| P1 .*\n/m, ''))).toEqual(['P1 has 0 rows']);
    expect(complaintsAbout((text) => text.replace(/^\| P1 .*\n/m, '$&$&'))).toEqual([
      'P1 has 2 rows',
    ]);
    expect(complaintsAbout((text) => text.replace(/^(\| P)1( .*\n)/m, '$&$199$2'))).toEqual([
      'P99 is unknown',
    ]);
  });

  it('would miss a test that was renamed, and a row without one', () => {
    const renamed = complaintsAbout((text) => text.replace('› have the same tables`', '› gone`'));
    expect(renamed).toEqual(['P2 names a test that is not there: schema/entities.spec.ts › gone']);
    const without = complaintsAbout((text) =>
      text.replace(/^(\| P1 .*\|) `.*` +\|$/m, '$1 soon |'),
    );
    expect(without).toEqual(['P1 has no test']);
    const later = complaintsAbout((text) =>
      text.replace(/^(\| P1 .*\|) `.*` +\|$/m, '$1 to come |'),
    );
    expect(later).toEqual(['P1 has no test']);
  });

  it('would miss a pair that it does not name, or that shows one side only', () => {
    const text = "describe('F1: a new one', () => { it('ours is fine', () => { expect(1); }); });";
    const planted = { path: 'test/schema/faults/probe.spec.ts', text };
    expect(complaintsAbout((same) => same, [planted])).toEqual([
      'schema/faults/probe.spec.ts › F1: a new one is not in the row of F1',
      'schema/faults/probe.spec.ts › F1: a new one does not show both the seed and ours',
    ]);
  });
});
