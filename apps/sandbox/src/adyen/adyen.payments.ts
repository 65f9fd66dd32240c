import type { Fault } from '../faults.js';
import type { SandboxParts } from '../provider.js';
import { parseUrl } from '../url.js';
import {
  checkedReference,
  checkMetadata,
  mapOf,
  requiredAmount,
  requiredText,
  textOf,
} from './adyen.bodies.js';
import { checkAmount } from './adyen.currencies.js';
import { alreadyProcessed, invalid } from './adyen.errors.js';
import { behaviourOfInstrument, instrumentOf, unchallenged } from './adyen.methods.js';
import { aboutPayment, type AdyenNotifications, type Happening } from './adyen.notifications.js';
import type { Payment } from './adyen.records.js';
import { refusals } from './adyen.refusals.js';
import type { AdyenStore } from './adyen.store.js';
import { type TokenBehaviour, underFault } from './adyen.tokens.js';
import type { WireObject } from './adyen.wire.js';

/** What the call brought along. */
export interface Call {
  idempotencyKey?: string;
  fault: Fault;
  /** Collects what the webhooks will tell. */
  happenings: Happening[];
}

/** How much later than the settlement a held webhook leaves. */
const overtakenMs = 400;

/** The life of a payment. Every function answers the new row, or throws Adyen's error. */
export class AdyenPayments {
  /** Told of every payment that was authorised. */
  onAuthorised: (payment: Payment) => void = () => {};

  constructor(
    private readonly parts: SandboxParts,
    private readonly store: AdyenStore,
    private readonly notifications: AdyenNotifications,
  ) {}

  create(body: WireObject, call: Call): Payment {
    const amount = requiredAmount(body);
    checkAmount(amount);
    const reference = checkedReference(requiredText(body, 'reference'));
    const returnUrl = requiredText(body, 'returnUrl');
    if (!parseUrl(returnUrl)) throw invalid('14_030', 'Return URL is missing.');
    const metadata = mapOf(body, 'metadata');
    checkMetadata(metadata);
    const payment: Payment = {
      id: this.parts.identifiers.plain(16),
      createdAt: this.parts.clock.now(),
      amount: amount.value,
      currency: amount.currency,
      reference,
      status: 'settling',
      ...instrumentOf(body),
      metadata,
      returnUrl,
      idempotencyKey: call.idempotencyKey,
      manualCapture: textOf(mapOf(body, 'additionalData'), 'manualCapture') === 'true',
      captured: 0,
    };
    const behaviour = underFault(behaviourOfInstrument(payment), call.fault);
    return this.charge(payment, unchallenged(behaviour, body), call);
  }

  /** Hands in what the payer brought back. */
  complete(body: WireObject, call: Call): Payment {
    const details = (body['details'] ?? {}) as WireObject;
    const redirectResult = textOf(details, 'redirectResult');
    if (redirectResult === undefined) {
      throw invalid('14_002', "Required field 'paymentData' is not provided.");
    }
    const payment = this.store.paymentByRedirectResult(redirectResult);
    if (!payment || payment.status === 'redirected') {
      throw invalid('702', 'Problem reading or understanding redirectResult');
    }
    if (payment.method === 'scheme' && payment.detailsGiven) throw alreadyProcessed();
    const given: Payment = { ...payment, detailsGiven: true };
    return payment.status === 'authenticated'
      ? this.authorise(given, call.happenings)
      : this.store.payments.put(given);
  }

  /** What the payer chose on the page. Answers the payment, unchanged when it no longer waits for them. */
  decide(payment: Payment, approved: boolean): Payment {
    if (payment.status !== 'redirected') return payment;
    const happenings: Happening[] = [];
    const decided = this.decided(payment, approved, happenings);
    this.notifications.tell(happenings, { webhooks: this.faultOf(payment).webhooks });
    return decided;
  }

  /** Carries out a change that was to come by itself, if nothing else came first. */
  settle(id: string): void {
    const payment = this.store.payments.get(id);
    if (!payment?.due) return;
    const happenings: Happening[] = [];
    if (payment.due.outcome === 'authorise') this.authorise(payment, happenings);
    else this.refuse(payment, happenings);
    const { webhooks } = this.faultOf(payment);
    this.notifications.tell(happenings, {
      webhooks: webhooks === 'reversed' ? undefined : webhooks,
      batched: this.behaviour(payment).batched,
    });
  }

