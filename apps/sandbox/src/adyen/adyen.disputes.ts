import type { AdyenCourses, Verdict } from './adyen.courses.js';
import { unknownOriginal } from './adyen.errors.js';
import type { Call } from './adyen.payments.js';
import type { Modification, Payment } from './adyen.records.js';
import type { AdyenStore } from './adyen.store.js';

type Outcome = 'won' | 'lost';

/** Each webhook of a dispute with its `disputeStatus` (docs.adyen.com, dispute webhooks, read 2026). */
const opening = ['NOTIFICATION_OF_CHARGEBACK', 'Undefended'] as const;
const closings = {
  won: [
    ['CHARGEBACK', 'Undefended'],
    ['CHARGEBACK_REVERSED', 'Pending'],
    ['ISSUER_RESPONSE_TIMEFRAME_EXPIRED', 'Won'],
  ],
  lost: [['CHARGEBACK', 'Lost']],
} as const;

/** Payers who take their money back: a dispute is a course of webhooks under one pspReference. */
export class AdyenDisputes {
  constructor(
    private readonly store: AdyenStore,
    private readonly courses: AdyenCourses,
  ) {}

  /** The payment succeeded; its payer comes to regret it. */
  expect(payment: Payment, outcome: Outcome): void {
    const call: Call = { fault: {}, happenings: [] };
    const steps = [opening, ...closings[outcome]];
    const verdicts = steps.map((step) => verdict(payment, step));
    this.courses.begin(payment, { ...wishFor(payment), verdicts, outcome }, call);
  }

  /** Opens one that stays open until it is closed. */
  open(paymentId: string, amountMinor?: number): string {
    const payment = this.store.payments.get(paymentId);
    if (!payment) throw unknownOriginal();
    const wish = wishFor(payment, amountMinor);
    if (wish.amount.value > payment.captured) {
      throw new Error(`${payment.captured} ${payment.currency} were taken`);
    }
    return this.courses.beginNow(payment, { ...wish, verdicts: [verdict(payment, opening)] }).id;
  }

  close(dispute: Modification, outcome: Outcome): void {
    const payment = this.store.payments.get(dispute.paymentId ?? '');
    if (!payment || dispute.outcome) throw new Error(`${dispute.id} is no open dispute`);
    const verdicts = closings[outcome].map((step) => verdict(payment, step));
    this.courses.goOn({ ...dispute, outcome }, verdicts);
  }

  find(id: string): Modification | undefined {
    const found = this.store.modifications.get(id);
    return found?.kind === 'dispute' ? found : undefined;
  }
}

function wishFor({ currency, amount }: Payment, value = amount) {
  return { kind: 'dispute', amount: { currency, value } } as const;
}

function verdict(
  { brand }: Payment,
  [eventCode, disputeStatus]: readonly [string, string],
): Verdict {
  const reason = 'Other Fraud-Card Absent Environment';
  const data = { chargebackReasonCode: '10.4', chargebackSchemeCode: brand, disputeStatus };
  return { eventCode, success: true, reason, data };
}
