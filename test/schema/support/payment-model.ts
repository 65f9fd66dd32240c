import {
  mayMoveRefund,
  type RefundActor,
  type RefundStatus,
} from '../../../apps/api/src/modules/refunds/refund.machine.js';
import {
  type ActorClass,
  mayMove,
  type TransactionStatus,
} from '../../../apps/api/src/modules/transactions/transaction.machine.js';

/** A change of a payment's status, with what its statement says of attempts and evidence. */
export interface PaymentMove {
  to: TransactionStatus;
  actor: string;
  /** Whether the attempts are written along. */
  withAttempts: boolean;
  /** Whether the provider's id of the payment is known at the latest now. */
  evidence: boolean;
}

export interface RefundMove {
  to: RefundStatus;
  actor: string;
  certainty: 'never_sent' | 'sent_unconfirmed' | 'confirmed';
  evidence: boolean;
}

export interface RefundRequest {
  status: RefundStatus;
  actor: string;
  amountMinor: number;
}

interface Refund {
  status: RefundStatus;
  heldMinor: number;
  excessMinor: number;
  hasId: boolean;
  isConfirmed: boolean;
}

export const paidMinor = 10_000;
const moneyMoved: readonly TransactionStatus[] = ['completed', 'partially_refunded', 'refunded'];

const classOf = (actor: string) => actor.split(':')[0];

/** What a payment and its refunds are to do, by the tables of the code and the rules in docs/schema.md. */
export class PaymentModel {
  status: TransactionStatus;
  readonly refunds: Refund[] = [];
  /** The changes of the payment's status, as in `pending>processing`. */
  readonly history: string[] = [];
  private attempts: 'none' | 'open' | 'declined' | 'completed';
  private hasId = false;

  constructor(
    readonly provider: 'stripe' | 'manual',
    status: 'pending' | 'processing' | 'completed',
  ) {
    this.status = status === 'pending' ? 'pending' : 'processing';
    this.attempts = status === 'pending' ? 'none' : 'open';
    const actor = provider === 'manual' ? 'operator:ada' : `provider:${provider}`;
    if (status === 'completed') {
      this.move({ to: status, actor, withAttempts: true, evidence: true });
    }
  }

  get reservedMinor(): number {
    return this.sumOf((refund) => refund.status !== 'failed');
  }

  get refundedMinor(): number {
    return this.sumOf((refund) => refund.status === 'completed');
  }

  /** `accepted`, or the rule that refuses; the model moves when it is accepted. */
  move({ to, actor, withAttempts, evidence }: PaymentMove): string {
    const hasId = this.hasId || evidence;
    const cancelsOnly = this.status === 'pending' && to === 'cancelled';
    const legal =
      mayMove(this.status, to, classOf(actor) as ActorClass) &&
      (cancelsOnly || this.isHeard(actor, hasId));
    if (!legal) return 'transactions_transition';
    if (to === 'completed' && !hasId) return 'check_transactions_provider_id';
    const attempts = withAttempts ? this.attemptsAfter(to) : this.attempts;
    if (!agrees(to, attempts)) return 'transactions_attempts_agree';
    this.attempts = attempts;
    this.hasId = hasId;
    this.enter(to);
    return 'accepted';
  }

  request({ status, actor, amountMinor }: RefundRequest): string {
    const told = this.isProvider(actor);
    const asked = actor === 'partner' || classOf(actor) === 'operator';
    const mayBegin = status === 'completed' ? told : status !== 'failed' && (asked || told);
    if (!mayBegin) return 'refunds_transition';
    if (!moneyMoved.includes(this.status)) return 'refunds_transaction_refundable';
    const left = paidMinor - this.reservedMinor;
    if (!told && amountMinor > left) return 'refunds_within_amount';
    const heldMinor = Math.min(amountMinor, left);
    const excessMinor = amountMinor - heldMinor;
    const isConfirmed = status === 'completed';
    this.refunds.push({ status, heldMinor, excessMinor, hasId: isConfirmed, isConfirmed });
    this.derive();
    return 'accepted';
  }

  moveRefund(index: number, { to, actor, certainty, evidence }: RefundMove): string {
    const refund = this.refunds[index];
    const hasId = refund.hasId || evidence;
    const neverSent = to !== 'failed' || certainty === 'never_sent';
    const legal =
      mayMoveRefund(refund.status, to, classOf(actor) as RefundActor) &&
      (actor === 'system' ? neverSent : this.isHeard(actor, hasId));
    if (!legal) return 'refunds_transition';
    if (!isCertain(to, certainty)) return 'check_refunds_certainty';
    if (refund.isConfirmed && certainty !== 'confirmed') return 'refunds_certainty';
    Object.assign(refund, { status: to, hasId, isConfirmed: certainty === 'confirmed' });
    if (to === 'failed') this.absorb(refund.heldMinor);
    this.derive();
    return 'accepted';
  }

  private isProvider(actor: string): boolean {
    return this.provider !== 'manual' && actor === `provider:${this.provider}`;
  }

  /** A provider speaks for itself; for the manual one an operator does, with evidence. */
  private isHeard(actor: string, hasEvidence: boolean): boolean {
    if (classOf(actor) === 'provider') return this.isProvider(actor);
    return classOf(actor) !== 'operator' || (this.provider === 'manual' && hasEvidence);
  }

  private attemptsAfter(to: TransactionStatus) {
    if (to === 'processing') return 'open';
    if (this.attempts === 'none') return 'none';
    return to === 'completed' ? 'completed' : 'declined';
  }

  /** What a failed refund frees had already left where others went beyond the amount. */
  private absorb(freedMinor: number): void {
    let left = freedMinor;
    for (const refund of this.refunds.filter(({ status }) => status !== 'failed')) {
      const taken = Math.min(refund.excessMinor, left);
      refund.heldMinor += taken;
      refund.excessMinor -= taken;
      left -= taken;
    }
  }

  private derive(): void {
    const refunded = this.refundedMinor;
    if (refunded === 0) this.enter('completed');
    else this.enter(refunded < paidMinor ? 'partially_refunded' : 'refunded');
  }

  private enter(status: TransactionStatus): void {
    if (status === this.status) return;
    this.history.push(`${this.status}>${status}`);
    this.status = status;
  }

  private sumOf(counts: (refund: Refund) => boolean): number {
    return this.refunds.filter(counts).reduce((sum, { heldMinor }) => sum + heldMinor, 0);
  }
}

function agrees(status: TransactionStatus, attempts: string): boolean {
  if (status === 'processing') return attempts !== 'none';
  const isOver = status === 'failed' || status === 'cancelled';
  return !isOver || attempts === 'none' || attempts === 'declined';
}

function isCertain(status: RefundStatus, certainty: string): boolean {
  if (status === 'completed') return certainty === 'confirmed';
  return status !== 'failed' || certainty !== 'sent_unconfirmed';
}
