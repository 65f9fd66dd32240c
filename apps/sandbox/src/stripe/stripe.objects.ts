import type { Answer } from './stripe.answers.js';
import type { ErrorFields } from './stripe.errors.js';
import { renderCharge } from './stripe.charge-object.js';
import type { Charge, Failure, Payment, Refund } from './stripe.records.js';
import { methodOf, renderInstrument } from './stripe.instrument-object.js';
import { kindOf } from './stripe.methods.js';
import { seconds, type WireObject } from './stripe.wire.js';

export function renderAnswer({ body }: Answer): WireObject {
  switch (body.kind) {
    case 'payment_intent':
      return renderPayment(body.payment, body.charge);
    case 'refund':
      return renderRefund(body.refund, body);
    case 'charge':
      return renderCharge(body.charge);
    case 'error':
      return renderError(body.fields, body.payment);
  }
}

/** A PaymentIntent, with its charge in full where it was asked to be expanded. */
export function renderPayment(payment: Payment, charge?: Charge): WireObject {
  return {
    id: payment.id,
    object: 'payment_intent',
    allowed_payment_method_types: payment.allowedMethodTypes ?? null,
    amount: payment.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: payment.status === 'succeeded' ? payment.amount : 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: payment.allowRedirects, enabled: true },
    canceled_at: payment.canceledAt === undefined ? null : seconds(payment.canceledAt),
    cancellation_reason: payment.cancellationReason ?? null,
    capture_method: 'automatic_async',
    client_secret: payment.clientSecret,
    confirmation_method: 'automatic',
    created: seconds(payment.createdAt),
    currency: payment.currency,
    customer: null,
    customer_account: null,
    description: payment.description ?? null,
    excluded_payment_method_types: null,
    last_payment_error: renderLastFailure(payment),
    latest_charge: charge ? renderCharge(charge) : (payment.latestChargeId ?? null),
    livemode: false,
    managed_payments: null,
    metadata: payment.metadata,
    next_action: renderNextAction(payment),
    on_behalf_of: null,
    payment_method: payment.instrument?.id ?? null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: [methodOf(payment.instrument ?? payment.lastFailure?.instrument)],
    payment_record: null,
    processing: null,
    receipt_email: payment.receiptEmail ?? null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: payment.status,
    transfer_data: null,
    transfer_group: null,
  };
}

function renderLastFailure({ lastFailure }: Payment): WireObject | null {
  if (!lastFailure) return null;
  const { failure, chargeId, instrument } = lastFailure;
  return { ...renderFailure(failure, chargeId), payment_method: renderInstrument(instrument) };
}

/** Stripe answers a URL only to a client that gave a `return_url`; to others it speaks through Stripe.js. */
function renderNextAction({ status, pageUrl, returnUrl, instrument }: Payment): WireObject | null {
  if (status !== 'requires_action' || pageUrl === undefined) return null;
  if (returnUrl === undefined) {
    const sdk = { type: 'three_d_secure_redirect', stripe_js: pageUrl };
    return { type: 'use_stripe_sdk', use_stripe_sdk: sdk };
  }
  const redirect = { return_url: returnUrl, url: pageUrl };
  const type = kindOf(methodOf(instrument)).redirect ?? 'redirect_to_url';
  if (type === 'redirect_to_url') return { type, redirect_to_url: redirect };
  return { type, alipay_handle_redirect: { native_data: null, native_url: null, ...redirect } };
}

function renderFailure(failure: Failure, chargeId?: string): WireObject {
  return {
    ...(chargeId !== undefined && { charge: chargeId }),
    code: failure.code,
    ...(failure.declineCode !== undefined && { decline_code: failure.declineCode }),
    doc_url: documentationOf(failure.code),
    message: failure.message,
    type: failure.type,
  };
}

export function renderRefund(
  refund: Refund,
  expanded: { payment?: Payment; charge?: Charge } = {},
): WireObject {
  const { payment, charge } = expanded;
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amount,
    balance_transaction: null,
    charge: charge ? renderCharge(charge) : refund.chargeId,
    created: seconds(refund.createdAt),
    currency: refund.currency,
    customer: null,
    customer_account: null,
    ...(refund.failureReason !== undefined && { failure_reason: refund.failureReason }),
    metadata: refund.metadata,
    payment_intent: payment ? renderPayment(payment) : refund.paymentId,
    payment_method: null,
    ...(refund.status === 'pending' && { pending_reason: 'processing' }),
    reason: refund.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: refund.status,
    transfer_reversal: null,
  };
}

function renderError(fields: ErrorFields, payment?: Payment): WireObject {
  const instrument = payment?.lastFailure?.instrument;
  return {
    error: {
      ...(fields.charge !== undefined && { charge: fields.charge }),
      ...(fields.code !== undefined && {
        code: fields.code,
        doc_url: documentationOf(fields.code),
      }),
      ...(fields.decline_code !== undefined && { decline_code: fields.decline_code }),
      message: fields.message,
      ...(fields.param !== undefined && { param: fields.param }),
      ...(payment && { payment_intent: renderPayment(payment) }),
      ...(fields.type === 'card_error' &&
        instrument && { payment_method: renderInstrument(instrument) }),
      type: fields.type,
    },
  };
}

function documentationOf(code: string): string {
  return `https://docs.stripe.com/error-codes#${code.replaceAll('_', '-')}`;
}
