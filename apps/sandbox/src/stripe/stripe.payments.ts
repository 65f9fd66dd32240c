import type { Fault } from '../faults.js';
import type { SandboxParts } from '../provider.js';
import { checkCancellable } from './stripe.cancellation.js';
import { checkAmount } from './stripe.currencies.js';
import {
  checkConfirmable,
  checkUnconfirmed,
  instrumentOf,
  lacksMandate,
  mandateOf,
  redirectsOf,
} from './stripe.confirmation.js';
import { cardDeclined, mandateMissing, missing, unexpectedState } from './stripe.errors.js';
import type { Happening, StripeEvents } from './stripe.events.js';
import type { StripeDisputes } from './stripe.disputes.js';
import { methodOf } from './stripe.instrument-object.js';
import { kindOf } from './stripe.methods.js';
import { StripeMoney } from './stripe.money.js';
import { renderPayment } from './stripe.objects.js';
import type { Parameters } from './stripe.parameters.js';
import type { Payment } from './stripe.records.js';
import type { StripeStore } from './stripe.store.js';
import { behaviourOf, underFault } from './stripe.tokens.js';

/** What the call brought along. */
export interface Call {
  requestId: string;
  idempotencyKey?: string;
  fault: Fault;
  /** Collects what the webhooks will tell. */
  happenings: Happening[];
}

/** How much later than the settlement a held webhook leaves. */
const overtakenMs = 400;

/** The life of a PaymentIntent. Every function answers the new row, or throws Stripe's error. */
export class StripePayments {
  private readonly money: StripeMoney;

  constructor(
    private readonly parts: SandboxParts,
    private readonly store: StripeStore,
    private readonly events: StripeEvents,
    private readonly disputes: StripeDisputes,
  ) {
    this.money = new StripeMoney(parts, store);
  }

  create(parameters: Parameters, call: Call): Payment {
    const amount = Number(parameters.required('amount'));
    const currency = parameters.required('currency').toLowerCase();
    checkAmount(amount, currency);
    const id = this.parts.identifiers.next('pi');
    const instrument = instrumentOf(this.parts, parameters);
    const payment: Payment = {
      id,
      createdAt: this.parts.clock.now(),
      amount,
      currency,
      status: instrument ? 'requires_confirmation' : 'requires_payment_method',
      metadata: parameters.metadata,
      description: parameters.text('description'),
      receiptEmail: parameters.text('receipt_email'),
      clientSecret: this.parts.identifiers.next(`${id}_secret`),
      allowedMethodTypes: parameters.list('allowed_payment_method_types'),
      allowRedirects: redirectsOf(parameters),
      instrument,
    };
    if (!parameters.flag('confirm')) {
      checkUnconfirmed(parameters);
      return this.store.payments.put(payment);
    }
    const mandateId = mandateOf(this.parts, parameters);
    return this.confirmed(
      { ...payment, mandateId, returnUrl: parameters.text('return_url') },
      call,
    );
  }

  confirm(id: string, parameters: Parameters, call: Call): Payment {
    const payment = this.find(id);
    if (
      payment.status === 'succeeded' ||
      payment.status === 'canceled' ||
      payment.status === 'processing'
    ) {
      throw unexpectedState(
        `You cannot confirm this PaymentIntent because it has a status of ${payment.status}.`,
        payment,
      );
    }
    const instrument = instrumentOf(this.parts, parameters) ?? payment.instrument;
    const mandateId = mandateOf(this.parts, parameters) ?? payment.mandateId;
    const returnUrl = parameters.text('return_url') ?? payment.returnUrl;
    const receiptEmail = parameters.text('receipt_email') ?? payment.receiptEmail;
    return this.confirmed({ ...payment, instrument, mandateId, returnUrl, receiptEmail }, call);
  }

  cancel(id: string, parameters: Parameters, call: Call): Payment {
    const payment = this.find(id);
    checkCancellable(payment);
    this.money.stop(payment);
    return this.changed(call.happenings, 'payment_intent.canceled', {
      ...payment,
      status: 'canceled',
      canceledAt: this.parts.clock.now(),
      cancellationReason: parameters.text('cancellation_reason'),
      pageUrl: undefined,
      due: undefined,
    });
  }

  lookUp(id: string): Payment | undefined {
    return this.store.payments.get(id);
  }

  find(id: string): Payment {
    const payment = this.lookUp(id);
    if (payment) return payment;
    throw missing('payment_intent', id, 'intent');
  }

  /** What the payer chose on the page. Answers the payment, unchanged when it no longer waits for them. */
  authenticate(id: string, approved: boolean): Payment {
    const payment = this.find(id);
    if (payment.status !== 'requires_action') return payment;
    const happenings: Happening[] = [];
    const fault = this.faultOf(payment);
    const next = approved
      ? this.approve(payment, { fault, happenings })
      : this.changed(
          happenings,
          'payment_intent.payment_failed',
          this.money.refuseAuthentication(payment),
        );
    this.events.tell(happenings, { webhooks: fault.webhooks });
    return next;
  }

