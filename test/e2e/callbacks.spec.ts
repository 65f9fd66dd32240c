import { randomUUID } from 'node:crypto';
import { createPayment, readPayment } from '../factories/payments.js';
import type { List, Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { expectProblem } from './support/problems.js';
import { alertsAbout, paymentFact, reviewsOf, told } from './support/provider-facts.js';
import { behave, charges } from './support/sandbox.js';
import { approvePayment, eventOf, sendWebhook, sign } from './support/stripe-webhooks.js';
import { until } from './support/until.js';

const minuteMs = 60_000;

interface StoredWebhook {
  id: string;
  status: string;
  transaction_id: string | null;
  attempt_count: number;
  body: string;
}

// The sandbox sends nothing here: the tests send what it would.
const options = { env: { WORKER_POLL_MS: '100' }, sandboxEnv: { STRIPE_WEBHOOK_URL: '' } };

describe('a webhook of the provider', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem(options);
  });
  afterAll(() => system?.stop());

  /** A payment that the payer approved without us being told, and the event that tells it. */
  async function approved() {
    const { id, object } = await approvePayment(system);
    return { id, object, event: eventOf(object) };
  }

  const send = (event: unknown, signed?: Parameters<typeof sendWebhook>[2]) =>
    sendWebhook(system, event, signed);

  function stored(event: { id: string }): Promise<StoredWebhook[]> {
    const text = `SELECT * FROM provider_webhooks WHERE provider_event_id LIKE $1 || '%'`;
    return queryOnce<StoredWebhook>(system.database.admin, text, [event.id]);
  }

  function reaches(event: { id: string }, status: string): Promise<StoredWebhook[]> {
    return until(
      status,
      () => stored(event),
      ([row]) => row?.status === status,
    );
  }

  it('names the customer whom the provider knows the payer as', async () => {
    const { id, object } = await approved();
    await send(eventOf({ ...object, customer: 'cus_4711' }));
    const isDone = ({ status }: Payment) => status === 'completed';
    const payment = await until('the webhook', () => readPayment(system, id), isDone);
    expect(payment).toMatchObject({ provider_customer_id: 'cus_4711' });
  });

  it('is verified, stored and applied', async () => {
    const { id, event } = await approved();
    expect(await readPayment(system, id)).toMatchObject({ status: 'processing' });
    const answer = await send(event);
    expect([answer.status, answer.body]).toEqual([200, { received: true }]);
    expect(await reaches(event, 'applied')).toMatchObject([{ transaction_id: id }]);
    expect(await readPayment(system, id)).toMatchObject({ status: 'completed', next_action: null });
  });

  it.each<[string, (text: string) => string | undefined]>([
    ['without a signature', () => undefined],
    ['with a signature that is none', () => 'nonsense'],
    ['signed with another secret', (text) => sign(text, 0, 'whsec_other')],
    ['signed over another body', (text) => sign(`${text} `)],
    ['signed 6 minutes ago', (text) => sign(text, -6 * minuteMs)],
    ['signed 6 minutes ahead', (text) => sign(text, 6 * minuteMs)],
  ])('%s is refused and changes nothing', async (_name, signed) => {
    const { id, event } = await approved();
    const problem = expectProblem(await send(event, signed), 400, 'webhook_signature_invalid');
    expect(problem.detail).not.toContain('whsec_');
    expect(await stored(event)).toEqual([]);
    expect(await readPayment(system, id)).toMatchObject({ status: 'processing' });
    expect((await send(event, (text) => sign(text, -4 * minuteMs))).status).toBe(200);
  });

  it('that comes ten times makes one transition and one event', async () => {
    const { id, event } = await approved();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(event)));
    expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(200));
    await reaches(event, 'applied');
    expect((await send(event)).status).toBe(200);
    expect(await stored(event)).toHaveLength(1);
    const path = `/v1/transactions/${id}/events`;
    const { body } = await call<List<{ event_type: string }>>(system, 'GET', path);
    expect(body.data.map((found) => found.event_type)).toEqual(['created', 'payment_completed']);
  });

  it('that is older than what is known changes nothing', async () => {
    const { id, object, event } = await approved();
    await send(event);
    await reaches(event, 'applied');
    const known = await readPayment(system, id);
    for (const status of ['processing', 'requires_action', 'canceled']) {
      const old = eventOf({ ...object, status, latest_charge: null }, 'payment_intent.processing');
      expect((await send(old)).status).toBe(200);
      await until(
        'its turn',
        () => stored(old),
        ([row]) => row?.status !== 'received',
      );
    }
    expect(await readPayment(system, id)).toEqual(known);
  });

  it('for a payment that is not known yet is parked, and applied when it is', async () => {
    const { object } = await approved();
    const pending = await createPayment(system, { confirm: false });
    const laterId = randomUUID();
    const early = eventOf({
      ...{ ...object, id: `pi_${randomUUID()}` },
      metadata: { ...(object['metadata'] as object), transaction_id: laterId },
    });
    expect((await send(early)).status).toBe(200);
    expect(await reaches(early, 'parked')).toMatchObject([{ transaction_id: null }]);
    await queryOnce(
      system.database.admin,
      `INSERT INTO transactions (id, partner_id, idempotency_key, status, amount, currency,
         payment_method, provider, expires_at, changed_by, changed_request_id)
       SELECT $2::uuid, partner_id, $2::text, 'pending', amount, currency, payment_method, provider,
         expires_at, 'partner', request_id FROM transactions WHERE id = $1`,
      [pending.id, laterId],
    );
    const isDone = ({ status }: Payment) => status === 'completed';
    await until('its payment', () => readPayment(system, laterId), isDone, 15_000);
    const [row] = await reaches(early, 'applied');
    expect(row?.transaction_id).toBe(laterId);
    expect(row?.attempt_count).toBeGreaterThan(1);
  });

  it('is not kept in plaintext', async () => {
    const { object } = await approved();
    const marked = eventOf({ ...object, description: 'marker-of-the-body' });
    await send(marked);
    const [row] = await stored(marked);
    expect(row?.body).toMatch(/^\w+\.[\w-]{100,}$/);
    expect(JSON.stringify(row)).not.toContain('marker-of-the-body');
    expect(JSON.stringify(row)).toContain(marked.id);
  });

  it('of a provider or an account that is not here is not found', async () => {
    const { event } = await approved();
    for (const path of ['/webhooks/paypal/other', '/webhooks/nobody', '/webhooks/stripe/other']) {
      const answer = await call(system, 'POST', path, { key: null, body: event });
      expectProblem(answer, 404, 'provider_not_found');
    }
  });

  it('under another id than our own call, which comes later, is money taken twice', async () => {
    await behave(system, { script: 'slow_1500ms', method: 'POST', times: 1 });
    const reference = randomUUID();
    const own = createPayment(system, { reference });
    const text = 'SELECT id FROM transactions WHERE reference = $1';
    const [row] = await until(
      'the payment',
      () => queryOnce<{ id: string }>(system.database.admin, text, [reference]),
      (rows) => rows.length > 0,
    );
    const first = { id: row?.id ?? '', provider_transaction_id: `pi_${randomUUID()}` };
    await told(system, paymentFact(first, { status: 'completed' }), 'applied');
    const paid = await own;
    expect(paid).toMatchObject({ status: 'completed', ...first });
    const [charge] = await charges(system, paid.id);
    expect(await reviewsOf(system, paid.id)).toMatchObject([
      { kind: 'double_charge', details: { second_provider_transaction_id: charge?.id } },
    ]);
  });

  it.each([
    ['in a currency that nobody knows', { amount_received: 5, currency: 'xcg' }],
    ['that it does not name', { amount_received: undefined }],
  ])('of a success of an amount %s completes nothing', async (_name, fields) => {
    const { id, object } = await approved();
    const event = eventOf({ ...object, ...fields });
    expect((await send(event)).status).toBe(200);
    const [row] = await reaches(event, 'failed');
    expect(await readPayment(system, id)).toMatchObject({ status: 'processing' });
    expect(alertsAbout(system, row?.id ?? '')).toMatchObject([{ alert: 'webhook_failed' }]);
  });

  it('is stored at once and put before a person when its amount can not be read', async () => {
    const refund = {
      id: 're_1',
      object: 'refund',
      amount: 500,
      currency: 'xcg',
      status: 'succeeded',
    };
    const event = eventOf({ ...refund, payment_intent: 'pi_1', metadata: {} }, 'refund.created');
    const answer = await send(event);
    expect([answer.status, answer.body]).toEqual([200, { received: true }]);
    const note = 'refund.created: Stripe sent an amount that makes no sense';
    expect(await reaches(event, 'failed')).toMatchObject([{ last_error: note }]);
    const [{ id } = { id: '' }] = await stored(event);
    expect(alertsAbout(system, id)).toMatchObject([{ alert: 'webhook_failed' }]);
  });

  it('that makes no sense is put before a person', async () => {
    const subject = { kind: 'unreadable', problem: 'AUTHORISATION without an amount' } as const;
    const { id, last_error: note } = await told(system, subject, 'failed');
    expect(note).toBe(subject.problem);
    expect(alertsAbout(system, id)).toMatchObject([{ alert: 'webhook_failed' }]);
  });
});
