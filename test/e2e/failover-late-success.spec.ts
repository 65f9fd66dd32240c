import pg from 'pg';
import {
  createPayment,
  type Payment,
  readAttempts,
  readEventTypes,
  readPayment,
} from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { currentTestRun } from '../support/test-run.js';
import {
  alertsAbout,
  refundFact,
  resolveReviews,
  reviewsOf as reviewItemsOf,
  told,
} from './support/provider-facts.js';
import { behave, charges } from './support/sandbox.js';
import { accountAt } from './support/stripe-accounts.js';
import { eventOf, type PaymentIntent, sign } from './support/stripe-webhooks.js';
import { until } from './support/until.js';

const options = {
  env: (sandboxUrl: string) => ({
    ...{ WORKER_POLL_MS: '100', PROVIDER_TIMEOUT_MS: '700' },
    ...accountAt(sandboxUrl, 'eu'),
  }),
  sandboxEnv: { STRIPE_WEBHOOK_URL: '' },
  brokenInvariants: { I2: 'the payer was charged at two accounts' },
} as const;

const waitingForLocks = `SELECT FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`;

/** Makes the second attempt one that nobody has sent, and that no worker takes up. */
async function uncall(admin: pg.Client, id: string): Promise<void> {
  await admin.query('SET session_replication_role = replica');
  await admin.query(
    `UPDATE transaction_attempts SET sends = 0, certainty = 'never_sent'
     WHERE transaction_id = $1 AND attempt_no = 2`,
    [id],
  );
  await admin.query(`UPDATE transactions SET next_sync_at = 'infinity' WHERE id = $1`, [id]);
  await admin.query('SET session_replication_role = origin');
}

