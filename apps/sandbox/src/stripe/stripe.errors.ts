import type { Failure, Payment } from './stripe.records.js';

/** The error object as it is stored and answered; `payment` is rendered into it. */
export interface ErrorFields {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  charge?: string;
}

/** Thrown where Stripe would answer an error object. */
export class StripeError extends Error {
  override readonly name = 'StripeError';

  constructor(
    readonly status: number,
    readonly fields: ErrorFields,
    readonly payment?: Payment,
  ) {
    super(fields.message);
  }
}

export function invalidRequest(message: string, param?: string, code?: string): StripeError {
  return new StripeError(400, { type: 'invalid_request_error', message, param, code });
}

export function missing(object: string, id: string, param: string, status = 404): StripeError {
  return new StripeError(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${object}: '${id}'`,
    param,
  });
}

export function unexpectedState(message: string, payment: Payment): StripeError {
  const code = 'payment_intent_unexpected_state';
  return new StripeError(400, { type: 'invalid_request_error', code, message }, payment);
}

export function mandateMissing(payment: Payment): StripeError {
  const message =
    'A debit needs a mandate, and this PaymentIntent has none. Send what the payer accepted as mandate_data.';
  return new StripeError(400, { type: 'invalid_request_error', message }, payment);
}

export function cardDeclined(failure: Failure, payment: Payment): StripeError {
  const { type, code, message, declineCode } = failure;
  return new StripeError(
    402,
    { type, code, message, decline_code: declineCode, charge: payment.latestChargeId },
    payment,
  );
}

export function unauthorized(authorization: string | undefined): StripeError {
  const key = authorization?.replace(/^\S+\s*/, '') ?? '';
  const message = key
    ? `Invalid API Key provided: ${key.slice(0, 8)}${'*'.repeat(12)}`
    : 'You did not provide an API key. Provide it as Authorization: Bearer YOUR_SECRET_KEY.';
  return new StripeError(401, { type: 'invalid_request_error', message });
}

/** What a client gets when Stripe itself broke: it says nothing about the money. */
export function serverError(): StripeError {
  return new StripeError(500, { type: 'api_error', message: 'An unexpected error occurred.' });
}
