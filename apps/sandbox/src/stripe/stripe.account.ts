import type { SandboxParts } from '../provider.js';
import { StripeCalls } from './stripe.calls.js';
import { StripeDisputes } from './stripe.disputes.js';
import { signature, StripeEvents } from './stripe.events.js';
import { StripeIdempotency } from './stripe.idempotency.js';
import { StripePayments } from './stripe.payments.js';
import { StripeRefunds } from './stripe.refunds.js';
import type { StripeAccountSettings } from './stripe.settings.js';
import { checkPublished } from './stripe.shapes.js';
import { StripeStore } from './stripe.store.js';

/** One Stripe account: nothing in it is seen by another. */
export interface StripeAccount {
  secretKey?: string;
  store: StripeStore;
  payments: StripePayments;
  refunds: StripeRefunds;
  disputes: StripeDisputes;
  calls: StripeCalls;
  /** How long a new payment stays out of the search. */
  searchLagMs: number;
  now(): number;
  /** Takes up what was under way when the state file was written. */
  resume(): void;
}

export function openAccount(
  parts: SandboxParts,
  settings: StripeAccountSettings,
  searchLagMs: number,
): StripeAccount {
  const { name, secretKey, webhookUrl, webhookSecret } = settings;
  const topic = name === undefined ? 'stripe' : `stripe/${name}`;
  const store = new StripeStore(parts.journal, parts.identifiers, topic);
  const events = new StripeEvents(parts, checkPublished, name);
  const disputes = new StripeDisputes(parts, store, events);
  const payments = new StripePayments(parts, store, events, disputes);
  const refunds = new StripeRefunds(parts, store, events);
  if (webhookUrl !== undefined) {
    const headers = (payload: string, nowMs: number) => ({
      'stripe-signature': signature(webhookSecret, payload, nowMs),
      'user-agent': 'Stripe/1.0 (sandbox)',
    });
    parts.deliveries.open('stripe', { url: webhookUrl, headers }, name);
  }
  const idempotency = new StripeIdempotency(store, parts.clock);
  return {
    ...{ secretKey, store, payments, refunds, disputes, searchLagMs },
    calls: new StripeCalls(parts, idempotency, events),
    now: () => parts.clock.now(),
    resume() {
      for (const payment of store.payments.values()) payments.schedule(payment);
      for (const refund of store.refunds.values()) refunds.schedule(refund);
      for (const dispute of store.disputes.values()) disputes.schedule(dispute);
    },
  };
}
