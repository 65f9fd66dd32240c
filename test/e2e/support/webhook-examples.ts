import { createPayment, type Payment, postRefund } from '../../factories/payments.js';
import { call } from '../../support/http.js';
import type { TestSystem } from '../../support/system.js';
import { makePartner, type PartnerAccount } from './operations.js';
import { settle, transfer } from './settlements.js';
import { steadyAnswer } from './steady-answers.js';
import { until } from './until.js';
import { type Delivery, openWebhook, type WebhookShops } from './webhook-shops.js';

interface Examples {
  /** What is sent, by its type. */
  webhooks: Record<string, unknown>;
  /** What operations of the delivery log answer. */
  answers: Record<string, { answer: { value: unknown } }>;
}

/** Stands in the examples as the webhook URL of the shop. */
const path = '/hooks';
const order = { amount: '10.50', currency: 'EUR', customer_email: 'jane.doe@example.com' };
const card = { ...order, payment_method: 'card', payment_method_token: 'pm_card_visa' };
const withToken = (payment_method_token: string) => ({ ...card, payment_method_token });
const challenge = {
  ...withToken('pm_card_authenticationRequired'),
  return_url: 'https://corner-shop.example/thanks',
};
const later = { confirm: false };
const partly = { amount: '4.00', reason: 'One item was out of stock' };

/** Makes real deliveries, and tells of them what does not differ from run to run. */
export async function makeWebhookExamples(
  system: TestSystem,
  shops: WebhookShops,
): Promise<Examples> {
  const answers = await answersOfLog(system, shops);
  const often = { rate_limit_per_minute: 60_000 };
  const shop = await makePartner(system, { ...often, webhook_url: shops.urlOf(path) });
  const webhooks: Record<string, unknown> = {};
  for (const [type, paymentId] of await makeOneOfEach(system, shop)) {
    webhooks[type] = steadyAnswer(await sentAtRest(shops, shop, type, paymentId));
  }
  await shops.post(shop, '/v1/partner/webhook/test');
  webhooks['webhook.test'] = steadyAnswer(lastSent(shops, shop));
  return { webhooks, answers };
}

/** Payments that stay as a webhook of theirs tells, by its type. */
async function makeOneOfEach(
  system: TestSystem,
  { api_key: key }: PartnerAccount,
): Promise<[type: string, paymentId: string][]> {
  let orders = 2040;
  const pay = (body: object) => {
    const idempotencyKey = `order-${++orders}-payment`;
    return createPayment(system, { ...body }, { key, idempotencyKey });
  };
  const ask = (verb: string, { id }: Payment, body?: object) =>
    call(system, 'POST', `/v1/transactions/${id}/${verb}`, { key, body });
  const refund = async (payment: Payment, body: Record<string, unknown>) => {
    await postRefund(system, payment.id, body, { key, idempotencyKey: `return-${orders}` });
    return payment.id;
  };
  const waiting = await pay({ ...challenge, ...later });
  await ask('confirm', waiting);
  const cancelled = await pay({ ...card, ...later });
  await ask('cancel', cancelled, { reason: 'Sold out' });
  const received = await pay({ ...order, ...transfer, provider: 'manual' });
  await settle(system, `/transactions/${received.id}`);
  const waitingRefund = await refund(received, partly);
  const partlyRefunded = await refund(await pay(card), partly);
  return [
    ['transaction.created', (await pay({ ...card, ...later })).id],
    ['transaction.processing', waiting.id],
    ['transaction.completed', (await pay(card)).id],
    ['transaction.failed', (await pay(withToken('pm_card_visa_chargeDeclined'))).id],
    ['transaction.cancelled', cancelled.id],
    ['transaction.partially_refunded', partlyRefunded],
    ['transaction.refunded', await refund(await pay(card), { reason: 'Returned' })],
    ['refund.created', waitingRefund],
    ['refund.completed', partlyRefunded],
    ['refund.failed', await refund(await pay(withToken('pm_sandbox_refund_fail')), partly)],
  ];
}

/** A webhook shows its object as it is when it is sent: the last time, when nothing changes any more. */
async function sentAtRest(
  shops: WebhookShops,
  shop: PartnerAccount,
  type: string,
  paymentId: string,
): Promise<unknown> {
  const query = `?type=${type}&transaction_id=${paymentId}`;
  const delivered = () =>
    until(
      `${type} to be delivered`,
      () => shops.list(shop, query),
      ([first]) => first?.status === 'delivered',
    );
  const [delivery] = await delivered();
  await shops.post(shop, `/v1/webhook-deliveries/${delivery?.id}/redeliver`);
  await delivered();
  return lastSent(shops, shop, delivery?.id);
}

/** The log of a shop whose server was out of order at first. */
async function answersOfLog(system: TestSystem, shops: WebhookShops): Promise<Examples['answers']> {
  shops.answers.set(path, (response) => response.writeHead(503).end('out of order'));
  const shop = await shops.subscribe(path);
  const options = { key: shop.api_key };
  const payment = await createPayment(system, card, options);
  const isRefused = (all: Delivery[]) =>
    all.length === 2 && all.every(({ attempt_count: count }) => count === 1);
  const [refused] = await until('two attempts', () => shops.list(shop), isRefused);
  shops.answers.delete(path);
  await shops.retryNow(shop);
  await shops.settle(shop, 'delivered');
  await postRefund(system, payment.id, partly, options);
  await shops.settle(shop, 'delivered', 5);
  const log = '/v1/webhook-deliveries';
  const one = `${log}/${refused?.id}`;
  const answers = {
    'partners listWebhookDeliveries': await shops.get(shop, log),
    'partners getWebhookDelivery': await shops.get(shop, one),
    'partners createWebhookRedelivery': (await shops.post(shop, `${one}/redeliver`)).body,
  };
  await shops.settle(shop, 'delivered', 5);
  const shown = Object.entries(answers).map(([operation, value]) => [
    operation,
    { answer: { value: steadyAnswer(value) } },
  ]);
  return Object.fromEntries(shown) as Examples['answers'];
}

function lastSent(shops: WebhookShops, shop: PartnerAccount, id?: string): unknown {
  const sent = shops
    .receivedAt(path)
    .findLast(({ headers }) => id === undefined || headers['webhook-id'] === id);
  if (!sent) throw new Error(`${id} was not sent`);
  return openWebhook(sent, shop.webhook_secret);
}
