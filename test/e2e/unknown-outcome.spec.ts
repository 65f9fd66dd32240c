import { setTimeout as sleep } from 'node:timers/promises';
import {
  createPayment,
  type Payment,
  postPayment,
  readEventTypes,
  readPayment,
} from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import {
  type ApprovedPayment,
  approveEach,
  comeBack,
  lostAnswers,
  loseCharges,
  loseEach,
  loseRefunds,
  payingProviders,
} from './support/lost-answers.js';
import {
  charges,
  closePort,
  holdWebhooks,
  isUp,
  ledgerRefunds,
  paidCharges,
  releaseWebhooks,
} from './support/sandbox.js';
import { askNow, readUnknown, untilKnown } from './support/unknown-rows.js';
import type { UnknownRow } from './support/unknown-rows.js';
import { until } from './support/until.js';

// No webhooks until the last test: only the worker can find out.
const options = {
  env: { WORKER_POLL_MS: '100', PROVIDER_TIMEOUT_MS: '700' },
  sandboxEnv: { STRIPE_WEBHOOK_URL: '' },
};
const challenge = { provider: 'adyen', payment_method_token: 'shopper/challenge' };
const wallet = { provider: 'paypal', payment_method: 'e_wallet', payment_method_token: undefined };

let system: TestSystem;

beforeAll(async () => {
  system = await startSystem(options);
  await holdWebhooks(system);
});
afterAll(() => system?.stop());

/** The same for each way to lose an answer. */
const each = (expected: unknown) => Object.fromEntries(lostAnswers.map((way) => [way, expected]));

async function tell<Item>(items: Item[], what: (item: Item) => unknown): Promise<object> {
  const told = await Promise.all(items.map(what));
  return Object.fromEntries(lostAnswers.map((way, item) => [way, told[item]]));
}

/** What happened, but for how often it was asked in vain. */
async function story(id: string): Promise<string> {
  const types = await readEventTypes(system, id);
  return types.filter((type) => type !== 'outcome_unknown').join(' ');
}

const isSettled = ({ status }: { status: string }) => status !== 'processing';

/** What the ledger and the timeline say of a payment. */
async function outcomeOf(id: string) {
  const { status, provider_transaction_id: known } = await readPayment(system, id);
  const ledger = await charges(system, id);
  const taken = ledger.map((charge) => [charge.status, charge.id === known]);
  return { status, taken, events: await story(id) };
}

const completedOnce = each({
  ...{ status: 'completed', taken: [['succeeded', true]] },
  events: 'created payment_completed',
});

describe.each(payingProviders)('at $name, whose answer is lost', (provider) => {
  it('a charge is processing, then completed by the worker and charged once', async () => {
    const answers = await loseCharges(system, provider);
    const ids = answers.map(({ body }) => body.id);
    const [first] = answers;
    expect(first?.body).toMatchObject({ failed_at: null, error_code: null });
    expect(await tell(answers, ({ status, body }) => [status, body.status])).toEqual(
      each([201, 'processing']),
    );
    expect(await tell(await readUnknown(system, 'transactions', ids), (row) => row)).toEqual(
      each(expect.objectContaining({ certainty: 'sent_unconfirmed', is_scheduled: true })),
    );
    expect(await tell(ids, (id) => readEventTypes(system, id))).toEqual(
      each(['created', 'outcome_unknown']),
    );
    await untilKnown(system, 'transactions', ids, isSettled);
    expect(await tell(ids, outcomeOf)).toEqual(completedOnce);
  });

  it('a refund is processing, then known to the worker and given once', async () => {
    const answers = await loseRefunds(system, provider);
    const ids = answers.map(({ body }) => body.id);
    expect(await tell(answers, ({ status, body }) => [status, body.status])).toEqual(
      each([201, 'processing']),
    );
    expect(await tell(await readUnknown(system, 'refunds', ids), (row) => row)).toEqual(
      each(expect.objectContaining({ certainty: 'sent_unconfirmed', is_scheduled: true })),
    );
    const known = await untilKnown(
      ...([system, 'refunds', ids] as const),
      ({ certainty }) => certainty === 'confirmed',
    );
    const status = provider.tellsRefundsLater ? 'processing' : 'completed';
    expect(await tell(known, (row) => row.status)).toEqual(each(status));
    const given = ({ body }: { body: { transaction_id: string } }) =>
      ledgerRefunds(system, body.transaction_id);
    expect(await tell(answers, given)).toEqual(each([expect.objectContaining({ amount: 400 })]));
  });
});

