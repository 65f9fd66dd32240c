import type { Fault } from '../faults.js';
import type { SandboxParts } from '../provider.js';
import { checkAmount } from './stripe.currencies.js';
import { cardDeclined, invalidRequest, missing, unexpectedState } from './stripe.errors.js';
import type { Happening, StripeEvents } from './stripe.events.js';
import { StripeMoney } from './stripe.money.js';
import { renderPayment } from './stripe.objects.js';
import type { Parameters } from './stripe.parameters.js';
import type { Instrument, Payment } from './stripe.records.js';
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

const cancellable = new Set([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
]);

/** The life of a PaymentIntent. Every function answers the new row, or throws Stripe's error. */
export class StripePayments {
  private readonly money: StripeMoney;

  constructor(
    private readonly parts: SandboxParts,
    private readonly store: StripeStore,
    private readonly events: StripeEvents,
  ) {
    this.money = new StripeMoney(parts, store);
  }

  create(parameters: Parameters, call: Call): Payment {
    const amount = Number(parameters.required('amount'));
    const currency = parameters.required('currency').toLowerCase();
    checkAmount(amount, currency);
    const id = this.parts.identifiers.next('pi');
    const instrument = this.instrumentNamed(parameters.text('payment_method'));
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
      if (parameters.text('return_url') === undefined) return this.store.payments.put(payment);
      throw invalidRequest('`return_url` is taken only together with `confirm`.', 'return_url');
    }
    return this.confirmed({ ...payment, returnUrl: parameters.text('return_url') }, call);
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
    const instrument =
      this.instrumentNamed(parameters.text('payment_method')) ?? payment.instrument;
    const returnUrl = parameters.text('return_url') ?? payment.returnUrl;
    const receiptEmail = parameters.text('receipt_email') ?? payment.receiptEmail;
    return this.confirmed({ ...payment, instrument, returnUrl, receiptEmail }, call);
  }

  cancel(id: string, parameters: Parameters, call: Call): Payment {
    const payment = this.find(id);
    if (!cancellable.has(payment.status)) {
      throw unexpectedState(
        `You cannot cancel this PaymentIntent because it has a status of ${payment.status}. Only a PaymentIntent ` +
          `with one of the following statuses may be canceled: ${[...cancellable].join(', ')}.`,
        payment,
      );
    }
    return this.changed(call.happenings, 'payment_intent.canceled', {
      ...payment,
      status: 'canceled',
      canceledAt: this.parts.clock.now(),
      cancellationReason: parameters.text('cancellation_reason'),
      pageUrl: undefined,
      due: undefined,
    });
  }

  find(id: string): Payment {
    const payment = this.store.payments.get(id);
    if (payment) return payment;
    throw missing('payment_intent', id, 'intent');
  }

  /** What the payer chose on the page. Answers the payment, unchanged when it no longer waits for them. */
  authenticate(id: string, approved: boolean): Payment {
    const payment = this.find(id);
    if (payment.status !== 'requires_action') return payment;
    const happenings: Happening[] = [];
    const next = approved ? this.money.take(payment) : this.money.refuseAuthentication(payment);
    const type = approved ? 'payment_intent.succeeded' : 'payment_intent.payment_failed';
    this.changed(happenings, type, next);
    this.events.tell(happenings, { webhooks: this.faultOf(payment).webhooks });
    return next;
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
    const { instrument } = payment;
    if (!instrument) {
      throw invalidRequest(
        'You cannot confirm this PaymentIntent because it is missing a payment method.',
        undefined,
        'payment_intent_unexpected_state',
      );
    }
    if (payment.allowRedirects === 'always' && payment.returnUrl === undefined) {
      throw invalidRequest(
        'This PaymentIntent accepts payment methods that may redirect the payer, so a `return_url` is needed. ' +
          'Without one, set `automatic_payment_methods[enabled]` to true and ' +
          '`automatic_payment_methods[allow_redirects]` to never.',
        'return_url',
      );
    }
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
      case 'settle_fail': {
        const outcome = behaviour.outcome === 'settle' ? 'succeed' : 'fail';
        const due = { at: now + this.parts.settleMs, outcome } as const;
        const delayMs =
          call.fault.webhooks === 'reversed' ? this.parts.settleMs + overtakenMs : undefined;
        const pending = { ...this.money.hold(payment), due };
        const held = this.changed(call.happenings, 'payment_intent.processing', pending, delayMs);
        this.schedule(held);
        return held;
      }
    }
  }

  private changed(
    happenings: Happening[],
    type: Happening['type'],
    payment: Payment,
    delayMs?: number,
  ): Payment {
    this.store.payments.put(payment);
    if (this.parts.deliveries.isOpen('stripe')) {
      happenings.push({ type, object: renderPayment(payment), delayMs });
    }
    return payment;
  }

  private behaviourOf(payment: Payment): NonNullable<ReturnType<typeof behaviourOf>> {
    const token = payment.instrument?.token ?? 'pm_card_visa';
    return behaviourOf(token) as NonNullable<ReturnType<typeof behaviourOf>>;
  }

  private instrumentNamed(token: string | undefined): Instrument | undefined {
    if (token === undefined) return undefined;
    if (!behaviourOf(token)) throw missing('PaymentMethod', token, 'payment_method', 400);
    return { id: this.parts.identifiers.next('pm'), token, createdAt: this.parts.clock.now() };
  }
}

/** Automatic payment methods are Stripe's default since 2023-08-16, redirects included. */
function redirectsOf(parameters: Parameters): 'always' | 'never' {
  return parameters.text('automatic_payment_methods[allow_redirects]') === 'never'
    ? 'never'
    : 'always';
}
