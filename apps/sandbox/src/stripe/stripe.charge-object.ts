import type { Charge } from './stripe.records.js';
import { kindOf } from './stripe.methods.js';
import { behaviourOf, brandOf } from './stripe.tokens.js';
import { seconds, type WireObject } from './stripe.wire.js';

export function renderCharge(charge: Charge): WireObject {
  const { amount, amountRefunded, failure, status } = charge;
  return {
    id: charge.id,
    object: 'charge',
    amount,
    amount_captured: status === 'succeeded' ? amount : 0,
    amount_refunded: amountRefunded,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    calculated_statement_descriptor: 'SANDBOX',
    captured: status === 'succeeded',
    created: seconds(charge.createdAt),
    currency: charge.currency,
    customer: null,
    description: charge.description ?? null,
    disputed: charge.disputed ?? false,
    failure_balance_transaction: null,
    failure_code: failure?.code ?? null,
    failure_message: failure?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: charge.metadata,
    on_behalf_of: null,
    outcome: renderOutcome(charge),
    paid: status === 'succeeded',
    payment_intent: charge.paymentId,
    payment_method: charge.instrument.id,
    payment_method_details: renderDetails(charge),
    receipt_email: charge.receiptEmail ?? null,
    receipt_number: null,
    receipt_url: null,
    refunded: status === 'succeeded' && amountRefunded === amount,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status,
    transfer_data: null,
    transfer_group: null,
  };
}

function renderOutcome({ failure, status }: Charge): WireObject | null {
  if (status === 'pending') return null;
  return {
    advice_code: null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: failure ? 'declined_by_network' : 'approved_by_network',
    reason: failure?.declineCode ?? failure?.code ?? null,
    risk_level: 'normal',
    risk_score: 10,
    seller_message: failure ? failure.message : 'Payment complete.',
    type: failure ? 'issuer_declined' : 'authorized',
  };
}

function renderDetails(charge: Charge): WireObject {
  const { instrument, mandateId } = charge;
  const type = behaviourOf(instrument.token)?.method ?? 'card';
  if (type === 'card') return { card: renderCard(charge), type };
  const mandate = mandateId !== undefined && { mandate: mandateId };
  return { [type]: { ...kindOf(type).chargeDetails, ...mandate }, type };
}

function renderCard({ amount, instrument, status }: Charge): WireObject {
  const { brand, last4 } = brandOf(instrument.token);
  return {
    amount_authorized: status === 'failed' ? null : amount,
    authorization_code: null,
    brand,
    checks: null,
    country: 'US',
    electronic_commerce_indicator: null,
    exp_month: 12,
    exp_year: 2040,
    fingerprint: null,
    funding: 'credit',
    installments: null,
    last4,
    mandate: null,
    network: brand,
    network_transaction_id: null,
    regulated_status: 'unregulated',
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}
