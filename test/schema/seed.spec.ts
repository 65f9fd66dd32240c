import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Catalog, deviationsOf, readCatalog } from './support/catalog.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');

/** The first column of the table of deviations in the document. */
const documented = [
  ...read('../../docs/schema.md').matchAll(/^\| `((?:changed|dropped) [^`]+)` +\|/gm),
].map(([, deviation]) => deviation);

describe('the design of the owner (seed.sql)', () => {
  let database: ScratchDatabase;
  let seed: Catalog;
  let ours: Catalog;

  beforeAll(async () => {
    database = await startScratchDatabase();
    ours = await readCatalog(await database.connect());
    const client = await database.connectTo(await database.createDatabase('seed'));
    await client.query(read('seed.sql'));
    seed = await readCatalog(client);
  });
  afterAll(() => database?.stop());

  it('is in the migrated database by its names and definitions, but for what docs/schema.md lists', () => {
    expect(deviationsOf(seed, ours)).toEqual(documented.toSorted());
  });

  it('is compared as a whole: tables, columns, labels, constraints, indexes, triggers, functions, rows', () => {
    const kinds = new Map<string, number>();
    for (const name of seed.keys()) {
      const kind = name.split(' ', 1)[0];
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    expect(Object.fromEntries(kinds)).toEqual({
      table: 7,
      column: 81,
      label: 24,
      constraint: 20,
      index: 33,
      trigger: 5,
      function: 3,
      policy: 1,
      row: 9,
    });
  });

  it('would show a column, a label, an index or a trigger that is missing or different', () => {
    const broken = new Map(ours);
    broken.delete('column partners.metadata');
    broken.delete('label refund_status.failed');
    broken.set('index idx_refunds_created_at', 'refunds USING btree (amount)');
    broken.delete('trigger refunds.validate_refund_amount_trigger');
    const added = deviationsOf(seed, broken).filter((name) => !documented.includes(name));
    expect(added).toEqual([
      'changed index idx_refunds_created_at',
      'dropped column partners.metadata',
      'dropped label refund_status.failed',
      'dropped trigger refunds.validate_refund_amount_trigger',
    ]);
  });
});
