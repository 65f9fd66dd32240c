import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createPartner, createPayment, insertRefund } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { refusalOf, ruleOf } from './support/sessions.js';

describe('settling by hand', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let operations: pg.Client;
  let partner: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    operations = await database.connect('payments_operations');
    partner = await createPartner(owner);
    await actAs('operator:ada');
  });
  afterAll(() => database?.stop());

  const actAs = (actor: string) =>
    operations.query(`SELECT set_config('app.actor', $1, false)`, [actor]);

  const settle = (kind: 'transaction' | 'refund', id: string, outcome = 'completed') =>
    operations.query(`SELECT settle_manual_${kind}($1, $2, $3, 'why')`, [
      ...[id, outcome, randomUUID()],
    ]);

  const manual = (status: 'pending' | 'processing' | 'completed' = 'processing') =>
    createPayment(owner, partner, { status, provider: 'manual' });

  it('leaves the word of a provider to the provider', async () => {
    const processing = await createPayment(owner, partner, { status: 'processing' });
    const refund = await insertRefund(owner, await createPayment(owner, partner));
    expect(await ruleOf(settle('transaction', processing))).toBe('transactions_settled_by_hand');
    expect(await ruleOf(settle('refund', refund))).toBe('refunds_settled_by_hand');
  });

  it.each(['partner', 'system', 'provider:manual', 'provider:stripe', ''])(
    'is not for the actor "%s"',
    async (actor) => {
      const payment = await manual();
      await actAs(actor);
      expect(await ruleOf(settle('transaction', payment, 'failed'))).toBe('settled_by_operator');
      await actAs('operator:ada');
      expect((await settle('transaction', payment, 'failed')).rowCount).toBe(1);
    },
  );

  it('is not for a session that never said who acts, nor without an outcome', async () => {
    const silent = await database.connect('payments_operations');
    const attack = `SELECT settle_manual_transaction($1, $2, 'x', 'y')`;
    const payment = await manual();
    expect(await ruleOf(silent.query(attack, [payment, 'failed']))).toBe('settled_by_operator');
    expect(await ruleOf(operations.query(attack, [payment, null]))).toBe('settled_by_operator');
  });

  it.each(['cancelled', 'refunded', 'pending', 'processing'])(
    'makes no payment %s',
    async (outcome) => {
      expect(await ruleOf(settle('transaction', await manual(), outcome))).toBe(
        'settled_by_operator',
      );
    },
  );

  it('moves nothing that is not open', async () => {
    for (const status of ['pending', 'completed'] as const) {
      const rule = await ruleOf(settle('transaction', await manual(status), 'failed'));
      expect(rule).toBe('transactions_settled_by_hand');
    }
    const refund = await insertRefund(owner, await manual('completed'));
    expect((await settle('refund', refund, 'failed')).rowCount).toBe(1);
    expect(await ruleOf(settle('refund', refund))).toBe('refunds_settled_by_hand');
  });

  it.each(['payments_api', 'payments_worker'] as const)('is not for %s', async (role) => {
    const session = await database.connect(role);
    for (const kind of ['transaction', 'refund']) {
      const attack = `SELECT settle_manual_${kind}(gen_random_uuid(), 'completed', 'x', 'y')`;
      expect((await refusalOf(session.query(attack))).code).toBe('42501');
    }
  });
});
