import type { SandboxParts } from '../provider.js';
import type { AdyenNotifications, Happening } from './adyen.notifications.js';
import type { AdyenPayments, Call } from './adyen.payments.js';
import type { Modification, Payment, Step } from './adyen.records.js';
import type { AdyenStore } from './adyen.store.js';
import type { WireAmount } from './adyen.wire.js';

/** What a webhook will say. */
export type Verdict = Pick<Step, 'eventCode' | 'success' | 'reason' | 'data'>;

/** A modification as it was decided. */
export interface Wish {
  kind: Modification['kind'];
  amount: WireAmount;
  reference?: string;
  holdsMoney?: boolean;
  outcome?: Modification['outcome'];
  verdicts: readonly Verdict[];
}

const undoing = new Set(['REFUND_FAILED', 'REFUNDED_REVERSED']);

/** The course of a modification or a dispute: one webhook after another, each at its time. */
export class AdyenCourses {
  constructor(
    private readonly parts: SandboxParts,
    private readonly store: AdyenStore,
    private readonly payments: AdyenPayments,
    private readonly notifications: AdyenNotifications,
  ) {}

  begin(payment: Payment | undefined, wish: Wish, call: Call): Modification {
    const createdAt = this.parts.clock.now();
    const { settleMs } = this.parts;
    const firstMs = call.fault.webhooks === 'before_reply' ? 0 : settleMs;
    const modification: Modification = {
      id: this.parts.identifiers.plain(16),
      kind: wish.kind,
      paymentId: payment?.id,
      createdAt,
      amount: wish.amount.value,
      currency: wish.amount.currency,
      reference: wish.reference ?? payment?.reference ?? '',
      idempotencyKey: call.idempotencyKey,
      status: 'pending',
      holdsMoney: wish.holdsMoney ?? false,
      outcome: wish.outcome,
      steps: wish.verdicts.map((verdict, index) => ({
        ...verdict,
        at: createdAt + firstMs + index * settleMs,
      })),
    };
    const made = this.carryOut(modification, call.happenings, createdAt);
    this.schedule(made);
    return made;
  }

  /** Begins what nobody called for, and tells of it at once. */
  beginNow(payment: Payment, wish: Wish): Modification {
    const call: Call = { fault: { webhooks: 'before_reply' }, happenings: [] };
    const begun = this.begin(payment, wish, call);
    this.notifications.tell(call.happenings, { webhooks: this.payments.faultOf(payment).webhooks });
    return begun;
  }

  /** What follows when a course had come to its end for now: the first at once. */
  goOn(modification: Modification, verdicts: readonly Verdict[]): void {
    const now = this.parts.clock.now();
    const { settleMs } = this.parts;
    const steps = verdicts.map((verdict, index) => ({ ...verdict, at: now + index * settleMs }));
    this.store.modifications.put({ ...modification, steps });
    this.advance(modification.id);
  }

  /** Tells what is due by now, and waits for the rest. */
  advance(id: string): void {
    const happenings: Happening[] = [];
    const modification = this.store.modifications.get(id);
    if (!modification) return;
    this.schedule(this.carryOut(modification, happenings, this.parts.clock.now()));
    const payment = this.store.payments.get(modification.paymentId ?? '');
    this.notifications.tell(happenings, {
      webhooks: payment && this.payments.faultOf(payment).webhooks,
    });
  }

  schedule({ id, steps }: Modification): void {
    const next = steps[0];
    if (!next) return;
    const delayMs = Math.max(0, next.at - this.parts.clock.now());
    this.parts.clock.after(delayMs, () => this.advance(id));
  }

  private carryOut(modification: Modification, happenings: Happening[], now: number): Modification {
    const due = modification.steps.filter(({ at }) => at <= now);
    let changed = modification;
    for (const step of due) {
      const fails = !step.success || undoing.has(step.eventCode);
      changed = {
        ...changed,
        status: fails ? 'failed' : 'succeeded',
        holdsMoney: changed.holdsMoney && !fails,
      };
      happenings.push(this.told(changed, step));
    }
    return this.store.modifications.put({ ...changed, steps: changed.steps.slice(due.length) });
  }

  private told(modification: Modification, step: Step): Happening {
    const { id, paymentId, reference, amount, currency } = modification;
    return {
      eventCode: step.eventCode,
      pspReference: id,
      originalReference: paymentId,
      merchantReference: reference,
      paymentId: paymentId ?? id,
      amount: { currency, value: amount },
      paymentMethod: this.store.payments.get(paymentId ?? '')?.brand,
      success: step.success,
      reason: step.reason,
      data: step.data,
    };
  }
}
