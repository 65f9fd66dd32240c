import { toCaptureOutcome, toPaymentOutcome, toRefundOutcome } from './paypal.outcomes.js';

const amount = { currency_code: 'USD', value: '10.50' };
const money = { amount: '10.50', currency: 'USD' };
const link = { rel: 'payer-action', href: 'https://www.paypal.com/checkoutnow?token=O1' };

function order(status: string, captures: object[] = [], links: object[] = []) {
  const payments = captures.length > 0 ? { captures } : undefined;
  return { id: 'O1', status, purchase_units: [{ amount, payments }], links };
}

function capture(status: string, more: object = {}) {
  return { id: 'C1', status, amount, ...more };
}

describe("PayPal's order", () => {
  it.each([
    ['COMPLETED', 'completed'],
    ['PARTIALLY_REFUNDED', 'completed'],
    ['REFUNDED', 'completed'],
    ['PENDING', 'processing'],
    ['DECLINED', 'declined'],
    ['FAILED', 'declined'],
  ])('that is COMPLETED is what its capture is: %s is %s', (captured, status) => {
    const outcome = toPaymentOutcome(order('COMPLETED', [capture(captured)]));
    expect(outcome).toMatchObject({ status, providerTransactionId: 'O1', money });
    expect(outcome).not.toHaveProperty('unmapped');
  });

  it.each(['CREATED', 'SAVED', 'PAYER_ACTION_REQUIRED'])(
    'that is %s sends the payer to PayPal',
    (status) => {
      expect(toPaymentOutcome(order(status, [], [link]))).toMatchObject({
        status: 'requires_action',
        money,
        nextAction: { type: 'redirect', url: link.href },
      });
    },
  );

  it('takes the approve link where there is no other', () => {
    const outcome = toPaymentOutcome(order('CREATED', [], [{ ...link, rel: 'approve' }]));
    expect(outcome).toMatchObject({ nextAction: { url: link.href } });
  });

  it('that is APPROVED is still to be captured', () => {
    const outcome = toPaymentOutcome(order('APPROVED', [], [link]));
    expect(outcome).toMatchObject({ status: 'processing', resumable: true });
  });

  function challenged(status: string, authentication_status: string, links: object[] = []) {
    const authentication_result = { three_d_secure: { authentication_status } };
    return { ...order(status, [], links), payment_source: { card: { authentication_result } } };
  }

  it.each([
    ['APPROVED', 'Y'],
    ['APPROVED', 'A'],
    ['CREATED', 'Y'],
  ])('that is %s with the authentication %s is still to be captured', (status, authentication) => {
    const outcome = toPaymentOutcome(challenged(status, authentication));
    expect(outcome).toMatchObject({ status: 'processing', resumable: true });
  });

  it.each(['N', 'R'])('with the authentication %s is never captured', (authentication) => {
    expect(toPaymentOutcome(challenged('APPROVED', authentication))).toMatchObject({
      status: 'declined',
      code: 'authentication_failed',
      retry: 'after_customer_action',
      raw: { code: `3DS_${authentication}` },
    });
    const again = toPaymentOutcome(challenged('PAYER_ACTION_REQUIRED', authentication, [link]));
    expect(again).toMatchObject({ status: 'requires_action' });
  });

  it('that is VOIDED is cancelled', () => {
    expect(toPaymentOutcome(order('VOIDED'))).toMatchObject({ status: 'cancelled' });
  });

  it.each([
    ['PAYER_ACTION_REQUIRED', [], 'PAYER_ACTION_REQUIRED without a link'],
    ['CREATED', [{ ...link, href: 'javascript:x' }], 'CREATED without a link'],
    ['COMPLETED', [], 'COMPLETED'],
    ['SOMETHING_NEW', [], 'SOMETHING_NEW'],
  ])('that is %s with the links %j is processing, and says that it is strange', (...row) => {
    const [status, links, unmapped] = row;
    expect(toPaymentOutcome(order(status, [], links))).toMatchObject({
      status: 'processing',
      unmapped,
    });
  });

  it('whose capture has a status that we do not know is processing', () => {
    expect(toPaymentOutcome(order('COMPLETED', [capture('NEW')]))).toMatchObject({
      status: 'processing',
      unmapped: 'capture NEW',
    });
  });

  it('that took an amount which it names nowhere is never taken for a known outcome', () => {
    const bare = { ...capture('COMPLETED'), amount: undefined };
    const units = [{ payments: { captures: [bare] } }];
    const unknown = expect.objectContaining({ kind: 'outcome_unknown' });
    expect(() => toPaymentOutcome({ ...order('COMPLETED'), purchase_units: units })).toThrow(
      unknown,
    );
  });

  it('is completed by a second capture after a first one was declined', () => {
    const captures = [capture('DECLINED'), capture('COMPLETED'), capture('DECLINED')];
    expect(toPaymentOutcome(order('COMPLETED', captures))).toMatchObject({ status: 'completed' });
  });

  it('is declined with the code of the processor, and else with the reason', () => {
    const processed = capture('DECLINED', {
      processor_response: { response_code: '5120', payment_advice_code: '03' },
      status_details: { reason: 'OTHER' },
    });
    expect(toPaymentOutcome(order('COMPLETED', [processed]))).toMatchObject({
      code: 'insufficient_funds',
      retry: 'never',
      raw: { code: '5120' },
    });
    const filtered = { status_details: { reason: 'DECLINED_BY_RISK_FRAUD_FILTERS' } };
    const outcome = toPaymentOutcome(order('COMPLETED', [capture('DECLINED', filtered)]));
    expect(outcome).toMatchObject({ code: 'suspected_fraud', retry: 'never' });
  });

  it('leaves nothing of the payer in what is stored', () => {
    const payer = { payer_id: 'QYR5Z8XDVJNXQ', email_address: 'MARKED', name: 'MARKED' };
    const source = { payment_source: { card: { last_digits: 'MARKED' } } };
    const outcome = toPaymentOutcome({
      ...order('COMPLETED', [capture('COMPLETED')]),
      payer,
      ...source,
    });
    expect(outcome.providerCustomerId).toBe('QYR5Z8XDVJNXQ');
    expect(JSON.stringify(outcome)).not.toContain('MARKED');
  });

  it.each([
    undefined,
    null,
    [],
    {},
    { id: 'O1' },
    { id: '', status: 'COMPLETED' },
    { id: 1, status: 'X' },
  ])('of the form %j is never taken for a known outcome', (value) => {
    const unknown = expect.objectContaining({ kind: 'outcome_unknown' });
    expect(() => toPaymentOutcome(value)).toThrow(unknown);
  });
});

describe("PayPal's capture", () => {
  it('speaks for its order', () => {
    expect(toCaptureOutcome(capture('COMPLETED'), 'O1')).toMatchObject({
      status: 'completed',
      providerTransactionId: 'O1',
      money,
      response: { id: 'O1', capture: { id: 'C1', status: 'COMPLETED' } },
    });
  });
});

describe("PayPal's refund", () => {
  const refund = { id: 'R1', amount, create_time: '2026-11-23T04:00:00Z' };

  it.each([
    ['COMPLETED', { status: 'completed' }],
    ['PENDING', { status: 'processing' }],
    ['FAILED', { status: 'failed', raw: { code: 'FAILED', message: 'the refund is FAILED' } }],
    ['CANCELLED', { status: 'failed' }],
    ['NEW', { status: 'processing', unmapped: 'NEW' }],
  ])('that is %s is %j', (status, outcome) => {
    expect(toRefundOutcome({ ...refund, status })).toMatchObject({
      providerRefundId: 'R1',
      ...outcome,
    });
  });

  it('that is something else is never taken for a known outcome', () => {
    const unknown = expect.objectContaining({ kind: 'outcome_unknown' });
    expect(() => toRefundOutcome({ ...refund })).toThrow(unknown);
  });
});
