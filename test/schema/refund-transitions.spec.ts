import type pg from 'pg';
import { createPartner, createPayment, insertRefund, settleRefund } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { outcomeOf, ruleOf } from './support/sessions.js';

const statuses = ['pending', 'processing', 'completed', 'failed'] as const;
type Status = (typeof statuses)[number];
const actors = ['partner', 'operator:ada', 'system', 'provider:stripe', 'provider:adyen'];

/** Section 3 of the design, for a refund at Stripe whose certainty is `confirmed`. */
const legalMoves: Record<string, string[]> = {
  '>pending': ['partner', 'operator:ada', 'provider:stripe'],
  '>processing': ['partner', 'operator:ada', 'provider:stripe'],
  '>completed': ['provider:stripe'],
  'pending>processing': ['system'],
  'pending>completed': ['provider:stripe'],
  'pending>failed': ['provider:stripe'],
  'processing>completed': ['provider:stripe'],
  'processing>failed': ['provider:stripe'],
  'completed>failed': ['provider:stripe'],
};

describe('the status of a refund', () => {
  let database: ScratchDatabase;
  let client: pg.Client;
  let partner: string;
  const refunds = new Map<Status, string>();

  beforeAll(async () => {
    database = await startScratchDatabase();
    client = await database.connect();
    partner = await createPartner(client);
    for (const status of statuses) {
      const refund = await insertRefund(client, await createPayment(client, partner));
      if (status === 'processing') {
        await settleRefund(client, refund, status, 'system', 'sent_unconfirmed');
      }
      if (status === 'completed' || status === 'failed') await settleRefund(client, refund, status);
      refunds.set(status, refund);
    }
  });
  afterAll(() => database?.stop());

  it.each(statuses)('moves from %s only as the table says, for each actor', async (from) => {
    const others = statuses.filter((to) => to !== from && to !== 'pending');
    for (const to of others) {
      for (const actor of actors) {
        const legal = legalMoves[`${from}>${to}`]?.includes(actor) ?? false;
        const outcome = await outcomeOf(client, () =>
          settleRefund(client, refunds.get(from) ?? '', to as 'processing', actor),
        );
        const expected = legal ? 'accepted' : 'refunds_transition';
        expect({ from, to, actor, outcome }).toEqual({ from, to, actor, outcome: expected });
      }
    }
  });

  it.each(statuses)('begins as %s only for those who may', async (status) => {
    const payment = await createPayment(client, partner);
    for (const by of actors) {
      const legal = legalMoves[`>${status}`]?.includes(by) ?? false;
      const outcome = await outcomeOf(client, () => insertRefund(client, payment, { status, by }));
      const expected = legal ? 'accepted' : 'refunds_transition';
      expect({ status, by, outcome }).toEqual({ status, by, outcome: expected });
    }
  });

  it('fails by the system only when it was provably never sent', async () => {
    const refund = refunds.get('processing') ?? '';
    const fail = (certainty: string) =>
      outcomeOf(client, () => settleRefund(client, refund, 'failed', 'system', certainty));
    expect(await fail('never_sent')).toBe('accepted');
    expect(await fail('confirmed')).toBe('refunds_transition');
    expect(await fail('sent_unconfirmed')).toBe('refunds_transition');
  });

  it('is never final while the outcome is unknown', async () => {
    const refund = refunds.get('processing') ?? '';
    for (const status of ['completed', 'failed'] as const) {
      const settle = settleRefund(client, refund, status, 'provider:stripe', 'sent_unconfirmed');
      expect(await ruleOf(settle)).toBe('check_refunds_certainty');
    }
  });

  it('of a manual payment is settled by an operator with an evidence reference', async () => {
    const payment = await createPayment(client, partner, { provider: 'manual' });
    const refund = await insertRefund(client, payment, { amount: '10' });
    const settle = () => settleRefund(client, refund, 'completed', 'operator:ada');
    expect(await ruleOf(settle())).toBe('refunds_transition');
    await client.query(`UPDATE refunds SET provider_refund_id = 'slip 9' WHERE id = $1`, [refund]);
    await settle();
    const { rows } = await client.query('SELECT status FROM refunds WHERE id = $1', [refund]);
    expect(rows).toEqual([{ status: 'completed' }]);
  });

  it('agrees with its timestamps (F32)', async () => {
    const complete = `UPDATE refunds SET status = 'completed', certainty = 'confirmed',
      changed_by = 'provider:stripe' WHERE id = $1`;
    const refused = ruleOf(client.query(complete, [refunds.get('processing')]));
    expect(await refused).toBe('check_refunds_timestamps');
  });
});
