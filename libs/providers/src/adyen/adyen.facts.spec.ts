import { toFact } from './adyen.facts.js';
import type { AdyenItem } from './adyen.webhook.js';

const merchantAccount = 'Shop';
const transactionId = '01900000-0000-7000-8000-000000000000';
const refundId = '01900000-0000-7000-8000-00000000000a';

function itemOf(changes: Partial<AdyenItem>): AdyenItem {
  return {
    pspReference: 'PSP1',
    originalReference: '',
    merchantAccountCode: merchantAccount,
    merchantReference: `${transactionId}.2`,
    amount: { value: 500, currency: 'JPY' },
    eventCode: 'AUTHORISATION',
    success: true,
    eventDate: new Date('2026-05-24T10:54:31Z'),
    reason: '',
    additionalData: {},
    ...changes,
  };
}

function subjectOf(changes: Partial<AdyenItem>): object {
  return toFact(itemOf(changes), merchantAccount).subject;
}

const modification = { pspReference: 'PSP2', originalReference: 'PSP1' };
const money = { amount: '500', currency: 'JPY' };

describe("Adyen's AUTHORISATION", () => {
  it('is a fact about a payment, its attempt and its amount', () => {
    expect(toFact(itemOf({}), merchantAccount)).toEqual({
      eventId: 'PSP1:AUTHORISATION:true',
      eventType: 'AUTHORISATION',
      occurredAt: new Date('2026-05-24T10:54:31Z'),
      subject: {
        kind: 'payment',
        transactionId,
        idempotencyKey: `${transactionId}.2`,
        providerTransactionId: 'PSP1',
        outcome: {
          status: 'completed',
          promise: 'made',
          providerTransactionId: 'PSP1',
          money,
          response: { eventCode: 'AUTHORISATION', success: true },
        },
      },
    });
  });

  it('without success is a decline for its reason', () => {
    expect(subjectOf({ success: false, reason: 'Not enough balance' })).toMatchObject({
      outcome: { status: 'declined', code: 'insufficient_funds', raw: { code: '12' } },
    });
  });

  it('believes the reference, which is signed, and not the metadata', () => {
    const additionalData = { 'metadata.transaction_id': refundId };
    expect(subjectOf({ additionalData })).toMatchObject({ transactionId });
    const subject = subjectOf({ additionalData, merchantReference: 'order-7' });
    expect(subject).toMatchObject({ transactionId: undefined, idempotencyKey: undefined });
  });

  it('of another merchant account says nothing about our payments', () => {
    expect(subjectOf({ merchantAccountCode: 'Other' })).toEqual({ kind: 'other' });
  });

  it.each([
    { merchantReference: `${transactionId}.2:9` },
    { pspReference: 'PSP1:' },
    { eventCode: 'AUTHORISATION:true' },
    { amount: { value: '5:00', currency: 'JPY' } },
  ])('whose signature fits other fields too, as with %j, says nothing', (changed) => {
    expect(subjectOf(changed)).toEqual({ kind: 'other' });
  });
});