  schedule({ id, due }: Payment): void {
    if (!due) return;
    const delayMs = Math.max(0, due.at - this.parts.clock.now());
    this.parts.clock.after(delayMs, () => this.settle(id));
  }

  behaviour(payment: Payment): TokenBehaviour {
    return behaviourOfInstrument(payment);
  }

  /** The fault that the payment's own token asks for. */
  faultOf(payment: Payment): Fault {
    return this.behaviour(payment).fault;
  }

  pageUrl({ page }: Payment): string {
    return `${this.parts.publicUrl()}/payer/adyen/${page?.secret ?? ''}`;
  }

  private charge(payment: Payment, behaviour: TokenBehaviour, call: Call): Payment {
    const at = this.parts.clock.now() + this.parts.settleMs;
    switch (behaviour.outcome) {
      case 'authorise':
        return this.authorise(payment, call.happenings);
      case 'refuse':
        return this.refuse({ ...payment, refusal: behaviour.refusal }, call.happenings);
      case 'late_success': {
        const { refusal } = behaviour;
        const refused = this.refuse({ ...payment, refusal }, call.happenings);
        const late = this.store.payments.put({ ...refused, due: { at, outcome: 'authorise' } });
        this.schedule(late);
        return late;
      }
      case 'redirect': {
        const secret = this.parts.identifiers.next('page', 24);
        const redirectResult = this.parts.identifiers.next('result', 48);
        const page = { secret, redirectResult };
        return this.store.payments.put({ ...payment, status: 'redirected', page });
      }
      case 'settle':
      case 'settle_refuse': {
        const outcome = behaviour.outcome === 'settle' ? 'authorise' : 'refuse';
        const settling = this.store.payments.put({ ...payment, due: { at, outcome } });
        this.announce(settling, behaviour, call);
        this.schedule(settling);
        return settling;
      }
    }
  }

  /** Only what is pending is told of; what was received is not. */
  private announce(payment: Payment, { waitsAs }: TokenBehaviour, call: Call): void {
    if (waitsAs === 'Received' || payment.method !== 'scheme') return;
    const overtaken = call.fault.webhooks === 'reversed';
    const delayMs = overtaken ? this.parts.settleMs + overtakenMs : undefined;
    call.happenings.push(aboutPayment(payment, 'PENDING', { success: true, reason: '', delayMs }));
  }

  /** A card's payer has only proved who they are; a bank or a wallet has taken the money. */
  private decided(payment: Payment, approved: boolean, happenings: Happening[]): Payment {
    if (!approved) {
      const { refusal } = this.behaviour(payment);
      return this.refuse({ ...payment, refusal }, happenings);
    }
    return payment.method === 'scheme'
      ? this.store.payments.put({ ...payment, status: 'authenticated' })
      : this.authorise(payment, happenings);
  }

  private authorise(payment: Payment, happenings: Happening[]): Payment {
    const authorised = this.store.payments.put({
      ...payment,
      status: 'authorised',
      captured: payment.manualCapture ? 0 : payment.amount,
      refusal: undefined,
      due: undefined,
    });
    const reason = payment.method === 'scheme' ? '027101:1111:03/2030' : '';
    happenings.push(aboutPayment(authorised, 'AUTHORISATION', { success: true, reason }));
    if (this.behaviour(payment).batched) {
      happenings.push(aboutPayment(authorised, 'CAPTURE', { success: true, reason: '' }));
    }
    this.onAuthorised(authorised);
    return authorised;
  }

  private refuse(payment: Payment, happenings: Happening[]): Payment {
    const refusal = payment.refusal ?? refusals.DECLINED;
    const refused: Payment = { ...payment, status: 'refused', refusal, due: undefined };
    const { reason } = refusal;
    happenings.push(aboutPayment(refused, 'AUTHORISATION', { success: false, reason }));
    return this.store.payments.put(refused);
  }
}
