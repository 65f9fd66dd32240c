import { unexpectedState } from './stripe.errors.js';
import { methodOf } from './stripe.instrument-object.js';
import { kindOf } from './stripe.methods.js';
import type { Payment } from './stripe.records.js';

const cancellable: readonly Payment['status'][] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];

/** Throws Stripe's error for a payment that can't be cancelled any more. */
export function checkCancellable(payment: Payment): void {
  if (isCancellable(payment)) return;
  throw unexpectedState(
    `You cannot cancel this PaymentIntent because it has a status of ${payment.status}. Only a PaymentIntent ` +
      `with one of the following statuses may be canceled: ${cancellable.join(', ')}.`,
    payment,
  );
}

/** In rare cases a debit under way can be stopped too. */
function isCancellable({ status, instrument }: Payment): boolean {
  if (status !== 'processing') return cancellable.includes(status);
  return kindOf(methodOf(instrument)).isCancellable === true;
}
