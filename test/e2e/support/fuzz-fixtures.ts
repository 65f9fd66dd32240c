import { createPayment, postRefund } from '../../factories/payments.js';
import { call } from '../../support/http.js';
import type { TestSystem } from '../../support/system.js';
import { type DocumentedCall, exampleBody, type Ids } from './documented-calls.js';
import { makePartner } from './operations.js';
import { makeManualIds } from './settlements.js';

/** A partner of its own, and what the addresses of operations can name. */
export interface Fixture {
  /** The key with which its partner calls. */
  key: string;
  ids: Ids;
}

const many = { rate_limit_per_minute: 60_000 };
const order = { amount: '10.50', currency: 'EUR', customer_email: 'jane.doe@example.com' };
const card = { ...order, payment_method: 'card', payment_method_token: 'pm_card_visa' };
const partRefund = { amount: '4.00', reason: 'One item was out of stock' };

/** A partner with one payment, of which a part was paid back. */
export async function makeSimpleFixture(system: TestSystem, webhookUrl: string): Promise<Fixture> {
  const partner = await makePartner(system, { ...many, webhook_url: webhookUrl });
  const key = partner.api_key;
  const payment = await createPayment(system, card, { key, idempotencyKey: 'order-2041' });
  const refund = await postRefund(system, payment.id, partRefund, {
    key,
    idempotencyKey: 'return-12',
  });
  return {
    key,
    ids: sided({
      partners: [partner.id],
      transactions: [payment.id],
      refunds: [refund.body.id],
    }),
  };
}

/** A partner with payments and refunds in every state in which an operation may want them. */
export async function makeFullFixture(system: TestSystem, webhookUrl: string): Promise<Fixture> {
  const partner = await makePartner(system, { ...many, webhook_url: webhookUrl });
  const key = partner.api_key;
  const pending = await createPayment(system, { ...card, confirm: false }, { key });
  const completed = await createPayment(system, card, { key });
  const manual = await makeManualIds(system, { key });
  const made = {
    partners: [partner.id],
    transactions: [pending.id, completed.id, manual.payment],
    refunds: [manual.refund],
  };
  return { key, ids: sided({ ...made, 'webhook-deliveries': await deliveryIds(system, key) }) };
}

/** The bodies with which an operation is shown: those that are named, or the examples of its fields. */
export function exampleBodies(one: DocumentedCall): Record<string, unknown> {
  return one.examples ?? { answer: exampleBody(one) };
}

async function deliveryIds(system: TestSystem, key: string): Promise<string[]> {
  const list = '/v1/webhook-deliveries';
  const { body } = await call<{ data: { id: string }[] }>(system, 'GET', list, { key });
  return body.data.map(({ id }) => id);
}

function sided(ids: Ids): Ids {
  const places = Object.entries(ids).flatMap(([noun, own]) =>
    ['/v1', '/admin/v1'].map((side) => [`${side}/${noun}/{id}`, own]),
  );
  return Object.fromEntries(places) as Ids;
}