describe('what a payer approved, while the answer is lost', () => {
  const capture = ({ provider_transaction_id: id }: Payment) => `/v2/checkout/orders/${id}/capture`;

  it('is captured once at PayPal: by the payer’s return, or by the worker after it', async () => {
    const orders = await approveEach(system, wallet);
    const ids = orders.map(({ id }) => id);
    const back = await loseEach(system, orders, capture, (order) => comeBack(system, order));
    expect(await tell(back, (status) => status)).toEqual(each('processing'));
    const known = await readUnknown(system, 'transactions', ids);
    expect(await tell(known, ({ status, is_scheduled }) => [status, is_scheduled])).toEqual(
      each(['processing', true]),
    );
    await untilKnown(system, 'transactions', ids, isSettled);
    expect(await tell(ids, outcomeOf)).toEqual(completedOnce);
  });

  it('is captured once at PayPal by the worker, whose answer is lost as well', async () => {
    const orders = await approveEach(system, wallet);
    const ids = orders.map(({ id }) => id);
    await loseEach(system, orders, capture, ({ id }) => askNow(system, 'transactions', [id]));
    await untilKnown(system, 'transactions', ids, isSettled);
    expect(await tell(ids, outcomeOf)).toEqual(completedOnce);
    const told = await Promise.all(ids.map((id) => readEventTypes(system, id)));
    expect(told.filter((types) => types.includes('outcome_unknown'))).toHaveLength(ids.length);
  });

  it('is authorised once at Adyen, however often the payer comes back', async () => {
    const payments = await approveEach(system, challenge);
    const details = () => '/v72/payments/details';
    const send = (payment: ApprovedPayment) => comeBack(system, payment);
    const back = await loseEach(system, payments, details, send);
    expect(await tell(back, (status) => status)).toEqual(each('processing'));
    const isPaid = (status: string | null) => status === 'completed';
    for (const payment of payments) {
      await until('the payer', () => sleep(200).then(() => send(payment)), isPaid);
    }
    const ids = payments.map(({ id }) => id);
    expect(await tell(ids, outcomeOf)).toEqual(completedOnce);
  });
});

describe('a payment whose outcome is not known', () => {
  it('and that failed ends as declined, without money', async () => {
    const { id, status } = await createPayment(system, {
      payment_method_token: 'pm_sandbox_timeout_then_fail',
    });
    expect(status).toBe('processing');
    await untilKnown(system, 'transactions', [id], isSettled);
    expect(await readPayment(system, id)).toMatchObject({
      ...{ status: 'failed', error_code: 'payment_declined' },
    });
    expect(await paidCharges(system, id)).toEqual([]);
  });

  it('stays processing while the provider has no answer, and is asked later again', async () => {
    const { id, status } = await createPayment(system, {
      payment_method_token: 'pm_sandbox_http_500',
    });
    expect(status).toBe('processing');
    await askNow(system, 'transactions', [id]);
    const ask = () => readUnknown(system, 'transactions', [id]);
    const isLater = ([row]: UnknownRow[]) => row?.sync_count === 1 && !row.is_scheduled;
    await until('a later date', ask, isLater);
    expect(await readPayment(system, id)).toMatchObject({ status: 'processing' });
    expect(await paidCharges(system, id)).toEqual([]);
  });

  it('that the provider throttled is sent again and charged once', async () => {
    const { id } = await createPayment(system, {
      payment_method_token: 'pm_sandbox_http_429_then_success',
    });
    await until('its success', () => readPayment(system, id), isSettled);
    expect(await outcomeOf(id)).toMatchObject({
      status: 'completed',
      taken: [['succeeded', true]],
    });
  });

  it('is different from one that was never sent: that fails, and nothing is charged', async () => {
    await closePort(system, 1_500);
    await until(
      'the outage',
      () => isUp(system),
      (up) => !up,
    );
    const answer = await postPayment(system);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      ...{ status: 'failed', error_code: 'provider_unavailable', decline_code: null },
    });
    await until(
      'the sandbox',
      () => isUp(system),
      (up) => up,
    );
    expect(await charges(system, answer.body.id)).toEqual([]);
    const control = await createPayment(system);
    expect(control.status).toBe('completed');
  });
});

describe('webhooks that come after all', () => {
  const read = () =>
    queryOnce<{ id: string; status: string; last_sequence: number }>(
      system.database.admin,
      'SELECT id, status, last_sequence FROM transactions ORDER BY id',
    );

  it('complete the refunds that only they tell of, and change nothing else', async () => {
    const refunded = await queryOnce<{ id: string }>(
      system.database.admin,
      `SELECT transaction_id AS id FROM refunds WHERE status = 'processing' ORDER BY 1`,
    );
    const before = await read();
    await releaseWebhooks(system);
    const open = `SELECT id FROM refunds WHERE status = 'processing' UNION ALL
      SELECT id FROM provider_webhooks WHERE status NOT IN ('applied', 'ignored')`;
    const ask = () => queryOnce(system.database.admin, open);
    await until('the webhooks', ask, (rows) => rows.length === 0, 30_000);
    const changed = (await read()).filter((row, index) => {
      return JSON.stringify(row) !== JSON.stringify(before[index]);
    });
    expect(changed.map(({ id, status }) => [id, status])).toEqual(
      refunded.map(({ id }) => [id, 'partially_refunded']),
    );
    expect(refunded).toHaveLength(lostAnswers.length);
    const taken = (await charges(system)).filter(({ status }) => status === 'succeeded');
    expect(new Set(taken.map((charge) => charge.transaction_id)).size).toBe(taken.length);
    expect(await queryOnce(system.database.admin, 'SELECT kind FROM review_items')).toEqual([]);
  });
});
