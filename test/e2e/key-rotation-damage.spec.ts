import { createPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { currentTestRun } from '../support/test-run.js';
import { runCommand } from './support/commands.js';
import { newKey } from './support/envelopes.js';
import { ring, totals } from './support/rotations.js';
import { sealedValues } from './support/sealed-rows.js';

const payer = { customer_name: 'Rotated Surname', customer_phone: '+66 555 0100 200' };

describe('a rotation of keys that meets damage', () => {
  let system: TestSystem;
  const { secrets } = currentTestRun();
  const keys = ring([newKey('next'), secrets.encryption_keys], [secrets.hash_keys]);
  const rotate = (...words: string[]) =>
    runCommand(system, ['keys', 'rotate', ...words], { env: keys });

  beforeAll(async () => {
    system = await startSystem({ worker: 0 });
  });
  afterAll(() => system?.stop());

  it('reports what was tampered with, shows no content, and does all the others', async () => {
    const others = await Promise.all([1, 2, 3].map(() => createPayment(system, payer)));
    const [flipped = '', moved = '', open = ''] = others.map(({ id }) => id);
    const change = (sql: string, values: unknown[]) =>
      queryOnce(system.database.admin, sql, values);
    await change(
      `UPDATE transactions SET customer_name = overlay(customer_name PLACING
         CASE substr(customer_name, 20, 1) WHEN 'A' THEN 'B' ELSE 'A' END FROM 20 FOR 1)
       WHERE id = $1`,
      [flipped],
    );
    await change(
      `UPDATE transactions SET customer_phone =
         (SELECT customer_phone FROM transactions WHERE id = $2) WHERE id = $1`,
      [moved, flipped],
    );
    await change('UPDATE transactions SET customer_name = $2 WHERE id = $1', [open, 'J. Plain']);
    const ran = await rotate();
    expect([ran.code, totals(ran).left]).toEqual([1, 3]);
    expect(ran.stderr).toContain(`transactions.customer_name of ${flipped} can't be opened`);
    expect(ran.stderr).toContain(`transactions.customer_phone of ${moved} can't be opened`);
    expect(ran.stderr).toContain(`transactions.customer_name of ${open} can't be opened`);
    expect(`${ran.stdout}${ran.stderr}`).not.toMatch(/Plain|J\b|Rotated/);
    expect(ran.stderr.trim().split('\n').at(-1)).toBe(
      "3 values can't be opened and stay as they are.",
    );
    const left = (await sealedValues(system)).filter(
      ({ envelope }) => !envelope.startsWith('next.'),
    );
    expect(left.map(({ place }) => place).sort()).toEqual(
      [
        `transactions.customer_name:${flipped}`,
        `transactions.customer_name:${open}`,
        `transactions.customer_phone:${moved}`,
      ].sort(),
    );
  });

  it.each([['0'], ['10001'], ['many']])('refuses a batch of %s rows', async (batch) => {
    const ran = await rotate('--batch', batch);
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([
      ...[1, ''],
      '--batch takes a whole number from 1 to 10000.\n',
    ]);
  });
});
