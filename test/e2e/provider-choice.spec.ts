import { postPayment, readPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { expectProblem } from './support/problems.js';

interface ShownBodies {
  paths: {
    '/v1/transactions': {
      post: {
        requestBody: {
          content: { 'application/json': { examples: Record<string, { value: object }> } };
        };
      };
    };
  };
}

interface Paid {
  provider: string;
  status: string;
}

const transfer = { payment_method: 'bank_transfer', payment_method_token: undefined };

describe('the choice of a provider', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ worker: 0, env: { PROVIDER_ORDER: 'manual,stripe' } });
  });
  afterAll(() => system?.stop());

  it('follows the configured order among those that take the payment', async () => {
    const bare = await postPayment(system, transfer);
    expect(bare.body).toMatchObject({ provider: 'manual', status: 'processing' });
    const own = { ...transfer, payment_method_token: 'pm_card_visa' };
    expect((await postPayment(system, own)).body.provider).toBe('stripe');
    const named = { ...own, provider: 'manual' };
    expect((await postPayment(system, named)).status).toBe(422);
  });

  it('is told by the tokens of an instrument, each of its own provider', async () => {
    const tokens = { stripe: 'pm_card_visa', adyen: 'shopper-7/8416038790273850' };
    const change = { payment_method_token: undefined, payment_method_tokens: tokens };
    const { body, text, status } = await postPayment(system, change);
    expect([status, body.provider, body.status]).toEqual([201, 'stripe', 'completed']);
    const stored = `SELECT payment_method_tokens FROM transactions WHERE id = $1`;
    const rows = await queryOnce(system.database.admin, stored, [body.id]);
    expect(rows).toEqual([{ payment_method_tokens: tokens }]);
    const audit = await call(system, 'GET', `/v1/audit-logs?resource_id=${body.id}`);
    const shown = [text, audit.text, JSON.stringify(await readPayment(system, body.id))].join();
    expect(shown).not.toMatch(/payment_method_token|pm_card_visa|8416038790273850/);
    expect(system.logs()).not.toMatch(/pm_card_visa|8416038790273850/);
  });

  it('leaves out one that can not be sent so large an amount', async () => {
    const dear = { amount: '1000000.00', currency: 'THB', payment_method_token: undefined };
    const tokens = { stripe: 'pm_card_visa', adyen: 'shopper-7/8416038790273850' };
    const { body } = await postPayment(system, { ...dear, payment_method_tokens: tokens });
    expect([body.provider, body.amount]).toEqual(['adyen', '1000000.00']);
    const named = { ...dear, payment_method_token: 'pm_card_visa', provider: 'stripe' };
    const problem = expectProblem(await postPayment(system, named), 422, 'no_provider_available');
    expect(problem.detail).toBe('stripe can not be sent the amount.');
  });

  it('is right for every body that the document shows', async () => {
    const document = await call<ShownBodies>(system, 'GET', '/docs/openapi.json', { key: null });
    const { requestBody } = document.body.paths['/v1/transactions'].post;
    const shown = Object.entries(requestBody.content['application/json'].examples);
    const chosen = shown.map(async ([name, { value }]) => {
      const request = { body: value, idempotencyKey: `shown-${name}` };
      const { body } = await call<Paid>(system, 'POST', '/v1/transactions', request);
      return [name, body.provider, body.status];
    });
    expect(await Promise.all(chosen)).toEqual([
      ['stripe', 'stripe', 'completed'],
      ['adyen', 'adyen', 'completed'],
      ['paypal', 'paypal', 'processing'],
      ['pending', 'stripe', 'pending'],
      ['manual', 'manual', 'processing'],
      ['several', 'stripe', 'completed'],
    ]);
  });

  it('that finds nobody says what each provider lacks', async () => {
    const foreign = await postPayment(system, { payment_method_token: 'foreign-token' });
    const problem = expectProblem(foreign, 422, 'no_provider_available');
    expect(problem.detail).toContain('manual does not take the payment method');
    expect(problem.detail).toContain('stripe has no token that it can use');
    const named = await postPayment(system, { ...transfer, provider: 'stripe' });
    expect(expectProblem(named, 422, 'no_provider_available').detail).toBe(
      'stripe has no token that it can use.',
    );
    const off = await postPayment(system, { ...transfer, provider: 'adyen' });
    expectProblem(off, 422, 'no_provider_available');
  });

  it.each([
    [{ payment_method_tokens: { stripe: 'pm_card_visa' } }, 422, 'validation_failed'],
    [{ payment_method_token: undefined, payment_method_tokens: 'x' }, 422, 'validation_failed'],
    [
      { payment_method_token: undefined, payment_method_tokens: { stripe: 'a b' } },
      ...([422, 'validation_failed'] as const),
    ],
    [
      { payment_method_token: undefined, payment_method_tokens: { acme: 'pm_1' } },
      ...([400, 'parameter_invalid'] as const),
    ],
    [
      { payment_method_token: undefined, payment_method_tokens: { stripe: '4242424242424242' } },
      ...([422, 'card_data_not_allowed'] as const),
    ],
  ])('refuses %j', async (change, status, code) => {
    expectProblem(await postPayment(system, change), status, code);
  });
});

describe('a payment that is read', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ worker: 0 });
  });
  afterAll(() => system?.stop());

  interface Expanded {
    attempts?: { attempt_no: number }[];
    events?: { event_type: string }[];
    refunds?: { amount: string }[];
  }

  it('is answered with its attempts, events and refunds on request', async () => {
    const { body } = await postPayment(system);
    const path = `/v1/transactions/${body.id}`;
    const refund = { body: { amount: '4.00', reason: 'One item was out of stock' } };
    await call(system, 'POST', `${path}/refunds`, refund);
    const plain = await call<Expanded>(system, 'GET', path);
    expect(plain.body).not.toHaveProperty('attempts');
    const all = await call<Expanded>(system, 'GET', `${path}?expand=attempts,events,refunds`);
    expect(all.body.attempts).toMatchObject([{ attempt_no: 1, status: 'completed' }]);
    expect(all.body.events?.map((event) => event.event_type)).toContain('refund_completed');
    expect(all.body.refunds).toMatchObject([{ amount: '4.00' }]);
    expect({ ...all.body, attempts: 0, events: 0, refunds: 0 }).toEqual({
      ...plain.body,
      ...{ attempts: 0, events: 0, refunds: 0 },
    });
  });

  it.each(['attempt', 'attempts,', 'toString', 'attempts,notes'])(
    'can not be expanded by %s',
    async (names) => {
      const { body } = await postPayment(system);
      const answer = await call(system, 'GET', `/v1/transactions/${body.id}?expand=${names}`);
      expectProblem(answer, 400, 'parameter_invalid');
    },
  );
});
