import { type RunningSandbox, runSandbox } from '../testing/running-sandbox.js';

interface ErrorBody {
  error: { type: string; code?: string; param?: string; message: string };
}

describe('requests to the Stripe sandbox', () => {
  let sandbox: RunningSandbox;

  beforeAll(async () => {
    sandbox = await runSandbox({ webhooks: false });
  });

  afterAll(() => sandbox.close());

  const send = async (
    path: string,
    form?: string,
    headers: Record<string, string> = { authorization: 'Bearer sk_test_specs' },
  ): Promise<{ status: number; headers: Headers; body: ErrorBody }> => {
    const response = await fetch(`${sandbox.url}${path}`, {
      method: form === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: form,
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as ErrorBody,
    };
  };

  it.each<Record<string, string>>([
    {},
    { authorization: 'Bearer sk_live_1' },
    { authorization: 'Basic sk_test_1' },
  ])('are refused with the key %j', async (headers) => {
    const { status, body } = await send('/v1/payment_intents/pi_1', undefined, headers);
    expect([status, body.error.type]).toEqual([401, 'invalid_request_error']);
    expect((await send('/v1/payment_intents', 'amount=1', headers)).status).toBe(401);
  });

  it('carry a request id and the API version back', async () => {
    const authorization = 'Bearer sk_test_specs';
    const version = { authorization, 'stripe-version': '2026-10-28.endive' };
    const { headers } = await send('/v1/refunds/re_none', undefined, version);
    expect(headers.get('request-id')).toMatch(/^req_\w+$/);
    expect(headers.get('stripe-version')).toBe('2026-10-28.endive');
    const wrong = await send('/v1/refunds', undefined, { authorization, 'stripe-version': 'new' });
    expect(wrong.status).toBe(400);
  });

  it.each([
    ['amount=100&currency=usd&surprise=1', 'surprise', 'parameter_unknown'],
    [
      'amount=100&currency=usd&payment_method_types[]=card',
      'payment_method_types[]',
      'parameter_unknown',
    ],
    ['amount=100&currency=usd&metadata[a][b]=1', 'metadata[a][b]', 'parameter_unknown'],
    ['amount=100&currency=usd&customer=cus_1', 'customer', undefined],
    ['currency=usd', 'amount', 'parameter_missing'],
    ['amount=100', 'currency', 'parameter_missing'],
    ['amount=10.5&currency=usd', 'amount', 'parameter_invalid_integer'],
    ['amount=1e3&currency=usd', 'amount', 'parameter_invalid_integer'],
    ['amount=0&currency=usd', 'amount', 'parameter_invalid_integer'],
    ['amount=-1&currency=usd', 'amount', 'parameter_invalid_integer'],
    ['amount=100000000&currency=usd', 'amount', 'amount_too_large'],
    ['amount=100&currency=zzz', 'currency', undefined],
    ['amount=5121&currency=kwd', 'amount', undefined],
    ['amount=150&currency=isk', 'amount', undefined],
    ['amount=100&currency=usd&description=', 'description', 'parameter_invalid_empty'],
    ['amount=100&currency=usd&confirm=yes', 'confirm', undefined],
    ['amount=100&currency=usd&payment_method=pm_unknown', 'payment_method', 'resource_missing'],
    [
      'amount=100&currency=usd&payment_method=pm_sandbox_unknown',
      'payment_method',
      'resource_missing',
    ],
    ['amount=100&currency=usd&expand[]=customer', 'expand', undefined],
    [
      `amount=100&currency=usd&metadata[${'k'.repeat(41)}]=1`,
      `metadata[${'k'.repeat(41)}]`,
      undefined,
    ],
  ])('are refused for %s', async (form, param, code) => {
    const { status, body } = await send('/v1/payment_intents', form);
    expect(status).toBe(400);
    expect(body.error.param).toBe(param);
    expect(body.error.code).toBe(code);
  });

  it.each(['amount=500&currency=jpy', 'amount=5120&currency=kwd', 'amount=10050&currency=THB'])(
    'are taken with %s',
    async (form) => {
      expect((await send('/v1/payment_intents', form)).status).toBe(200);
    },
  );

  it.each([
    '/v1/payment_intents/pi_none',
    '/v1/charges/ch_none',
    '/v1/refunds/re_none',
    '/v1/customers',
  ])('find nothing at %s', async (path) => {
    expect((await send(path)).status).toBe(404);
  });

  it('keep odd metadata as it is', async () => {
    const metadata = { __proto__x: 'a', constructor: 'b', 'é 😀': '😀', 'a&b': '=&' };
    const payment = await sandbox.stripe.paymentIntents.create({
      amount: 1,
      currency: 'usd',
      metadata,
    });
    expect(payment.metadata).toEqual(metadata);
  });
});
