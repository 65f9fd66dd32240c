import { httpAnswer, listenForBytes } from '../contract/byte-server.js';
import type { ByteServer } from '../contract/byte-server.js';
import { failureOf } from '../contract/intents.js';
import type { ChargeIntent, PaymentProvider, RefundIntent } from '../port.js';
import { payPalDefinition } from './paypal.definition.js';

const transactionId = '01900000-0000-7000-8000-000000000000';
const intent: ChargeIntent = {
  idempotencyKey: `${transactionId}.1`,
  transactionId,
  amount: '10.50',
  currency: 'USD',
  paymentMethod: 'card',
  paymentMethodToken: '8kk8451t',
  payer: {},
};
const reference = { ...intent, providerTransactionId: 'O1' };
const refundIntent: RefundIntent = {
  idempotencyKey: 'refund-1',
  refundId: 'refund-1',
  transactionId,
  providerTransactionId: 'O1',
  amount: '4.00',
  currency: 'USD',
  reason: 'returned',
};
const amount = { currency_code: 'USD', value: '10.50' };
const token = reply(200, { access_token: 'A1', token_type: 'Bearer', expires_in: 32_400 });

function reply(status: number, body: object, headers = ''): string {
  return httpAnswer(`${status} Status`, JSON.stringify(body), headers);
}

function order(status: string, ...captured: string[]): object {
  const captures = captured.map((one, index) => ({ id: `C${index}`, status: one, amount }));
  return { id: 'O1', status, purchase_units: [{ amount, payments: { captures } }] };
}

const other = {
  ...order('COMPLETED'),
  purchase_units: [{ amount: { ...amount, value: '99.00' } }],
};

function refusal(issue: string): object {
  return { name: 'UNPROCESSABLE_ENTITY', details: [{ issue, description: 'Because.' }] };
}

let server: ByteServer | undefined;
let provider: PaymentProvider | undefined;

/** Short only where no answer comes. */
const timeLimitMs = (answers: string[]) => (answers.includes('') ? 2_000 : 20_000);

/** PayPal with these answers, in this order. */
async function open(...answers: string[]): Promise<PaymentProvider> {
  const rest = [...answers];
  server = await listenForBytes((socket) => socket.write(rest.shift() ?? ''));
  const settings = {
    apiUrl: server.url,
    clientId: 'client',
    clientSecret: 'MARKED',
    webhookId: 'WEBHOOK1',
    certificateHosts: [],
  };
  provider = payPalDefinition.create(settings, { timeoutMs: timeLimitMs(answers) });
  return provider;
}

/** `POST /path` of every request. */
function requested(): string[] {
  return (server?.requests ?? []).map((text) => text.split(' HTTP/', 1)[0] ?? '');
}

function bodyOf(index: number): unknown {
  return JSON.parse(server?.requests[index]?.split('\r\n\r\n')[1] ?? '');
}

afterEach(async () => {
  await server?.close();
  await provider?.close?.();
  server = undefined;
  provider = undefined;
});

describe('a charge at PayPal', () => {
  it.each([
    ['no answer', ''],
    ['a 500', reply(500, { name: 'INTERNAL_SERVER_ERROR' })],
    ['a page', httpAnswer('403 Forbidden', '<html>')],
    ['an order that is none', reply(201, {})],
    ['a 404', reply(404, { name: 'RESOURCE_NOT_FOUND' })],
    ['a used invoice id', reply(422, refusal('DUPLICATE_INVOICE_ID'))],
    ['an order of another amount', reply(200, other)],
  ])('has an unknown outcome after %s', async (_, answer) => {
    const paypal = await open(token, answer);
    expect(await failureOf(paypal.charge(intent))).toMatchObject({ kind: 'outcome_unknown' });
  });

  it('is looked up when the answer leaves the amount out', async () => {
    const minimal = reply(200, { id: 'O1', status: 'COMPLETED' });
    const paypal = await open(token, minimal, reply(200, order('COMPLETED', 'DECLINED')));
    expect(await paypal.charge(intent)).toMatchObject({ status: 'declined' });
    expect(requested().at(-1)).toBe('GET /v2/checkout/orders/O1');
  });

  it.each([
    ['breaks', reply(500, {})],
    ['is refused', reply(403, { name: 'NOT_AUTHORIZED' })],
    ['finds nothing', reply(404, { name: 'RESOURCE_NOT_FOUND' })],
  ])('has an unknown outcome when that look-up %s', async (_, answer) => {
    const paypal = await open(token, reply(200, { id: 'O1', status: 'COMPLETED' }), answer);
    expect(await failureOf(paypal.charge(intent))).toMatchObject({ kind: 'outcome_unknown' });
  });

  it('that PayPal refuses to take from this payer is declined, without an order', async () => {
    const paypal = await open(token, reply(422, refusal('PAYER_CANNOT_PAY')));
    expect(await paypal.charge(intent)).toEqual({
      status: 'declined',
      providerTransactionId: undefined,
      code: 'card_declined',
      retry: 'after_customer_action',
      raw: { code: 'PAYER_CANNOT_PAY', message: 'Because.' },
      response: {},
    });
  });

  it('that PayPal can not be sent calls nobody', async () => {
    const paypal = await open(token);
    const wallet = { ...intent, paymentMethod: 'e_wallet', paymentMethodToken: undefined } as const;
    expect(await failureOf(paypal.charge(wallet))).toMatchObject({ kind: 'rejected' });
    expect(requested()).toEqual([]);
  });
});

