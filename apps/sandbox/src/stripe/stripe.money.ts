import type { SandboxParts } from '../provider.js';
import type { Charge, Failure, Payment } from './stripe.records.js';
import type { StripeStore } from './stripe.store.js';

const failedAuthentication: Failure = {
  type: 'invalid_request_error',
  code: 'payment_intent_authentication_failure',
  message: 'The payer failed or declined the authentication of this payment method.',
};

/** Moves money: the only place that makes a charge or changes one. Answers the payment's next row, not yet stored. */
export class StripeMoney {
  constructor(
    private readonly parts: SandboxParts,
    private readonly store: StripeStore,
  ) {}

  /** The charge succeeds: a new one, or the one that was pending. */
  take(payment: Payment): Payment {
    const pending = this.pendingCharge(payment);
    const charge = pending ?? this.newCharge(payment);
    this.store.charges.put({ ...charge, status: 'succeeded' });
    return {
      ...this.withInstrument(payment),
      status: 'succeeded',
      latestChargeId: charge.id,
      lastFailure: undefined,
      due: undefined,
      pageUrl: undefined,
    };
  }

  /** The charge is under way and may still fail. */
  hold(payment: Payment): Payment {
    const charge = this.store.charges.put({ ...this.newCharge(payment), status: 'pending' });
    return { ...payment, status: 'processing', latestChargeId: charge.id, pageUrl: undefined };
  }

  decline(payment: Payment, { failure }: { failure: Failure }): Payment {
    const charge = this.pendingCharge(payment) ?? this.newCharge(payment);
    this.store.charges.put({ ...charge, status: 'failed', failure });
    return failed({ ...payment, latestChargeId: charge.id }, failure, charge.id);
  }

  /** A debit under way is stopped before the bank carries it out. */
  stop(payment: Payment): void {
    const charge = this.pendingCharge(payment);
    if (charge) this.store.charges.put({ ...charge, status: 'failed' });
  }

  /** No charge was made: the payer said no, or could not prove who they are. */
  refuseAuthentication(payment: Payment): Payment {
    return failed(payment, failedAuthentication);
  }

  private pendingCharge({ latestChargeId }: Payment): Charge | undefined {
    const charge =
      latestChargeId === undefined ? undefined : this.store.charges.get(latestChargeId);
    return charge?.status === 'pending' ? charge : undefined;
  }

  private newCharge(payment: Payment): Charge {
    const { instrument } = this.withInstrument(payment);
    if (!instrument) throw new Error(`${payment.id} has no payment method to charge`);
    return {
      id: this.parts.identifiers.next('ch'),
      paymentId: payment.id,
      createdAt: this.parts.clock.now(),
      amount: payment.amount,
      amountRefunded: 0,
      currency: payment.currency,
      status: 'pending',
      instrument,
      mandateId: payment.mandateId,
      metadata: payment.metadata,
      description: payment.description,
      receiptEmail: payment.receiptEmail,
      idempotencyKey: payment.idempotencyKey,
    };
  }

  /** A declined payment lost its method; a payer who tries again brings the same one. */
  private withInstrument(payment: Payment): Payment {
    return { ...payment, instrument: payment.instrument ?? payment.lastFailure?.instrument };
  }
}

function failed(payment: Payment, failure: Failure, chargeId?: string): Payment {
  const { instrument } = payment;
  return {
    ...payment,
    status: 'requires_payment_method',
    instrument: undefined,
    lastFailure: instrument && { failure, chargeId, instrument },
    due: undefined,
    pageUrl: undefined,
  };
}