  private approve(payment: Payment, call: Pick<Call, 'fault' | 'happenings'>): Payment {
    if (kindOf(methodOf(payment.instrument)).settlesLater)
      return this.hold(payment, 'settle', call);
    return this.changed(call.happenings, 'payment_intent.succeeded', this.money.take(payment));
  }

  /** Carries out a change that was to come by itself, if nothing else came first. */
  settle(id: string): void {
    const payment = this.store.payments.get(id);
    if (!payment?.due) return;
    const succeeds = payment.due.outcome === 'succeed';
    const happenings: Happening[] = [];
    const settled = succeeds
      ? this.money.take(payment)
      : this.money.decline(payment, this.behaviourOf(payment));
    const type = succeeds ? 'payment_intent.succeeded' : 'payment_intent.payment_failed';
    this.changed(happenings, type, settled);
    const { webhooks } = this.faultOf(payment);
    this.events.tell(happenings, { webhooks: webhooks === 'reversed' ? undefined : webhooks });
  }

  schedule(payment: Payment): void {
    if (!payment.due) return;
    const delayMs = Math.max(0, payment.due.at - this.parts.clock.now());
    this.parts.clock.after(delayMs, () => this.settle(payment.id));
  }

  /** The fault that a payment method's own token asks for. */
  faultOf(payment: Payment): Fault {
    return payment.instrument ? (behaviourOf(payment.instrument.token)?.fault ?? {}) : {};
  }

  private confirmed(payment: Payment, call: Call): Payment {
    checkConfirmable(payment);
    if (lacksMandate(payment)) throw mandateMissing(this.store.payments.put(payment));
    const claimed = {
      ...payment,
      idempotencyKey: call.idempotencyKey,
      lastFailure: undefined,
      due: undefined,
    };
    return this.charge(claimed, underFault(this.behaviourOf(payment), call.fault), call);
  }

  private charge(payment: Payment, behaviour: ReturnType<typeof underFault>, call: Call): Payment {
    const now = this.parts.clock.now();
    switch (behaviour.outcome) {
      case 'succeed':
        return this.changed(call.happenings, 'payment_intent.succeeded', this.money.take(payment));
      case 'decline':
      case 'late_success': {
        const late = behaviour.outcome === 'late_success';
        const due = late
          ? ({ at: now + this.parts.settleMs, outcome: 'succeed' } as const)
          : undefined;
        const declined = { ...this.money.decline(payment, behaviour), due };
        const failed = this.changed(call.happenings, 'payment_intent.payment_failed', declined);
        this.schedule(failed);
        throw cardDeclined(behaviour.failure, failed);
      }
      case 'authenticate': {
        const pageUrl = `${this.parts.publicUrl()}/payer/stripe/${payment.id}?client_secret=${payment.clientSecret}`;
        const waiting: Payment = { ...payment, status: 'requires_action', pageUrl };
        return this.changed(call.happenings, 'payment_intent.requires_action', waiting);
      }
      case 'settle':
      case 'settle_fail':
      case 'settle_never':
        return this.hold(payment, behaviour.outcome, call);
    }
  }

  /** The payment is under way, and ends by itself, if ever. */
  private hold(
    payment: Payment,
    outcome: 'settle' | 'settle_fail' | 'settle_never',
    call: Pick<Call, 'fault' | 'happenings'>,
  ): Payment {
    const at = this.parts.clock.now() + this.parts.settleMs;
    const end = outcome === 'settle' ? 'succeed' : 'fail';
    const due = outcome === 'settle_never' ? undefined : ({ at, outcome: end } as const);
    const delayMs =
      call.fault.webhooks === 'reversed' ? this.parts.settleMs + overtakenMs : undefined;
    const pending = { ...this.money.hold(payment), due };
    const held = this.changed(call.happenings, 'payment_intent.processing', pending, delayMs);
    this.schedule(held);
    return held;
  }

  private changed(
    happenings: Happening[],
    type: Happening['type'],
    payment: Payment,
    delayMs?: number,
  ): Payment {
    this.store.payments.put(payment);
    if (this.events.isHeard) happenings.push({ type, object: renderPayment(payment), delayMs });
    const charge = this.store.charges.get(payment.latestChargeId ?? '');
    if (payment.status === 'succeeded' && charge) this.disputes.expect(charge);
    return payment;
  }

  private behaviourOf(payment: Payment): NonNullable<ReturnType<typeof behaviourOf>> {
    const token = payment.instrument?.token ?? 'pm_card_visa';
    return behaviourOf(token) as NonNullable<ReturnType<typeof behaviourOf>>;
  }
}
