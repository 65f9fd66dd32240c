import { checkedReference, requiredAmount, requiredText, textOf } from './adyen.bodies.js';
import { invalid, unknownOriginal } from './adyen.errors.js';
import type { AdyenCourses, Verdict, Wish } from './adyen.courses.js';
import type { AdyenPayments, Call } from './adyen.payments.js';
import type { Modification, Payment } from './adyen.records.js';
import type { AdyenStore } from './adyen.store.js';
import { underFault } from './adyen.tokens.js';
import type { WireAmount, WireObject } from './adyen.wire.js';

const notCaptured = "Transaction hasn't been captured, refund not possible";
const overdrawn = 'Insufficient balance on payment';

/** Refunds, cancels and captures: decided when they are asked for, and told by webhook a while later. */
export class AdyenModifications {
  constructor(
    private readonly store: AdyenStore,
    private readonly payments: AdyenPayments,
    private readonly courses: AdyenCourses,
  ) {}

  refund(id: string, body: WireObject, call: Call): Modification {
    const payment = this.original(id);
    const amount = requiredAmount(body);
    return this.courses.begin(
      payment,
      this.refundWish(payment, amount, call, referenceIn(body)),
      call,
    );
  }

  capture(id: string, body: WireObject, call: Call): Modification {
    const payment = this.original(id);
    const amount = requiredAmount(body);
    checkCurrency(payment, amount);
    const open = payment.status === 'authorised' ? payment.amount - payment.captured : 0;
    const success = amount.value <= open;
    if (success) {
      this.store.payments.put({ ...payment, captured: payment.captured + amount.value });
    }
    const reason = success ? '' : overdrawn;
    const verdicts = [{ eventCode: 'CAPTURE', success, reason }];
    return this.courses.begin(
      payment,
      { kind: 'capture', amount, reference: referenceIn(body), verdicts },
      call,
    );
  }

  cancel(id: string, body: WireObject, call: Call): Modification {
    const payment = this.original(id);
    const verdicts = [this.cancelVerdict(payment, 'CANCELLATION')];
    return this.courses.begin(payment, cancelWish(payment, body, verdicts), call);
  }

  /** Cancels what is not captured, and refunds what is. */
  reverse(id: string, body: WireObject, call: Call): Modification {
    const payment = this.original(id);
    if (payment.captured === 0) {
      const data = { 'modification.action': 'cancel' };
      const verdict = { ...this.cancelVerdict(payment, 'CANCEL_OR_REFUND'), data };
      return this.courses.begin(payment, cancelWish(payment, body, [verdict]), call);
    }
    const value = payment.captured - this.store.refundedOf(payment.id);
    const amount = { currency: payment.currency, value };
    const wish = this.refundWish(payment, amount, call, referenceIn(body));
    const data = { 'modification.action': 'refund' };
    const [first, ...later] = wish.verdicts;
    const verdicts = [{ ...first, eventCode: 'CANCEL_OR_REFUND', data } as Verdict, ...later];
    return this.courses.begin(payment, { ...wish, verdicts }, call);
  }

  /** Cancels by the merchant's reference of the payment, for one whose pspReference never came. */
  cancelByReference(body: WireObject, call: Call): Modification {
    const paymentReference = requiredText(body, 'paymentReference');
    const payment = this.store.paymentByReference(paymentReference);
    if (payment) {
      const verdicts = [this.cancelVerdict(payment, 'TECHNICAL_CANCEL')];
      return this.courses.begin(payment, cancelWish(payment, body, verdicts), call);
    }
    const reason = 'Original transaction not found';
    const amount = { currency: 'EUR', value: 0 };
    const verdicts = [{ eventCode: 'TECHNICAL_CANCEL', success: false, reason }];
    const reference = referenceIn(body) ?? paymentReference;
    return this.courses.begin(undefined, { kind: 'cancel', amount, reference, verdicts }, call);
  }

  refundByHand(id: string, amountMinor: number): string {
    const payment = this.original(id);
    const left = payment.captured - this.store.refundedOf(id);
    if (amountMinor > left) throw new Error(`${left} ${payment.currency} are left to give back`);
    const call: Call = { fault: {}, happenings: [] };
    const amount = { currency: payment.currency, value: amountMinor };
    return this.courses.begin(payment, this.refundWish(payment, amount, call), call).id;
  }

  private original(id: string): Payment {
    const payment = this.store.payments.get(id);
    if (payment) return payment;
    throw unknownOriginal();
  }

  private refundWish(payment: Payment, amount: WireAmount, call: Call, reference?: string): Wish {
    checkCurrency(payment, amount);
    const problem = this.problemOf(payment, amount);
    if (problem !== undefined) {
      const verdicts = [{ eventCode: 'REFUND', success: false, reason: problem }];
      return { kind: 'refund', amount, reference, verdicts };
    }
    const { refund } = underFault(this.payments.behaviour(payment), call.fault);
    if (refund === 'fail') {
      const verdicts = [{ eventCode: 'REFUND', success: false, reason: 'Refund failed' }];
      return { kind: 'refund', amount, reference, verdicts };
    }
    const verdicts: Verdict[] = [{ eventCode: 'REFUND', success: true, reason: '' }];
    if (refund === 'late_fail') {
      verdicts.push({ eventCode: 'REFUND_FAILED', success: true, reason: 'Refund Failed' });
    }
    if (refund === 'reversed') {
      verdicts.push({ eventCode: 'REFUNDED_REVERSED', success: true, reason: '' });
    }
    return { kind: 'refund', amount, reference, holdsMoney: true, verdicts };
  }

  private problemOf({ id, captured }: Payment, { value }: WireAmount): string | undefined {
    if (value < 1) throw invalid('137', 'Invalid amount specified');
    if (captured === 0) return notCaptured;
    return value > captured - this.store.refundedOf(id) ? overdrawn : undefined;
  }

  private cancelVerdict(payment: Payment, eventCode: string): Verdict {
    const over = payment.status === 'refused' || payment.status === 'cancelled';
    if (over || payment.captured > 0) {
      const reason = over ? `Transaction is ${payment.status}` : 'Transaction has been captured';
      return { eventCode, success: false, reason };
    }
    this.store.payments.put({ ...payment, status: 'cancelled', due: undefined });
    return { eventCode, success: true, reason: '' };
  }
}

function referenceIn(body: WireObject): string | undefined {
  const reference = textOf(body, 'reference');
  return reference === undefined ? undefined : checkedReference(reference);
}

function cancelWish(payment: Payment, body: WireObject, verdicts: readonly Verdict[]): Wish {
  const amount = { currency: payment.currency, value: payment.amount };
  return { kind: 'cancel', amount, reference: referenceIn(body), verdicts };
}

function checkCurrency(payment: Payment, { currency }: WireAmount): void {
  if (currency === payment.currency) return;
  throw invalid('139', 'Currency differs from the original payment');
}
