import * as fs from 'node:fs';
import * as path from 'node:path';
import { createPayment, postRefund, readPayment } from '../factories/payments.js';
import type { Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { rootDir } from '../support/test-run.js';
import { makePartner } from './support/operations.js';
import { approvePayment, eventOf, sendWebhook } from './support/stripe-webhooks.js';
import { until } from './support/until.js';

/** Nothing is deleted softly yet: no operation does it. */
const notFilledYet = ['partners.deleted_at', 'refunds.deleted_at', 'transactions.deleted_at'];

/** The tables of the owner's design and their columns. */
function readSeed(): Map<string, string[]> {
  const seed = fs.readFileSync(path.join(rootDir, 'test/schema/seed.sql'), 'utf8');
  const tables = [...seed.matchAll(/^CREATE TABLE (\w+) \(\n([\s\S]*?)^\);/gm)];
  return new Map(
    tables.map(([, table = '', body = '']) => [
      table,
      [...body.matchAll(/^ {4}([a-z_]+) \w/gm)].map(([, column = '']) => column),
    ]),
  );
}

describe('the columns of the owner’s design', () => {
  let system: TestSystem;
  const seed = readSeed();

  beforeAll(async () => {
    const sandboxEnv = { STRIPE_WEBHOOK_URL: '' };
    system = await startSystem({ env: { WORKER_POLL_MS: '100' }, sandboxEnv });
    await useEverything();
    await system.kill('api', 'SIGTERM');
  });
  afterAll(() => system?.stop());

  async function useEverything(): Promise<void> {
    await makePartner(system, {
      ...{ webhook_url: 'https://shop.example/webhooks', metadata: { tier: 'gold' } },
    });
    const paid = await createPayment(system, {
      ...{ customer_name: 'Jane Doe', customer_phone: '+1 555 0100', description: 'Two tickets' },
      ...{ metadata: { cart: 'c-77' }, reference: 'order-1' },
    });
    await postRefund(system, paid.id, { amount: '1.00', metadata: { return: 'r-12' } });
    await createPayment(system, { payment_method_token: 'pm_card_visa_chargeDeclined' });
    await failRefund();
    const pending = await createPayment(system, { confirm: false });
    const body = { reason: 'Changed their mind' };
    await call(system, 'POST', `/v1/transactions/${pending.id}/cancel`, { body });
    await call(system, 'GET', `/v1/transactions/${paid.id}`);
    await payAsCustomer();
  }

  /** The provider takes the refund and fails it later; the worker finds out. */
  async function failRefund(): Promise<void> {
    const token = 'pm_sandbox_refund_fail';
    const { id } = await createPayment(system, { payment_method_token: token });
    const { body } = await postRefund(system, id);
    const text = 'UPDATE refunds SET next_sync_at = clock_timestamp() WHERE id = $1';
    const ask = async () => {
      await queryOnce(system.database.admin, text, [body.id]);
      return call<{ status: string }>(system, 'GET', `/v1/refunds/${body.id}`);
    };
    await until('the refund to fail', ask, (answer) => answer.body.status === 'failed');
  }

  /** The provider names the customer whom it knows the payer as. */
  async function payAsCustomer(): Promise<void> {
    const { id, object } = await approvePayment(system);
    await sendWebhook(system, eventOf({ ...object, customer: 'cus_4711' }));
    const isDone = ({ status }: Payment) => status === 'completed';
    await until('the webhook', () => readPayment(system, id), isDone);
    expect(await readPayment(system, id)).toMatchObject({ provider_customer_id: 'cus_4711' });
  }

  it('are read from the design as a whole', () => {
    const counts = [...seed].map(([table, columns]) => [table, columns.length]);
    expect(Object.fromEntries(counts)).toEqual({
      ...{ partners: 13, transactions: 26, refunds: 13, transaction_events: 9 },
      ...{ audit_logs: 10, payment_methods: 5, currencies: 5 },
    });
  });

  it('are each filled in some row after the use of everything, but for those named here', async () => {
    const empty: string[] = [];
    for (const [table, columns] of seed) {
      const counts = columns.map((column) => `count(${column})::int AS ${column}`).join(', ');
      const [row] = await queryOnce<Record<string, number>>(
        system.database.admin,
        `SELECT ${counts} FROM ${table}`,
      );
      empty.push(...columns.filter((column) => row?.[column] === 0).map((c) => `${table}.${c}`));
    }
    expect(empty.sort()).toEqual(notFilledYet);
  });
});
