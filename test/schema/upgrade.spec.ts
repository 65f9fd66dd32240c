import { randomUUID } from 'node:crypto';
import type { QueryRunner } from 'typeorm';
import { mostSyncs } from '../../apps/api/src/modules/transactions/sync-schedule.js';
import { RememberSendingsAndRefunds1795300000037 } from '../../migrations/index.js';
import { createPartner, createPayment, insertRefund, settleRefund } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';

describe('a database of before', () => {
  let database: ScratchDatabase;

  beforeAll(async () => {
    database = await startScratchDatabase();
  });
  afterAll(() => database?.stop());

  it('gets a look at refunds that nobody was told of, and keeps the sendings that it knew', async () => {
    const client = await database.connect();
    const partner = await createPartner(client);
    const refund = async (provider: 'stripe' | 'manual') => {
      const payment = await createPayment(client, partner, { provider });
      return insertRefund(client, payment, { status: 'processing' });
    };
    const [lost, known] = [await refund('stripe'), await refund('stripe')];
    await refund('manual');
    await settleRefund(client, await refund('stripe'), 'completed');
    await client.query(
      `INSERT INTO review_items (kind, subject, partner_id, transaction_id, refund_id)
       SELECT 'outcome_unknown', id::text, partner_id, transaction_id, id FROM refunds WHERE id = $1`,
      [known],
    );
    const transmission = randomUUID();
    await client.query(
      `INSERT INTO provider_webhooks
         (provider, provider_event_id, event_type, body, transmission_id)
       VALUES ('paypal', 'WH-1', 'test', '', $1), ('stripe', 'evt_1', 'test', '', NULL)`,
      [transmission],
    );
    await client.query('DROP TABLE provider_transmissions');
    await client.query('SET ROLE payments_owner');
    const runner = { query: (text: string) => client.query(text) } as unknown as QueryRunner;
    await new RememberSendingsAndRefunds1795300000037().up(runner);
    await client.query('RESET ROLE');
    const due = 'SELECT id, sync_count FROM refunds WHERE next_sync_at <= clock_timestamp()';
    expect((await client.query(due)).rows).toEqual([{ id: lost, sync_count: mostSyncs - 1 }]);
    const kept = 'SELECT transmission_id, provider_event_id FROM provider_transmissions';
    expect((await client.query(kept)).rows).toEqual([
      { transmission_id: transmission, provider_event_id: 'WH-1' },
    ]);
  });
});