describe("Adyen's word on a modification", () => {
  it.each(['CANCELLATION', 'TECHNICAL_CANCEL'])('%s cancels the payment', (eventCode) => {
    expect(subjectOf({ ...modification, eventCode })).toMatchObject({
      kind: 'payment',
      transactionId,
      providerTransactionId: 'PSP1',
      outcome: { status: 'cancelled', promise: 'undone', providerTransactionId: 'PSP1' },
    });
  });

  it.each(['CANCELLATION', 'TECHNICAL_CANCEL'])('%s without success keeps it', (eventCode) => {
    expect(subjectOf({ ...modification, eventCode, success: false })).toMatchObject({
      ...{ kind: 'payment', transactionId, providerTransactionId: 'PSP1' },
      outcome: { status: 'processing', promise: 'kept' },
    });
  });

  it('CAPTURE says that the money was taken, which no cancellation undoes', () => {
    const subject = subjectOf({ ...modification, eventCode: 'CAPTURE' });
    expect(subject).toMatchObject({
      ...{ kind: 'payment', transactionId, providerTransactionId: 'PSP1' },
      outcome: { status: 'completed', money },
    });
    expect(subject).not.toHaveProperty('outcome.promise');
    const failed = subjectOf({ ...modification, eventCode: 'CAPTURE', success: false });
    expect(failed).toEqual({ kind: 'other' });
  });

  it.each(['AUTHORISATION', 'CAPTURE', 'REFUND'])(
    '%s without a proper amount is put before people',
    (eventCode) => {
      for (const value of ['500', true, null, 1.5, undefined]) {
        const subject = subjectOf({
          ...modification,
          eventCode,
          amount: { value, currency: 'JPY' },
        });
        expect(subject).toMatchObject({ kind: 'unreadable' });
      }
    },
  );

  it.each([
    ['REFUND', true, 'completed'],
    ['REFUND', false, 'failed'],
    ['REFUND_FAILED', true, 'failed'],
    ['REFUNDED_REVERSED', true, 'failed'],
  ])('%s with success %s: the refund is %s', (eventCode, success, status) => {
    const subject = subjectOf({ ...modification, eventCode, success, merchantReference: refundId });
    expect(subject).toMatchObject({
      kind: 'refund',
      refundId,
      providerTransactionId: 'PSP1',
      providerRefundId: 'PSP2',
      ...money,
      outcome: { status, providerRefundId: 'PSP2' },
    });
  });

  it('on a refund made at Adyen has no id of ours', () => {
    const subject = subjectOf({
      ...modification,
      eventCode: 'REFUND',
      merchantReference: 'by Ann',
    });
    expect(subject).toMatchObject({ kind: 'refund', refundId: undefined });
  });

  it.each([
    ['cancel', true, { kind: 'payment', outcome: { status: 'cancelled' } }],
    ['cancel', false, { kind: 'payment', outcome: { promise: 'kept' } }],
    ['refund', true, { kind: 'refund', outcome: { status: 'completed' } }],
    ['refund', false, { kind: 'refund', outcome: { status: 'failed' } }],
    ['unknown', true, { kind: 'other' }],
  ])('CANCEL_OR_REFUND that was a %s with success %s is %j', (action, success, expected) => {
    const additionalData = { 'modification.action': action };
    const eventCode = 'CANCEL_OR_REFUND';
    expect(subjectOf({ ...modification, eventCode, success, additionalData })).toMatchObject(
      expected,
    );
  });

  it('CAPTURE_FAILED takes the payment back', () => {
    const subject = subjectOf({ ...modification, eventCode: 'CAPTURE_FAILED', reason: 'Late' });
    expect(subject).toMatchObject({
      kind: 'payment',
      providerTransactionId: 'PSP1',
      outcome: {
        status: 'declined',
        promise: 'undone',
        retry: 'never',
        raw: { code: 'CAPTURE_FAILED', message: 'Late' },
      },
    });
  });

  it.each(['CANCELLATION', 'REFUND', 'CAPTURE', 'CAPTURE_FAILED', 'CHARGEBACK'])(
    '%s that names no payment says nothing',
    (eventCode) => {
      expect(subjectOf({ eventCode })).toEqual({ kind: 'other' });
    },
  );
});

describe("Adyen's dispute", () => {
  it.each([
    ['NOTIFICATION_OF_CHARGEBACK', undefined, 'opened'],
    ['CHARGEBACK', undefined, 'opened'],
    ['CHARGEBACK', 'Undefended', 'opened'],
    ['CHARGEBACK', 'Lost', 'lost'],
    ['CHARGEBACK', 'Expired', 'lost'],
    ['CHARGEBACK_REVERSED', 'Pending', 'won'],
    ['PREARBITRATION_WON', 'Won', 'won'],
    ['SECOND_CHARGEBACK', 'Lost', 'lost'],
    ['PREARBITRATION_LOST', 'Lost', 'lost'],
  ])('%s with the status %s is %s', (eventCode, disputeStatus, phase) => {
    const additionalData = { disputeStatus };
    const reason = 'Other Fraud-Card Absent Environment';
    expect(subjectOf({ ...modification, eventCode, additionalData, reason })).toEqual({
      kind: 'dispute',
      transactionId,
      providerTransactionId: 'PSP1',
      providerDisputeId: 'PSP2',
      phase,
      reason,
      money,
    });
  });

  it.each(['REQUEST_FOR_INFORMATION', 'REPORT_AVAILABLE', 'constructor', ''])(
    'is not in %j',
    (eventCode) => {
      expect(subjectOf({ ...modification, eventCode })).toEqual({ kind: 'other' });
    },
  );
});