describe('a payment at PayPal that its payer approved', () => {
  const approved = reply(200, order('APPROVED'));

  it('is captured under a key of its own', async () => {
    const paypal = await open(token, approved, reply(201, order('COMPLETED', 'COMPLETED')));
    expect(await paypal.resume(reference, {})).toMatchObject({ status: 'completed' });
    expect(requested().slice(1)).toEqual([
      'GET /v2/checkout/orders/O1',
      'POST /v2/checkout/orders/O1/capture',
    ]);
    expect(server?.requests[2]).toContain(`paypal-request-id: ${intent.idempotencyKey}.capture`);
  });

  it.each(['ORDER_ALREADY_CAPTURED', 'ORDER_NOT_APPROVED', 'PAYER_ACTION_REQUIRED'])(
    'is looked up again when PayPal says %s',
    async (issue) => {
      const after = reply(200, order('COMPLETED', 'PENDING'));
      const paypal = await open(token, approved, reply(422, refusal(issue)), after);
      expect(await paypal.resume(reference, {})).toMatchObject({ status: 'processing' });
    },
  );

  it('is declined when its instrument is', async () => {
    const paypal = await open(token, approved, reply(422, refusal('INSTRUMENT_DECLINED')));
    expect(await paypal.resume(reference, {})).toMatchObject({
      status: 'declined',
      providerTransactionId: 'O1',
      raw: { code: 'INSTRUMENT_DECLINED' },
    });
  });

  it.each([
    ['COMPLETED', ['COMPLETED'], 'completed'],
    ['VOIDED', [], 'cancelled'],
  ])('and that is %s by now is only looked up', async (status, captured, ours) => {
    const paypal = await open(token, reply(200, order(status, ...captured)));
    expect(await paypal.resume(reference, {})).toMatchObject({ status: ours });
    expect(requested()).toHaveLength(2);
  });

  it('and that PayPal does not find is not found, and without an id is not looked for', async () => {
    const gone = reply(404, { name: 'RESOURCE_NOT_FOUND' });
    const paypal = await open(token, gone, gone);
    expect(await paypal.resume(reference, {})).toBe('not_found');
    expect(await paypal.fetch(reference)).toBe('not_found');
    expect(await paypal.resume(intent, {})).toBe('unsupported');
    expect(await paypal.fetch(intent)).toBe('unsupported');
  });
});

describe('a refund at PayPal', () => {
  const refunded = { id: 'R1', status: 'COMPLETED', amount: { ...amount, value: '4.00' } };

  it('is made of the capture that took the money, and names itself and its order', async () => {
    const captured = reply(200, order('COMPLETED', 'DECLINED', 'PARTIALLY_REFUNDED'));
    const paypal = await open(token, captured, reply(201, refunded));
    expect(await paypal.refund(refundIntent)).toMatchObject({ status: 'completed' });
    expect(requested().at(-1)).toBe('POST /v2/payments/captures/C1/refund');
    expect(server?.requests.at(-1)).toContain('paypal-request-id: refund-1');
    expect(bodyOf(2)).toEqual({
      amount: { currency_code: 'USD', value: '4.00' },
      invoice_id: 'refund-1',
      custom_id: 'O1',
    });
  });

  it.each([
    ['CAPTURE_FULLY_REFUNDED', { status: 'failed' }],
    ['REFUND_AMOUNT_EXCEEDED', { status: 'failed', raw: { message: 'Because.' } }],
    ['DUPLICATE_INVOICE_ID', { kind: 'outcome_unknown' }],
    ['PAYEE_ACCOUNT_RESTRICTED', { kind: 'misconfigured' }],
    ['CURRENCY_MISMATCH', { kind: 'rejected' }],
  ])('that PayPal refuses with %s is %j', async (issue, result) => {
    const captured = reply(200, order('COMPLETED', 'COMPLETED'));
    const paypal = await open(token, captured, reply(422, refusal(issue)));
    const answer = await paypal.refund(refundIntent).catch((error: unknown) => error);
    expect(answer).toMatchObject(result);
  });

  it('of an order that nothing was taken for is rejected, of one that is gone unknown', async () => {
    const gone = reply(404, { name: 'RESOURCE_NOT_FOUND' });
    const paypal = await open(token, reply(200, order('APPROVED')), gone);
    expect(await failureOf(paypal.refund(refundIntent))).toMatchObject({ kind: 'rejected' });
    expect(await failureOf(paypal.refund(refundIntent))).toMatchObject({ kind: 'outcome_unknown' });
    expect(requested().filter((line) => line.includes('refund'))).toEqual([]);
  });

  it('is found by our id among the refunds of its order', async () => {
    const refunds = [
      { ...refunded, invoice_id: 'x' },
      { ...refunded, invoice_id: 'refund-1' },
    ];
    const unit = { amount, payments: { refunds: [{ ...refunds[0], id: 'R0' }, refunds[1]] } };
    const found = reply(200, { id: 'O1', status: 'COMPLETED', purchase_units: [unit] });
    const paypal = await open(token, found, reply(200, order('COMPLETED', 'COMPLETED')));
    expect(await paypal.fetchRefund(refundIntent)).toMatchObject({ providerRefundId: 'R1' });
    expect(await paypal.fetchRefund(refundIntent)).toBe('not_found');
  });
});