describe('money that an account takes after it declined', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem(options);
  });
  afterAll(() => system?.stop());

  /** Declines the first call, and takes the money for it a moment later. */
  async function declineLate(): Promise<void> {
    const first = { path: '/v1/payment_intents', method: 'POST', times: 1 };
    await behave(system, { ...first, script: 'late_success' });
  }

  async function intentOf(id: string | null, key: string): Promise<PaymentIntent> {
    const response = await fetch(`${system.sandboxUrl}/v1/payment_intents/${id}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    return (await response.json()) as PaymentIntent;
  }

  /** Lets an account tell that it took the money, once it did. */
  async function tell(account: string, paymentIntent: string | null): Promise<void> {
    const secrets = currentTestRun().secrets;
    const isDefault = account === 'default';
    const key = isDefault ? secrets.stripe_secret_key : `sk_test_${account}`;
    const object = await until(
      'the money',
      () => intentOf(paymentIntent, key),
      ({ status }) => status === 'succeeded',
    );
    const body = JSON.stringify(eventOf(object));
    const secret = isDefault ? secrets.stripe_webhook_secret : `whsec_${account}`;
    const headers = { 'stripe-signature': sign(body, 0, secret) };
    const address = `/webhooks/stripe/${account}`;
    const request = { key: null, idempotencyKey: null, body, headers };
    expect((await call(system, 'POST', address, request)).status).toBe(200);
  }

  function statuses(id: string, wanted: string[]): Promise<string[]> {
    return until(
      wanted.join(', '),
      async () => (await readAttempts(system, id)).map(({ status }) => status),
      (found) => String(found) === String(wanted),
    );
  }

  async function reviewsOf(id: string): Promise<string[]> {
    const text = 'SELECT DISTINCT kind FROM review_items WHERE transaction_id = $1 ORDER BY kind';
    const rows = await queryOnce<{ kind: string }>(system.database.admin, text, [id]);
    return rows.map(({ kind }) => kind);
  }

  async function tellOfSecond(id: string): Promise<void> {
    const ledger = await charges(system, id);
    const second = ledger.find((charge) => charge.idempotency_key === `${id}.2`);
    await tell('eu', second?.id ?? null);
    await statuses(id, ['completed', 'completed']);
  }

  it('is recorded beside the success of the next one, and put before people', async () => {
    await declineLate();
    const paid = await createPayment(system);
    expect(paid).toMatchObject({ status: 'completed', provider_account: 'eu' });
    const [first] = await readAttempts(system, paid.id);
    await tell('default', first?.provider_transaction_id ?? null);
    await statuses(paid.id, ['completed', 'completed']);
    expect(await readPayment(system, paid.id)).toEqual(paid);
    expect(await reviewsOf(paid.id)).toEqual(['double_charge']);
    expect((await readEventTypes(system, paid.id)).slice(3)).toEqual([
      'payment_completed',
      'webhook_received',
    ]);
  });

  it('is given back at the provider: people see it, and hear of it when that fails', async () => {
    await declineLate();
    const paid = await createPayment(system);
    const [first] = await readAttempts(system, paid.id);
    const second = first?.provider_transaction_id ?? null;
    await tell('default', second);
    await statuses(paid.id, ['completed', 'completed']);
    await until(
      'the item',
      () => reviewsOf(paid.id),
      ({ length }) => length > 0,
    );
    const refunded = (status: 'processing' | 'completed' | 'failed', providerRefundId?: string) =>
      refundFact(
        { provider_transaction_id: second },
        { amount: '10.50', providerRefundId },
        status,
      );
    const providerRefundId = `re_of_${paid.id}`;
    const subject = `stripe/default/${second}`;
    const seen = {
      ...{ attempt_no: 1, second_provider_transaction_id: second },
      ...{ provider_refund_id: providerRefundId, amount: '10.50', currency: 'USD' },
    };

    await told(system, refunded('processing', providerRefundId), 'ignored');
    await told(system, refunded('completed', providerRefundId), 'failed');
    const [charge, ...others] = await reviewItemsOf(system, paid.id);
    expect(others).toEqual([]);
    expect(charge).toMatchObject({ kind: 'double_charge', subject, status: 'open' });
    expect(charge?.details['later']).toContainEqual({ ...seen, refund: 'completed' });
    expect(alertsAbout(system, paid.id)).toHaveLength(1);

    await told(system, refunded('failed', providerRefundId), 'failed');
    expect((await reviewItemsOf(system, paid.id))[1]).toMatchObject({
      ...{ kind: 'double_charge', subject: `${subject}/${providerRefundId}`, status: 'open' },
      details: { ...seen, refund: 'failed', reason: 'declined: the card is closed' },
    });
    expect(alertsAbout(system, paid.id)).toHaveLength(2);

    await resolveReviews(system, paid.id);
    await told(system, refunded('completed'), 'failed');
    expect((await reviewItemsOf(system, paid.id))[2]).toMatchObject({ subject, status: 'open' });
    expect(alertsAbout(system, paid.id)).toHaveLength(3);
    expect(await readPayment(system, paid.id)).toEqual(paid);
  });

  it('pays for the payment that the next one may be taking, and both are told apart', async () => {
    await declineLate();
    const asked = { path: '/v1/payment_intents', method: 'POST', times: 1 };
    await behave(system, { ...asked, script: 'timeout_then_success' });
    const { id, status } = await createPayment(system);
    expect(status).toBe('processing');
    const [first] = await readAttempts(system, id);
    await tell('default', first?.provider_transaction_id ?? null);
    const isPaid = (payment: Payment) => payment.status === 'completed';
    const paid = await until('the late success', () => readPayment(system, id), isPaid);
    expect(paid).toMatchObject({
      ...{ provider_account: 'default', retry_count: 1 },
      provider_transaction_id: first?.provider_transaction_id,
    });
    expect(await reviewsOf(id)).toEqual(['double_charge', 'late_success']);
    await statuses(id, ['completed', 'in_flight']);
    await tellOfSecond(id);
    expect(await readPayment(system, id)).toEqual(paid);
  });

  it('is put before people also when the next one is called while the success is written', async () => {
    await declineLate();
    const asked = { path: '/v1/payment_intents', method: 'POST', times: 1 };
    await behave(system, { ...asked, script: 'timeout_then_success' });
    const { id } = await createPayment(system);
    const [first] = await readAttempts(system, id);
    const caller = new pg.Client({ connectionString: system.database.admin });
    await caller.connect();
    await uncall(caller, id);
    await caller.query('BEGIN');
    await caller.query('SELECT FROM transactions WHERE id = $1 FOR SHARE', [id]);
    await tell('default', first?.provider_transaction_id ?? null);
    await until(
      'the settlement',
      async () => (await caller.query(waitingForLocks)).rowCount,
      (found) => found === 1,
    );
    await caller.query(
      `UPDATE transaction_attempts SET sends = 1, certainty = 'sent_unconfirmed'
       WHERE transaction_id = $1 AND attempt_no = 2`,
      [id],
    );
    await caller.query('COMMIT');
    await caller.end();
    await statuses(id, ['completed', 'in_flight']);
    expect(await reviewsOf(id)).toEqual(['double_charge', 'late_success']);
    await tellOfSecond(id);
  });
});
