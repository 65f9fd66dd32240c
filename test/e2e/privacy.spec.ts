import { randomUUID } from 'node:crypto';
import { createPayment, paymentBody, postRefund, readPayment } from '../factories/payments.js';
import type { List, Payment } from '../factories/payments.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { currentTestRun } from '../support/test-run.js';
import { findPlaces } from './support/dump.js';
import { decideAsPayer } from './support/sandbox.js';
import { until } from './support/until.js';

const payer = {
  customer_email: 'marker-mailbox@example.com',
  customer_name: 'Marker-Surname',
  customer_phone: '+66 555 0199 777',
};
const personal = ['marker-mailbox', 'Marker-Surname', '555 0199 777', '5550199777'];
const env = { WORKER_POLL_MS: '100', LOG_LEVEL: 'debug', PROVIDER_TIMEOUT_MS: '500' };

describe('personal data and secrets', () => {
  let system: TestSystem;
  const reference = `control-${randomUUID()}`;
  const requestId = randomUUID();

  beforeAll(async () => {
    system = await startSystem({ env });
    await useEverything();
    // What the processes still hold in memory is written and logged at the end.
    await system.kill('api', 'SIGTERM');
    await system.kill('worker', 'SIGTERM');
  });
  afterAll(() => system?.stop());

  async function useEverything(): Promise<void> {
    const body = paymentBody({ ...payer, reference });
    const headers = { 'x-request-id': requestId };
    const options = { body, idempotencyKey: randomUUID(), headers };
    const paid = await createPayment(system, {}, options);
    await createPayment(system, {}, options);
    await postRefund(system, paid.id, { amount: '1.00' });
    await call(system, 'POST', '/v1/transactions', {
      ...{ body: { ...body, amount: '11' }, idempotencyKey: options.idempotencyKey },
    });
    for (const token of ['pm_card_visa_chargeDeclined', 'pm_sandbox_timeout_then_success']) {
      await createPayment(system, { ...payer, payment_method_token: token });
    }
    await payBy3DSecure();
    const listing = `/v1/transactions?customer_email=${payer.customer_email}&limit=100`;
    const listed = await call<List<Payment>>(system, 'GET', listing);
    expect(listed.body.data.length).toBeGreaterThanOrEqual(4);
    for (const wrong of [{ amount: '-1' }, { customer_email: 'marker-mailbox' }, { nonsense: 1 }]) {
      await call(system, 'POST', '/v1/transactions', { body: { ...body, ...wrong } });
    }
    await call(system, 'POST', '/v1/transactions', { body: `{${JSON.stringify(body)}` });
    await call(system, 'GET', '/v1/partner', { key: `${system.credentials.partner_api_key}x` });
  }

  async function payBy3DSecure(): Promise<void> {
    const { id, next_action: action } = await createPayment(system, {
      ...{ ...payer, payment_method_token: 'pm_card_authenticationRequired' },
      return_url: 'https://shop.example/thanks',
    });
    await decideAsPayer(action?.url ?? '', 'approve');
    const isDone = ({ status }: Payment) => status === 'completed';
    await until('the webhook', () => readPayment(system, id), isDone);
  }

  it('can be found by this search when they lie open: the reference does', async () => {
    expect(await findPlaces(system.database.admin, [reference])).toEqual([
      'transactions.reference',
    ]);
    expect(system.logs()).toContain(requestId);
    expect(system.logs().toLowerCase()).toContain('"level":30');
  });

  it('of a payer are in no table in plaintext', async () => {
    expect(await findPlaces(system.database.admin, personal)).toEqual([]);
  });

  it.each(personal)('of a payer, such as %s, are in no log', (text) => {
    expect(system.logs().toLowerCase()).not.toContain(text.toLowerCase());
  });

  it('that are keys and secrets are in no table and in no log', async () => {
    const { secrets } = currentTestRun();
    const {
      partner_api_key: key,
      admin_api_key: adminKey,
      webhook_secret: own,
    } = system.credentials;
    const secret = [
      ...[key, adminKey, own, secrets.stripe_secret_key, secrets.stripe_webhook_secret],
      ...[
        secrets.api_key_pepper,
        secrets.encryption_keys.split(':')[1] ?? '',
        secrets.api_password,
      ],
    ];
    expect(await findPlaces(system.database.admin, secret)).toEqual([]);
    const logs = system.logs();
    expect(secret.filter((text) => text.length < 20 || logs.includes(text))).toEqual([]);
  });
});
