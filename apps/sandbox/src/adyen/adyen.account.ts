import type { SandboxParts } from '../provider.js';
import { AdyenCalls } from './adyen.calls.js';
import { AdyenCourses } from './adyen.courses.js';
import { AdyenDisputes } from './adyen.disputes.js';
import { AdyenIdempotency } from './adyen.idempotency.js';
import { AdyenModifications } from './adyen.modifications.js';
import { AdyenNotifications } from './adyen.notifications.js';
import { AdyenPayments } from './adyen.payments.js';
import type { AdyenAccountSettings } from './adyen.settings.js';
import { AdyenStore } from './adyen.store.js';

/** One merchant account: nothing in it is seen by another. */
export interface AdyenAccount {
  apiKey?: string;
  store: AdyenStore;
  payments: AdyenPayments;
  modifications: AdyenModifications;
  disputes: AdyenDisputes;
  calls: AdyenCalls;
  /** Takes up what was under way when the state file was written. */
  resume(): void;
}

export function openAccount(parts: SandboxParts, settings: AdyenAccountSettings): AdyenAccount {
  const { name, apiKey, merchantAccount, webhookUrl: url } = settings;
  const topic = name === undefined ? 'adyen' : `adyen/${name}`;
  const store = new AdyenStore(parts.journal, parts.identifiers, topic);
  const notifications = new AdyenNotifications(parts, settings);
  const payments = new AdyenPayments(parts, store, notifications);
  const courses = new AdyenCourses(parts, store, payments, notifications);
  const modifications = new AdyenModifications(store, payments, courses);
  const disputes = new AdyenDisputes(store, courses);
  payments.onAuthorised = (payment) => {
    const { dispute } = payments.behaviour(payment);
    if (dispute) disputes.expect(payment, dispute);
  };
  if (url !== undefined) {
    const headers = { 'user-agent': 'Adyen HttpClient 1.0 (sandbox)' };
    parts.deliveries.open('adyen', { url, headers: () => headers }, name);
  }
  const idempotency = new AdyenIdempotency(store);
  return {
    ...{ apiKey, store, payments, modifications, disputes },
    calls: new AdyenCalls(parts, merchantAccount, idempotency, notifications),
    resume() {
      for (const payment of store.payments.values()) payments.schedule(payment);
      for (const modification of store.modifications.values()) courses.schedule(modification);
    },
  };
}
