import { InvalidWebhookError } from '../port.js';
import { toFacts } from './paypal.facts.js';

const transactionId = '01900000-0000-7000-8000-000000000001';
const refundId = '01900000-0000-7000-8000-000000000002';
const amount = { currency_code: 'USD', value: '10.50' };
const money = { amount: '10.50', currency: 'USD' };
const orders = 'https://api.paypal.com/v2/checkout/orders';
const captures = 'https://api.paypal.com/v2/payments/captures';

function event(type: string, resourceType: string, resource: object): Buffer {
  const names = { id: 'WH-1', event_type: type, create_time: '2026-11-23T04:00:00.5Z' };
  return Buffer.from(JSON.stringify({ ...names, resource_type: resourceType, resource }));
}

/** The only fact, and the captures that PayPal was asked for. */
async function read(rawBody: Buffer, orderId?: string) {
  const asked: string[] = [];
  const facts = await toFacts(rawBody, async (captureId) => {
    asked.push(captureId);
    return orderId;
  });
  expect(facts).toHaveLength(1);
  return { subject: facts[0]?.subject, fact: facts[0], asked };
}

const capture = {
  id: 'C1',
  status: 'COMPLETED',
  amount,
  custom_id: transactionId,
  invoice_id: `${transactionId}.2`,
  supplementary_data: { related_ids: { order_id: 'O1' } },
};

