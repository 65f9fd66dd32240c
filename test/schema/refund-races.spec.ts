import type pg from 'pg';
import {
  createPartner,
  createPayment,
  insertRefund,
  settleRefund,
  totalsOf,
} from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { type Context, inTransaction, refusalOf } from './support/sessions.js';

const clientCount = 8;
const paymentCount = 50;
const retryLimit = 40;

describe('eight refunds of 60 on 100 at once (F2)', () => {
  let database: ScratchDatabase;
  let client: pg.Client;
  let clients: pg.Client[];
  let worker: pg.Client;
  let partner: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    client = await database.connect();
    worker = await database.connect('payments_worker');
    partner = await createPartner(client);
    clients = await Promise.all(
      Array.from({ length: clientCount }, () => database.connect('payments_api')),
    );
  });
  afterAll(() => database?.stop());

  /** What one client got: accepted, or the rule; a serialisation failure is tried again, as the API does. */
  async function ask(api: pg.Client, payment: string, isolation: Context['isolation']) {
    const context = { partners: [partner], isolation };
    for (let tries = 1; tries <= retryLimit; tries += 1) {
      let refund = '';
      const refusal = await refusalOf(
        inTransaction(api, context, async () => {
          refund = await insertRefund(api, payment);
        }).then(() => Promise.reject(Object.assign(new Error(refund), { code: 'accepted' }))),
      );
      if (refusal.code !== '40001' && refusal.code !== '40P01') return refusal;
    }
    throw new Error('too many serialisation failures');
  }

  it.each(['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const)(
    'leave exactly one on each of 50 payments at %s, which can be completed and failed',
    async (isolation) => {
      for (let n = 0; n < paymentCount; n += 1) {
        const payment = await createPayment(client, partner);
        const answers = await Promise.all(clients.map((api) => ask(api, payment, isolation)));
        const accepted = answers.filter(({ code }) => code === 'accepted');
        const refused = answers.filter(({ constraint }) => constraint === 'refunds_within_amount');
        expect([accepted.length, refused.length]).toEqual([1, clientCount - 1]);
        expect(await totalsOf(client, payment)).toMatchObject({ reserved: '60', sum: '60' });
        for (const status of ['completed', 'failed'] as const) {
          await inTransaction(worker, { isolation }, () =>
            settleRefund(worker, accepted[0].message, status),
          );
        }
        expect(await totalsOf(client, payment)).toEqual({
          status: 'completed',
          reserved: '0',
          refunded: '0',
          sum: '0',
        });
      }
    },
  );
});
