import type { SandboxParts } from '../provider.js';
import { PaypalCalls } from './paypal.calls.js';
import { PaypalCaptures } from './paypal.captures.js';
import { PaypalDisputes } from './paypal.disputes.js';
import { type Account, renderOutcome } from './paypal.endpoints.js';
import { PaypalEvents } from './paypal.events.js';
import { PaypalIdempotency } from './paypal.idempotency.js';
import { PaypalOrders } from './paypal.orders.js';
import { PaypalRefunds } from './paypal.refunds.js';
import type { PaypalAccountSettings } from './paypal.settings.js';
import { PaypalStore } from './paypal.store.js';
import { PaypalTokens } from './paypal.tokens.js';

/** One PayPal account: nothing in it is seen by another. */
export interface PaypalAccount extends Account {
  clientId?: string;
  tokens: PaypalTokens;
  disputes: PaypalDisputes;
  calls: PaypalCalls;
  /** Takes up what was under way when the state file was written. */
  resume(): void;
}

/** @param sign the headers of a webhook for the account's webhook id */
export function openAccount(
  parts: SandboxParts,
  { name, clientId, webhookUrl, webhookId }: PaypalAccountSettings,
  sign: (webhookId: string, payload: string, nowMs: number) => Record<string, string>,
): PaypalAccount {
  const topic = name === undefined ? 'paypal' : `paypal/${name}`;
  const store = new PaypalStore(parts.journal, parts.identifiers, topic);
  const events = new PaypalEvents(parts, name);
  const disputes = new PaypalDisputes(parts, store, events);
  const refunds = new PaypalRefunds(parts, store, events);
  const captures = new PaypalCaptures(parts, store, events, disputes, refunds);
  const orders = new PaypalOrders(parts, store, events, captures);
  if (webhookUrl !== undefined) {
    const headers = (payload: string, nowMs: number) => sign(webhookId, payload, nowMs);
    parts.deliveries.open('paypal', { url: webhookUrl, headers }, name);
  }
  const tokens = new PaypalTokens(parts, store);
  const idempotency = new PaypalIdempotency(store, parts.clock);
  const render = renderOutcome({ parts, store, orders, refunds });
  return {
    ...{ clientId, parts, store, tokens, orders, refunds, disputes },
    calls: new PaypalCalls(parts, tokens, idempotency, events, render),
    resume() {
      for (const capture of store.captures.values()) captures.schedule(capture);
      for (const refund of store.refunds.values()) refunds.schedule(refund);
      for (const dispute of store.disputes.values()) disputes.schedule(dispute);
    },
  };
}
