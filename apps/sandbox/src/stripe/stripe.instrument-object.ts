import { kindOf, type MethodType } from './stripe.methods.js';
import type { Instrument } from './stripe.records.js';
import { behaviourOf, brandOf } from './stripe.tokens.js';
import { seconds, type WireObject } from './stripe.wire.js';

export function methodOf(instrument: Instrument | undefined): MethodType {
  return (instrument && behaviourOf(instrument.token)?.method) ?? 'card';
}

export function renderInstrument(instrument: Instrument): WireObject {
  const type = methodOf(instrument);
  return {
    id: instrument.id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    created: seconds(instrument.createdAt),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type,
    [type]: type === 'card' ? renderCard(instrument) : kindOf(type).details,
  };
}

function renderCard({ token }: Instrument): WireObject {
  const { brand, last4 } = brandOf(token);
  return {
    brand,
    checks: null,
    country: 'US',
    display_brand: brand,
    exp_month: 12,
    exp_year: 2040,
    fingerprint: null,
    funding: 'credit',
    generated_from: null,
    last4,
    networks: null,
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}
