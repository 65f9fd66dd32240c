import Stripe from 'stripe';
import { InvalidWebhookError } from '../port.js';
import { toFacts, verifyStripeSignature } from './stripe.webhook.js';

const secret = 'whsec_c2VjcmV0';
const nowSeconds = 1_790_000_000;
const nowMs = nowSeconds * 1000;
const body = Buffer.from('{"id":"evt_1",  "amount": "ü"}');

/** The official SDK is the independent signer. */
function sign(payload: Buffer, timestamp = nowSeconds, key = secret): string {
  const text = payload.toString('utf8');
  return Stripe.webhooks.generateTestHeaderString({ payload: text, secret: key, timestamp });
}

function verify(header: string | undefined, payload = body): void {
  verifyStripeSignature(header, payload, secret, nowMs);
}

describe("Stripe's signature", () => {
  it('of the SDK is accepted', () => {
    expect(() => verify(sign(body))).not.toThrow();
  });

  it('is accepted up to 300 s away in both directions', () => {
    expect(() => verify(sign(body, nowSeconds - 300))).not.toThrow();
    expect(() => verify(sign(body, nowSeconds + 300))).not.toThrow();
  });

  it('is refused more than 300 s away, in the future too', () => {
    expect(() => verify(sign(body, nowSeconds - 301))).toThrow(InvalidWebhookError);
    expect(() => verify(sign(body, nowSeconds + 301))).toThrow(InvalidWebhookError);
    expect(() => verify(sign(body, nowSeconds + 3600))).toThrow(InvalidWebhookError);
  });

  it('is accepted as one of several, as while a secret is rolled', () => {
    const other = sign(body, nowSeconds, 'whsec_other').replace(/^t=\d+,/, '');
    expect(() => verify(`${sign(body)},${other}`)).not.toThrow();
    const [timestamp, ours] = sign(body).split(',');
    expect(() => verify(`${timestamp},${other},${ours}`)).not.toThrow();
  });

  it('is refused with another secret, a changed body or a changed timestamp', () => {
    expect(() => verify(sign(body, nowSeconds, 'whsec_other'))).toThrow(InvalidWebhookError);
    expect(() => verify(sign(body), Buffer.from(`${body.toString()} `))).toThrow(
      InvalidWebhookError,
    );
    const moved = sign(body).replace(String(nowSeconds), String(nowSeconds + 1));
    expect(() => verify(moved)).toThrow(InvalidWebhookError);
  });

  it('under the scheme v0 is refused', () => {
    expect(() => verify(sign(body).replace('v1=', 'v0='))).toThrow(InvalidWebhookError);
  });

  it.each([
    undefined,
    '',
    't=',
    'v1=',
    't=1,v1=zz',
    't=NaN,v1=',
    ',,,',
    't==,v1==',
    `t=${nowSeconds}`,
  ])('of the form %j is refused', (header) => {
    expect(() => verify(header)).toThrow(InvalidWebhookError);
  });
});

function event(object: object, type = 'payment_intent.succeeded'): Buffer {
  const fields = { id: 'evt_1', object: 'event', type, created: nowSeconds, data: { object } };
  return Buffer.from(JSON.stringify(fields));
}

const payment = {
  id: 'pi_1',
  object: 'payment_intent',
  status: 'succeeded',
  amount_received: 1050,
  currency: 'usd',
  metadata: { transaction_id: 'tx_1' },
};
const refund = {
  id: 're_1',
  object: 'refund',
  status: 'succeeded',
  amount: 500,
  currency: 'jpy',
  payment_intent: 'pi_1',
  metadata: { refund_id: 'our_1' },
};

const dispute = {
  id: 'du_1',
  object: 'dispute',
  amount: 500,
  currency: 'jpy',
  payment_intent: 'pi_1',
  reason: 'fraudulent',
};

