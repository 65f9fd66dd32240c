import { InvalidWebhookError } from '../port.js';
import { toFact } from './paypal.facts.js';

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

const capture = {
  id: 'C1',
  status: 'COMPLETED',
  amount,
  custom_id: transactionId,
  invoice_id: `${transactionId}.2`,
  supplementary_data: { related_ids: { order_id: 'O1' } },
};

describe("PayPal's event about a capture", () => {
  it('is a fact about the payment of its order', () => {
    const fact = toFact(event('PAYMENT.CAPTURE.COMPLETED', 'capture', capture));
    expect(fact).toEqual({
      eventId: 'WH-1',
      eventType: 'PAYMENT.CAPTURE.COMPLETED',
      occurredAt: new Date('2026-11-23T04:00:00.5Z'),
      subject: {
        kind: 'payment',
        transactionId,
        idempotencyKey: `${transactionId}.2`,
        providerTransactionId: 'O1',
        outcome: expect.objectContaining({ status: 'completed', money }) as object,
      },
    });
  });

  it.each([
    ['PAYMENT.CAPTURE.PENDING', 'PENDING', 'processing'],
    ['PAYMENT.CAPTURE.DENIED', 'DECLINED', 'declined'],
    ['PAYMENT.CAPTURE.DECLINED', 'DECLINED', 'declined'],
  ])('%s says what became of it', (type, status, ours) => {
    const { subject } = toFact(event(type, 'capture', { ...capture, status }));
    expect(subject).toMatchObject({ kind: 'payment', outcome: { status: ours } });
  });

  it('finds its order by the link to it', () => {
    const links = [{ rel: 'up', href: `${orders}/O2` }];
    const linked = { ...capture, supplementary_data: undefined, links };
    const { subject } = toFact(event('PAYMENT.CAPTURE.COMPLETED', 'capture', linked));
    expect(subject).toMatchObject({ providerTransactionId: 'O2' });
  });

  it('without an order is not about a payment of ours', () => {
    const links = [{ rel: 'up', href: 'https://api.paypal.com/v2/payments/authorizations/A1' }];
    const bare = { ...capture, supplementary_data: undefined, links };
    const { subject } = toFact(event('PAYMENT.CAPTURE.COMPLETED', 'capture', bare));
    expect(subject).toEqual({ kind: 'other' });
  });

  it.each([
    ["order 7'; --", `${transactionId}.1`, undefined],
    [transactionId, 'invoice 7', transactionId],
    [transactionId, undefined, transactionId],
  ])("does not take another program's ids for ours: %j, %j", (...row) => {
    const [custom_id, invoice_id, ours] = row;
    const other = { ...capture, custom_id, invoice_id };
    const { subject } = toFact(event('PAYMENT.CAPTURE.COMPLETED', 'capture', other));
    const names = { transactionId: ours, idempotencyKey: undefined };
    expect(subject).toMatchObject({ kind: 'payment', ...names });
  });
});

