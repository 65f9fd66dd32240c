import { isDoubtful, isPaidTwice, planSettlement, tookTheAmount } from './settlement-plan.js';
import { mostSyncs } from './sync-schedule.js';
import type { Transaction } from './transaction.entity.js';
import { unknownVerdict, type Verdict, verdictOf } from './verdict.js';

const payment = {
  ...{ amount: '10.5000', currency: 'USD', provider: 'paypal', providerAccount: 'default' },
  ...{ syncCount: 0, nextAction: { type: 'redirect', url: 'https://pay.example' } },
} as Transaction;

function plan(verdict: Verdict, syncCount = 0, provider: Transaction['provider'] = 'paypal') {
  return planSettlement({
    ...{ transaction: { ...payment, provider, syncCount }, verdict, attemptNo: 1, at: undefined },
    ...({ status: 'processing', actor: 'provider', toldBy: undefined } as const),
  });
}

describe('the amount that a provider names', () => {
  it.each([
    ['10.50', 'USD', true],
    ['10.5', 'USD', true],
    ['10.49', 'USD', false],
    ['10.50', 'EUR', false],
    ['1050', 'USD', false],
    ['10.50001', 'USD', false],
    ['ten', 'USD', false],
  ])('%s %s is the payment’s: %s', (amount, currency, isSame) => {
    expect(tookTheAmount(payment, { amount, currency })).toBe(isSame);
  });

  it('is not needed', () => {
    expect(tookTheAmount(payment, null)).toBe(true);
  });
});

describe('the next look at a payment', () => {
  const approved = verdictOf({
    ...({ status: 'processing', resumable: true } as const),
    ...{ providerTransactionId: 'O-1', response: {} },
  });

  it('comes at once after the payer approved', () => {
    expect(plan(approved)).toMatchObject({ nextSyncInMs: 0, leastSyncs: 0 });
  });

  it('comes by the schedule while the outcome is unknown, which keeps the payer’s page', () => {
    const planned = plan(unknownVerdict('no answer'));
    expect(planned).toMatchObject({ nextSyncInMs: 60_000, leastSyncs: 0 });
    expect(planned.verdict.nextAction).toEqual(payment.nextAction);
  });

  it('never comes after the schedule, or where nobody can be asked any more', () => {
    const over = { nextSyncInMs: null, leastSyncs: mostSyncs };
    expect(plan(unknownVerdict('no answer'), mostSyncs)).toMatchObject(over);
    expect(plan({ ...unknownVerdict('forgotten'), isHopeless: true })).toMatchObject(over);
  });

  it('keeps the payer’s page when a cancellation was refused', () => {
    const kept = { status: 'processing', promise: 'kept', response: {} } as const;
    expect(plan(verdictOf(kept)).verdict.nextAction).toEqual(payment.nextAction);
    expect(plan(verdictOf({ ...kept, promise: undefined })).verdict.nextAction).toBeNull();
  });

  it('is nobody’s for a payment that people settle', () => {
    expect(plan(approved, 0, 'manual')).toMatchObject({ nextSyncInMs: null, leastSyncs: 0 });
  });
});

describe('money that is said to be taken', () => {
  const taken = (providerTransactionId: string, promise?: 'made') =>
    verdictOf({ status: 'completed', promise, providerTransactionId, response: {} });
  const paid = { ...payment, status: 'completed', providerTransactionId: 'A' } as Transaction;

  it.each([
    ['B', 'completed', true],
    ['B', 'refunded', true],
    ['A', 'completed', false],
    ['B', 'processing', false],
  ] as const)(
    'under %s for a payment that A has %s is a second time: %s',
    (id, status, isSecond) => {
      expect(isPaidTwice({ ...paid, status }, taken(id))).toBe(isSecond);
    },
  );

  it('is doubted as long as it is promised, and the payment is over or to be cancelled', () => {
    const open = { ...paid, status: 'processing', cancelRequestedAt: null } as const;
    const cancelRequestedAt = new Date();
    expect(isDoubtful(open, taken('A', 'made'))).toBe(false);
    expect(isDoubtful({ ...open, cancelRequestedAt }, taken('A', 'made'))).toBe(true);
    expect(isDoubtful({ ...open, status: 'cancelled' }, taken('A', 'made'))).toBe(true);
    expect(isDoubtful({ ...open, status: 'cancelled' }, taken('A'))).toBe(false);
  });
});