describe("Stripe's event", () => {
  it('about a payment is one fact', () => {
    expect(toFacts(event(payment))).toMatchObject([
      {
        eventId: 'evt_1',
        eventType: 'payment_intent.succeeded',
        occurredAt: new Date(nowMs),
        subject: {
          kind: 'payment',
          transactionId: 'tx_1',
          providerTransactionId: 'pi_1',
          outcome: { status: 'completed' },
        },
      },
    ]);
  });

  it('about a refund names the amount in major units', () => {
    expect(toFacts(event(refund, 'refund.updated'))).toMatchObject([
      {
        subject: {
          kind: 'refund',
          refundId: 'our_1',
          providerTransactionId: 'pi_1',
          providerRefundId: 're_1',
          amount: '500',
          currency: 'JPY',
          outcome: { status: 'completed' },
        },
      },
    ]);
  });

  it('about a refund made in the dashboard has no id of ours', () => {
    const [fact] = toFacts(event({ ...refund, metadata: {} }, 'refund.created'));
    expect(fact?.subject).toMatchObject({ kind: 'refund', refundId: undefined });
  });

  it('charge.refunded is a fact a refund when it lists them', () => {
    const second = { ...refund, id: 're_2' };
    const charge = { id: 'ch_1', object: 'charge', refunds: { data: [refund, second] } };
    const facts = toFacts(event(charge, 'charge.refunded'));
    expect(facts.map(({ subject }) => subject)).toMatchObject([
      { kind: 'refund', providerRefundId: 're_1' },
      { kind: 'refund', providerRefundId: 're_2' },
    ]);
  });

  it.each([
    [{ currency: 'xcg' }],
    [{ amount: undefined }],
    [{ amount: '500' }],
    [{ amount: 10.5 }],
    [{ currency: undefined }],
    [{ currency: 7 }],
  ])('about a refund with %j is kept as one that can not be read', (fields) => {
    const { subject } = toFacts(event({ ...refund, ...fields }, 'refund.created'))[0] ?? {};
    expect(subject).toEqual({
      kind: 'unreadable',
      problem: expect.stringMatching(/^refund\.created: /) as string,
    });
  });

  it.each([
    { amount_received: 5, currency: 'xcg' },
    { amount_received: undefined },
    { amount_received: undefined, amount: 1050 },
  ])('about a success of %j is kept as one that can not be read', (fields) => {
    const [fact] = toFacts(event({ ...payment, ...fields }));
    expect(fact?.subject).toEqual({
      kind: 'unreadable',
      problem: 'payment_intent.succeeded: Stripe sent a success of an amount that makes no sense',
    });
  });

  it('about several refunds is read as far as it can be', () => {
    const charge = {
      object: 'charge',
      refunds: { data: [{ ...refund, currency: 'xcg' }, refund] },
    };
    const facts = toFacts(event(charge, 'charge.refunded'));
    expect(facts.map(({ subject }) => subject.kind)).toEqual(['unreadable', 'refund']);
  });

  it('that can not be read is named without the characters of its type that are no name', () => {
    const type = `refund.\0created ${'x'.repeat(200)}`;
    const { subject } = toFacts(event({ ...refund, currency: 'xcg' }, type))[0] ?? {};
    expect(subject).toMatchObject({
      problem: expect.stringMatching(/^refund\.\?created\?x{84}: /),
    });
  });

  it.each([
    ['charge.dispute.created', 'needs_response', 'opened'],
    ['charge.dispute.created', 'warning_needs_response', 'opened'],
    ['charge.dispute.closed', 'won', 'won'],
    ['charge.dispute.closed', 'lost', 'lost'],
    ['charge.dispute.closed', 'warning_closed', 'won'],
  ])('%s in the status %s is a dispute that is %s', (type, status, phase) => {
    expect(toFacts(event({ ...dispute, status }, type))).toMatchObject([
      {
        eventType: type,
        subject: {
          kind: 'dispute',
          providerTransactionId: 'pi_1',
          providerDisputeId: 'du_1',
          phase,
          reason: 'fraudulent',
          money: { amount: '500', currency: 'JPY' },
        },
      },
    ]);
  });

  it.each([
    ['charge.dispute.updated', 'under_review'],
    ['charge.dispute.funds_withdrawn', 'needs_response'],
    ['charge.dispute.funds_reinstated', 'won'],
    ['charge.dispute.closed', 'on_the_moon'],
  ])('%s in the status %s opens and closes nothing', (type, status) => {
    expect(toFacts(event({ ...dispute, status }, type))).toMatchObject([
      { eventType: type, subject: { kind: 'other' } },
    ]);
  });

  it.each([
    ['charge.refunded', { id: 'ch_1', object: 'charge' }],
    ['customer.created', { id: 'cus_1', object: 'customer' }],
    ['refund.created', { ...refund, payment_intent: null }],
    ['charge.dispute.created', { ...dispute, payment_intent: null }],
  ])('%s about nothing that we track is kept as other', (type, object) => {
    expect(toFacts(event(object, type))).toMatchObject([
      { eventType: type, subject: { kind: 'other' } },
    ]);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"id":"evt_1"}',
    '{"id":1,"type":"x","created":1,"data":{"object":{}}}',
  ])('of the form %j is refused', (text) => {
    expect(() => toFacts(Buffer.from(text))).toThrow(InvalidWebhookError);
  });
});