describe("PayPal's event about an order", () => {
  it('CHECKOUT.ORDER.APPROVED says that it can be captured', () => {
    const units = [{ custom_id: transactionId, invoice_id: `${transactionId}.1`, amount }];
    const order = { id: 'O1', status: 'APPROVED', purchase_units: units };
    const { subject } = toFact(event('CHECKOUT.ORDER.APPROVED', 'checkout-order', order));
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
  it('of ours names it and its payment', () => {
    const fact = toFact(event('PAYMENT.CAPTURE.REFUNDED', 'refund', refund));
    expect(fact.subject).toMatchObject({
      kind: 'refund',
      refundId,
      providerTransactionId: 'O1',
      providerRefundId: 'R1',
      ...money,
      outcome: { status: 'completed' },
    });
    expect(fact).not.toHaveProperty('unresolved');
  });

  it.each([
    ['PAYMENT.REFUND.PENDING', 'PENDING', 'processing'],
    ['PAYMENT.REFUND.FAILED', 'FAILED', 'failed'],
  ])('%s says what became of it', (type, status, ours) => {
    const { subject } = toFact(event(type, 'refund', { ...refund, status }));
    expect(subject).toMatchObject({ kind: 'refund', outcome: { status: ours } });
  });

  it.each([
    ['PAYMENT.CAPTURE.REFUNDED', { custom_id: transactionId, invoice_id: `${transactionId}.1` }],
    ['PAYMENT.CAPTURE.REVERSED', { custom_id: undefined, invoice_id: undefined }],
  ])('%s that was not made here leaves the order of its capture open', (type, ids) => {
    expect(toFact(event(type, 'refund', { ...refund, ...ids }))).toMatchObject({
      unresolved: 'C1',
      subject: { kind: 'refund', refundId: undefined, providerTransactionId: 'C1' },
    });
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
  ])('%s %s is %s, of a capture whose order is open', (type, code, phase) => {
    const resource = { ...dispute, dispute_outcome: { outcome_code: code } };
    const { subject, unresolved } = toFact(event(type, 'dispute', resource));
    expect(unresolved).toBe('C1');
    expect(subject).toEqual({
      kind: 'dispute',
      transactionId,
      providerTransactionId: 'C1',
      providerDisputeId: 'PP-D-1',
      phase,
      reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
      money,
    });
  });

  it.each([
    ['CUSTOMER.DISPUTE.UPDATED', undefined],
    ['CUSTOMER.DISPUTE.RESOLVED', 'RESOLVED_WITH_PAYOUT'],
    ['CUSTOMER.DISPUTE.RESOLVED', 'NONE'],
    ['CUSTOMER.DISPUTE.RESOLVED', 'constructor'],
  ])('%s %s names no winner', (type, code) => {
    const resource = { ...dispute, dispute_outcome: { outcome_code: code } };
    const { subject } = toFact(event(type, 'dispute', resource));
    expect(subject).toEqual({ kind: 'other' });
  });
});

describe("PayPal's event", () => {
  const broken = [undefined, null, {}, { currency_code: 'USD' }, { ...amount, value: '-10.00' }];
  const moved = [
    ['PAYMENT.CAPTURE.DENIED', 'DECLINED'],
    ['PAYMENT.CAPTURE.COMPLETED', 'COMPLETED'],
    ['PAYMENT.CAPTURE.REFUNDED', 'COMPLETED'],
    ['PAYMENT.REFUND.FAILED', 'FAILED'],
  ] as const;

  it.each(moved.flatMap(([type, status]) => broken.map((wrong) => ({ type, status, wrong }))))(
    '$type ($status) of the amount $wrong is kept as one that can not be read',
    ({ type, status, wrong }) => {
      const isRefund = /REFUND/.test(type);
      const resource = { ...(isRefund ? refund : capture), status, amount: wrong };
      const { subject } = toFact(event(type, isRefund ? 'refund' : 'capture', resource));
      expect(subject).toEqual({
        kind: 'unreadable',
        problem: `${type}: PayPal sent an amount that makes no sense`,
      });
    },
  );

  it.each([
    ['an amount without a value', 'dispute', { ...dispute, dispute_amount: { value: undefined } }],
    ['a reason that is no text', 'dispute', { ...dispute, reason: 7 }],
    ['an invoice id that is no text', 'capture', { ...capture, invoice_id: 7 }],
    ['purchase units that are no list', 'checkout-order', { ...capture, purchase_units: {} }],
  ])('with %s is kept as one that can not be read', (_name, resourceType, resource) => {
    const fact = toFact(event('CUSTOMER.DISPUTE.CREATED', resourceType, resource));
    expect(fact).toMatchObject({ eventId: 'WH-1', subject: { kind: 'unreadable' } });
    expect(fact).not.toHaveProperty('unresolved');
  });

  it.each([
    ['BILLING.PLAN.CREATED', 'plan', { id: 'P1', status: 'CREATED' }],
    ['PAYMENT.SALE.COMPLETED', 'sale', { id: 'S1', state: 'completed' }],
    ['CHECKOUT.PAYMENT-APPROVAL.REVERSED', 'checkout-order', { order_id: 'O1' }],
  ])('%s about nothing that we track is kept as other', (type, resourceType, resource) => {
    expect(toFact(event(type, resourceType, resource))).toMatchObject({
      eventType: type,
      subject: { kind: 'other' },
    });
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
  ])('of the form %j is refused', (text) => {
    expect(() => toFact(Buffer.from(text))).toThrow(InvalidWebhookError);
  });
});
