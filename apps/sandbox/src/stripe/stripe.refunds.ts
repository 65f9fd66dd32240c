import type { SandboxParts } from '../provider.js';
import { checkStep } from './stripe.currencies.js';
import { invalidRequest, missing } from './stripe.errors.js';
import type { EventType, Happening, StripeEvents } from './stripe.events.js';
import { renderRefund } from './stripe.objects.js';
import { renderCharge } from './stripe.charge-object.js';
import { parameterTables } from './stripe.parameter-tables.js';
import { Parameters } from './stripe.parameters.js';
import type { Call } from './stripe.payments.js';
import type { Charge, Refund } from './stripe.records.js';
import type { StripeStore } from './stripe.store.js';
import { behaviourOf, underFault } from './stripe.tokens.js';

const failureReason = 'declined';

/** Refunds: taken off the charge when they are made, put back when they fail. */
export class StripeRefunds {
  constructor(
    private readonly parts: SandboxParts,
    private readonly store: StripeStore,
    private readonly events: StripeEvents,
  ) {}

  create(parameters: Parameters, call: Call): Refund {
    const charge = this.refundableCharge(parameters);
    const amount = this.refundableAmount(parameters.integer('amount'), charge);
    const behaviour = underFault(this.behaviourOf(charge), call.fault).refund;
    const status = behaviour === 'pending' || behaviour === 'fail' ? 'pending' : 'succeeded';
    const at = this.parts.clock.now() + this.parts.settleMs;
    const outcome = behaviour === 'pending' ? 'succeeded' : 'failed';
    const refund: Refund = {
      id: this.parts.identifiers.next('re'),
      paymentId: charge.paymentId,
      chargeId: charge.id,
      createdAt: this.parts.clock.now(),
      amount,
      currency: charge.currency,
      status,
      reason: parameters.text('reason'),
      metadata: parameters.metadata,
      idempotencyKey: call.idempotencyKey,
      due: behaviour === 'succeed' ? undefined : { at, status: outcome },
    };
    const reduced = { ...charge, amountRefunded: charge.amountRefunded + amount };
    this.store.refunds.put(refund);
    this.store.charges.put(reduced);
    this.note(call.happenings, 'refund.created', refund);
    this.noteCharge(call.happenings, reduced);
    this.schedule(refund);
    return refund;
  }

  /** A refund made on the dashboard: it carries no metadata of a client's. */
  createByHand(paymentId: string, amount: number): Refund {
    const form = new URLSearchParams({ payment_intent: paymentId, amount: String(amount) });
    const requestId = this.parts.identifiers.next('req', 6);
    const call: Call = { requestId, fault: {}, happenings: [] };
    const refund = this.create(new Parameters(form, parameterTables.createRefund), call);
    this.events.tell(call.happenings, { requestId });
    return refund;
  }

  find(id: string): Refund {
    const refund = this.store.refunds.get(id);
    if (refund) return refund;
    throw missing('refund', id, 'id');
  }

  settle(id: string): void {
    const refund = this.store.refunds.get(id);
    if (!refund?.due) return;
    const { status } = refund.due;
    const happenings: Happening[] = [];
    const settled: Refund = { ...refund, status, due: undefined };
    if (status === 'failed') this.fail(settled, happenings);
    else this.note(happenings, 'refund.updated', this.store.refunds.put(settled));
    const charge = this.store.charges.get(refund.chargeId) as Charge;
    this.events.tell(happenings, { webhooks: this.behaviourOf(charge).fault.webhooks });
  }

  schedule(refund: Refund): void {
    if (!refund.due) return;
    const delayMs = Math.max(0, refund.due.at - this.parts.clock.now());
    this.parts.clock.after(delayMs, () => this.settle(refund.id));
  }

  private fail(refund: Refund, happenings: Happening[]): void {
    const failed = this.store.refunds.put({ ...refund, failureReason });
    const charge = this.store.charges.get(refund.chargeId) as Charge;
    this.store.charges.put({ ...charge, amountRefunded: charge.amountRefunded - refund.amount });
    this.note(happenings, 'refund.updated', failed);
    this.note(happenings, 'refund.failed', failed);
  }

  private refundableCharge(parameters: Parameters): Charge {
    const paymentId = parameters.text('payment_intent');
    const chargeId = parameters.text('charge');
    if (paymentId === undefined && chargeId === undefined) {
      const message = 'One of the following params should be provided: payment_intent or charge.';
      throw invalidRequest(message, undefined, 'parameter_missing');
    }
    const payment = paymentId === undefined ? undefined : this.store.payments.get(paymentId);
    if (paymentId !== undefined && !payment)
      throw missing('payment_intent', paymentId, 'payment_intent');
    const id = chargeId ?? payment?.latestChargeId;
    const charge = id === undefined ? undefined : this.store.charges.get(id);
    if (chargeId !== undefined && !charge) throw missing('charge', chargeId, 'charge');
    if (charge && this.store.isChargedBack(charge.id)) {
      const message = `Charge ${charge.id} has been charged back; it can't be refunded.`;
      throw invalidRequest(message, undefined, 'charge_disputed');
    }
    if (charge?.status === 'succeeded') return charge;
    throw invalidRequest(
      `This PaymentIntent (${paymentId ?? charge?.paymentId}) does not have a successful charge to refund.`,
      undefined,
      'payment_intent_unexpected_state',
    );
  }

  private refundableAmount(wanted: number | undefined, charge: Charge): number {
    const left = charge.amount - charge.amountRefunded;
    if (left === 0) {
      const message = `Charge ${charge.id} has already been refunded.`;
      throw invalidRequest(message, undefined, 'charge_already_refunded');
    }
    const amount = wanted ?? left;
    if (amount < 1) {
      const message = 'This value must be greater than or equal to 1.';
      throw invalidRequest(message, 'amount', 'parameter_invalid_integer');
    }
    checkStep(amount, charge.currency);
    if (amount <= left) return amount;
    const whole = left === charge.amount ? 'charge amount' : 'unrefunded amount on charge';
    throw invalidRequest(
      `Refund amount (${amount} ${charge.currency}) is greater than ${whole} (${left} ${charge.currency})`,
      'amount',
      'amount_too_large',
    );
  }

  private note(happenings: Happening[], type: EventType, refund: Refund): void {
    if (this.events.isHeard) happenings.push({ type, object: renderRefund(refund) });
  }

  private noteCharge(happenings: Happening[], charge: Charge): void {
    if (!this.events.isHeard) return;
    happenings.push({ type: 'charge.refunded', object: renderCharge(charge) });
  }

  private behaviourOf(charge: Charge): NonNullable<ReturnType<typeof behaviourOf>> {
    return behaviourOf(charge.instrument.token) as NonNullable<ReturnType<typeof behaviourOf>>;
  }
}
