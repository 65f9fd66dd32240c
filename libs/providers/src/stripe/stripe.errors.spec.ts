import { httpAnswer, listenForBytes } from '../contract/byte-server.js';
import type { ByteServer } from '../contract/byte-server.js';
import type { ChargeIntent, PaymentProvider, ProviderError } from '../port.js';
import { stripeDefinition } from './stripe.definition.js';

const intent: ChargeIntent = {
  idempotencyKey: '01900000-0000-7000-8000-000000000000.1',
  transactionId: '01900000-0000-7000-8000-000000000000',
  amount: '10.50',
  currency: 'USD',
  paymentMethod: 'card',
  paymentMethodToken: 'pm_card_visa',
  payer: {},
};
const taken = {
  object: 'payment_intent',
  status: 'succeeded',
  amount_received: 1050,
  currency: 'usd',
};
const succeeded = JSON.stringify({ id: 'pi_1', ...taken });

let server: ByteServer | undefined;
let provider: PaymentProvider | undefined;

async function open(answer: Parameters<typeof listenForBytes>[0]) {
  server = await listenForBytes(answer);
  const settings = { apiUrl: server.url, secretKey: 'sk_test_abc', webhookSecret: 'whsec_abc' };
  provider = stripeDefinition.create(settings, { timeoutMs: 2_000 });
  return provider;
}

async function failureOf(charge: Promise<unknown>): Promise<ProviderError> {
  return charge.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error: unknown) => error as ProviderError,
  );
}

afterEach(async () => {
  await server?.close();
  await provider?.close?.();
  server = undefined;
  provider = undefined;
});

describe("Stripe's answer", () => {
  const error = (fields: object) => JSON.stringify({ error: fields });

  it.each([
    ['500 Internal Server Error', error({ type: 'api_error' }), 'outcome_unknown'],
    ['503 Service Unavailable', '<html>sorry</html>', 'outcome_unknown'],
    ['500 Internal Server Error', succeeded, 'outcome_unknown'],
    ['200 OK', '<html>garbage</html>', 'outcome_unknown'],
    ['200 OK', '', 'outcome_unknown'],
    ['200 OK', 'null', 'outcome_unknown'],
    ['200 OK', '{}', 'outcome_unknown'],
    ['200 OK', '[]', 'outcome_unknown'],
    ['200 OK', error({ type: 'api_error' }), 'outcome_unknown'],
    ['200 OK', succeeded.replace('usd', 'xcg'), 'outcome_unknown'],
    ['200 OK', succeeded.replace('1050', 'null'), 'outcome_unknown'],
    ['200 OK', error({ code: 'rate_limit' }), 'outcome_unknown'],
    ['302 Found', '{}', 'outcome_unknown'],
    ['403 Forbidden', '<html>a proxy says no</html>', 'outcome_unknown'],
    ['400 Bad Request', error({ type: 'invalid_request_error', code: 'x' }), 'rejected'],
    ['404 Not Found', error({ type: 'invalid_request_error' }), 'rejected'],
    ['400 Bad Request', error({ type: 'idempotency_error' }), 'outcome_unknown'],
    ['409 Conflict', error({ code: 'idempotency_key_in_use' }), 'outcome_unknown'],
    ['401 Unauthorized', error({ type: 'invalid_request_error' }), 'misconfigured'],
    ['403 Forbidden', error({ type: 'invalid_request_error' }), 'misconfigured'],
    ['429 Too Many Requests', error({ code: 'rate_limit' }), 'throttled'],
    ['429 Too Many Requests', error({ type: 'invalid_request_error' }), 'throttled'],
    ['429 Too Many Requests', error({ code: 'lock_timeout' }), 'outcome_unknown'],
  ])('%s %s is %s', async (status, body, kind) => {
    const stripe = await open((socket) => socket.write(httpAnswer(status, body)));
    expect(await failureOf(stripe.charge(intent))).toMatchObject({ kind });
  });

  it.each([
    ['400 Bad Request', error({ code: 'brand_new' }), 'brand_new'],
    ['404 Not Found', error({ code: 'constructor' }), 'constructor'],
    ['400 Bad Request', error({ type: 'invalid_request_error' }), undefined],
    ['400 Bad Request', error({ code: 'parameter_unknown' }), undefined],
    ['400 Bad Request', error({ code: 'debit_not_authorized' }), undefined],
    ['403 Forbidden', error({ code: 'brand_new' }), undefined],
    ['500 Internal Server Error', error({ code: 'brand_new' }), undefined],
  ])('%s %s names %p as a code that no table knows', async (status, body, unmapped) => {
    const stripe = await open((socket) => socket.write(httpAnswer(status, body)));
    expect((await failureOf(stripe.charge(intent))).details.unmapped).toBe(unmapped);
  });

  it.each([
    ['429 Too Many Requests', error({ code: 'rate_limit' }), 'Retry-After: 7\r\n'],
    ['503 Service Unavailable', '', 'Retry-After: 7\r\n'],
  ])('%s says how long to wait', async (status, body, headers) => {
    const stripe = await open((socket) => socket.write(httpAnswer(status, body, headers)));
    const { details } = await failureOf(stripe.charge(intent));
    expect(details).toMatchObject({ httpStatus: Number(status.slice(0, 3)), retryAfterMs: 7_000 });
  });

  it('to a declined charge is a result, with the payment inside it', async () => {
    const current = { id: 'pi_9', object: 'payment_intent', status: 'requires_payment_method' };
    const fields = { type: 'card_error', code: 'card_declined', decline_code: 'lost_card' };
    const body = error({ ...fields, message: 'No.', payment_intent: current });
    const stripe = await open((socket) => socket.write(httpAnswer('402 Payment Required', body)));
    await expect(stripe.charge(intent)).resolves.toMatchObject({
      status: 'declined',
      providerTransactionId: 'pi_9',
      code: 'lost_or_stolen',
      retry: 'never',
      raw: { code: 'lost_card', message: 'No.' },
    });
  });

  it('of 402 with a payment that went through is not taken for a decline', async () => {
    const body = error({ type: 'card_error', payment_intent: { id: 'pi_9', ...taken } });
    const stripe = await open((socket) => socket.write(httpAnswer('402 Payment Required', body)));
    await expect(stripe.charge(intent)).resolves.toMatchObject({ status: 'completed' });
  });

  it('keeps the payer out of our errors', async () => {
    const current = { id: 'pi_9', object: 'payment_intent', receipt_email: 'MARKED' };
    const fields = { type: 'invalid_request_error', message: 'No such card: MARKED' };
    const body = error({ ...fields, payment_intent: current });
    const stripe = await open((socket) => socket.write(httpAnswer('400 Bad Request', body)));
    const thrown = await failureOf(stripe.charge(intent));
    expect(`${thrown.stack} ${JSON.stringify(thrown)}`).not.toContain('MARKED');
    expect(thrown.cause).toBeUndefined();
  });
});