describe("PayPal's event about a capture", () => {
  it('is a fact about the payment of its order', async () => {
    const { fact, asked } = await read(event('PAYMENT.CAPTURE.COMPLETED', 'capture', capture));
    expect(fact).toMatchObject({
      eventId: 'WH-1',
      eventType: 'PAYMENT.CAPTURE.COMPLETED',
      occurredAt: new Date('2026-11-23T04:00:00.5Z'),
      subject: {
        kind: 'payment',
        transactionId,
        idempotencyKey: `${transactionId}.2`,
        providerTransactionId: 'O1',
        outcome: { status: 'completed', money },
      },
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ['PAYMENT.CAPTURE.PENDING', 'PENDING', 'processing'],
    ['PAYMENT.CAPTURE.DENIED', 'DECLINED', 'declined'],
    ['PAYMENT.CAPTURE.DECLINED', 'DECLINED', 'declined'],
  ])('%s says what became of it', async (type, status, ours) => {
    const { subject } = await read(event(type, 'capture', { ...capture, status }));
    expect(subject).toMatchObject({ kind: 'payment', outcome: { status: ours } });
  });

  it('finds its order by the link to it', async () => {
    const links = [{ rel: 'up', href: `${orders}/O2` }];
    const linked = { ...capture, supplementary_data: undefined, links };
    const { subject } = await read(event('PAYMENT.CAPTURE.COMPLETED', 'capture', linked));
    expect(subject).toMatchObject({ providerTransactionId: 'O2' });
  });

  it('without an order is not about a payment of ours', async () => {
    const links = [{ rel: 'up', href: 'https://api.paypal.com/v2/payments/authorizations/A1' }];
    const bare = { ...capture, supplementary_data: undefined, links };
    const { subject } = await read(event('PAYMENT.CAPTURE.COMPLETED', 'capture', bare));
    expect(subject).toEqual({ kind: 'other' });
  });

  it.each([
    ["order 7'; --", `${transactionId}.1`, undefined],
    [transactionId, 'invoice 7', transactionId],
    [transactionId, undefined, transactionId],
  ])("does not take another program's ids for ours: %j, %j", async (...row) => {
    const [custom_id, invoice_id, ours] = row;
    const other = { ...capture, custom_id, invoice_id };
    const { subject } = await read(event('PAYMENT.CAPTURE.COMPLETED', 'capture', other));
    const names = { transactionId: ours, idempotencyKey: undefined };
    expect(subject).toMatchObject({ kind: 'payment', ...names });
  });
});

describe("PayPal's event about an order", () => {
  it('CHECKOUT.ORDER.APPROVED says that it can be captured', async () => {
    const units = [{ custom_id: transactionId, invoice_id: `${transactionId}.1`, amount }];
    const order = { id: 'O1', status: 'APPROVED', purchase_units: units };
    const { subject } = await read(event('CHECKOUT.ORDER.APPROVED', 'checkout-order', order));
    expect(subject).toMatchObject({
      kind: 'payment',
      transactionId,
      idempotencyKey: `${transactionId}.1`,
      providerTransactionId: 'O1',
      outcome: { status: 'processing', resumable: true, money },
    });
  });
});

const refund = {
  id: 'R1',
  status: 'COMPLETED',
  amount,
  custom_id: 'O1',
  invoice_id: refundId,
  links: [{ rel: 'up', href: `${captures}/C1` }],
};

describe("PayPal's event about a refund", () => {
  it('of ours names it and its payment, and nobody is asked', async () => {
    const { subject, asked } = await read(event('PAYMENT.CAPTURE.REFUNDED', 'refund', refund), '-');
    expect(subject).toMatchObject({
      kind: 'refund',
      refundId,
      providerTransactionId: 'O1',
      providerRefundId: 'R1',
      ...money,
      outcome: { status: 'completed' },
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ['PAYMENT.REFUND.PENDING', 'PENDING', 'processing'],
    ['PAYMENT.REFUND.FAILED', 'FAILED', 'failed'],
  ])('%s says what became of it', async (type, status, ours) => {
    const { subject } = await read(event(type, 'refund', { ...refund, status }));
    expect(subject).toMatchObject({ kind: 'refund', outcome: { status: ours } });
  });

  it.each([
    ['PAYMENT.CAPTURE.REFUNDED', { custom_id: transactionId, invoice_id: `${transactionId}.1` }],
    ['PAYMENT.CAPTURE.REVERSED', { custom_id: undefined, invoice_id: undefined }],
  ])('%s that was not made here is found by its capture', async (type, ids) => {
    const { subject, asked } = await read(event(type, 'refund', { ...refund, ...ids }), 'O9');
    expect(subject).toMatchObject({
      kind: 'refund',
      refundId: undefined,
      providerTransactionId: 'O9',
    });
    expect(asked).toEqual(['C1']);
  });

  it('of a capture that nobody knows is kept under the capture', async () => {
    const made = { ...refund, invoice_id: undefined };
    const { subject } = await read(event('PAYMENT.CAPTURE.REFUNDED', 'refund', made));
    expect(subject).toMatchObject({ kind: 'refund', providerTransactionId: 'C1' });
  });
});

const dispute = {
  dispute_id: 'PP-D-1',
  reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
  status: 'OPEN',
  dispute_amount: amount,
  disputed_transactions: [{ seller_transaction_id: 'C1', custom: transactionId }],
};

describe("PayPal's event about a dispute", () => {
  it.each([
    ['CUSTOMER.DISPUTE.CREATED', undefined, 'opened'],
    ['CUSTOMER.DISPUTE.RESOLVED', 'RESOLVED_SELLER_FAVOUR', 'won'],
    ['CUSTOMER.DISPUTE.RESOLVED', 'CANCELED_BY_BUYER', 'won'],
    ['CUSTOMER.DISPUTE.RESOLVED', 'RESOLVED_BUYER_FAVOUR', 'lost'],
    ['CUSTOMER.DISPUTE.RESOLVED', 'ACCEPTED', 'lost'],
  ])('%s %s is %s', async (type, code, phase) => {
    const resource = { ...dispute, dispute_outcome: { outcome_code: code } };
    const { subject, asked } = await read(event(type, 'dispute', resource), 'O1');
    expect(subject).toEqual({
      kind: 'dispute',
      transactionId,
      providerTransactionId: 'O1',
      providerDisputeId: 'PP-D-1',
      phase,
      reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
      money,
    });
    expect(asked).toEqual(['C1']);
  });

  it.each([
    ['CUSTOMER.DISPUTE.UPDATED', undefined],
    ['CUSTOMER.DISPUTE.RESOLVED', 'RESOLVED_WITH_PAYOUT'],
    ['CUSTOMER.DISPUTE.RESOLVED', 'NONE'],
    ['CUSTOMER.DISPUTE.RESOLVED', 'constructor'],
  ])('%s %s names no winner', async (type, code) => {
    const resource = { ...dispute, dispute_outcome: { outcome_code: code } };
    const { subject } = await read(event(type, 'dispute', resource), 'O1');
    expect(subject).toEqual({ kind: 'other' });
  });
});

describe("PayPal's event", () => {
  it.each([
    ['BILLING.PLAN.CREATED', 'plan', { id: 'P1', status: 'CREATED' }],
    ['PAYMENT.SALE.COMPLETED', 'sale', { id: 'S1', state: 'completed' }],
    ['CHECKOUT.PAYMENT-APPROVAL.REVERSED', 'checkout-order', { order_id: 'O1' }],
  ])('%s about nothing that we track is kept as other', async (type, resourceType, resource) => {
    const { fact } = await read(event(type, resourceType, resource));
    expect(fact).toMatchObject({ eventType: type, subject: { kind: 'other' } });
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"id":"WH-1"}',
    '{"id":1,"event_type":"X","create_time":"2026-11-23T04:00:00Z","resource":{}}',
    '{"id":"WH-1","event_type":"X","create_time":"yesterday","resource":{}}',
    '{"id":"WH-1","event_type":"X","create_time":"2026-11-23T04:00:00Z","resource":[]}',
  ])('of the form %j is refused', async (text) => {
    const facts = toFacts(Buffer.from(text), async () => undefined);
    await expect(facts).rejects.toThrow(InvalidWebhookError);
  });
});
