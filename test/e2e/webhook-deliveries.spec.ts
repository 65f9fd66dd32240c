import type { ServerResponse } from 'node:http';
import { createPayment, postRefund } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { storedDocument } from '../support/documents.js';
import { call } from '../support/http.js';
import { startSystem, type TestSystem } from '../support/system.js';
import type { ReceivedWebhook } from '../support/webhook-receiver.js';
import { asOperator } from './support/operations.js';
import { expectProblem } from './support/problems.js';
import { until } from './support/until.js';
import { makeWebhookExamples } from './support/webhook-examples.js';
import { type Delivery, delaysOf, openWebhook, WebhookShops } from './support/webhook-shops.js';

const owed = 10_000;
const longestMedianMs = 1_000;
const isThere = ({ length }: unknown[]) => length > 0;

describe('webhooks to partners', () => {
  let system: TestSystem;
  let shops: WebhookShops;

  beforeAll(async () => {
    system = await startSystem({
      env: { WEBHOOK_TIMEOUT_MS: '1500', WORKER_POLL_MS: '50' },
    });
    shops = new WebhookShops(system);
    await shops.start();
  });
  afterAll(async () => {
    await system?.stop();
    await shops?.stop();
  });

  it('arrive signed, each with its event and the resource as GET shows it', async () => {
    const shop = await shops.subscribe('/shop');
    const payment = await createPayment(system, {}, { key: shop.api_key });
    const { body: refund } = await postRefund(
      system,
      payment.id,
      { amount: '4.00', reason: 'Returned' },
      { key: shop.api_key },
    );
    const deliveries = await shops.settle(shop, 'delivered', 5);
    const events = shops.receivedAt('/shop').map((webhook) => {
      const event = openWebhook(webhook, shop.webhook_secret);
      expect(webhook.headers['webhook-id']).toBe(event.id);
      return event;
    });
    const told = events.toSorted((one, other) => one.sequence - other.sequence);
    expect(told.map(({ type }) => type)).toEqual([
      ...['transaction.created', 'transaction.completed', 'refund.created', 'refund.completed'],
      'transaction.partially_refunded',
    ]);
    expect(deliveries.map(({ id }) => id).toSorted()).toEqual(told.map(({ id }) => id).toSorted());
    expect(told[1]).toMatchObject({ api_version: 'v1', livemode: false, sequence: 2 });
    expect(told.map(({ data }) => data.previous_status)).toEqual([
      ...[null, 'processing', null, expect.any(String), 'completed'],
    ]);
    const last = told.findLast(({ data }) => data.object['object'] === 'transaction');
    expect(last?.data.object).toEqual(await shops.get(shop, `/v1/transactions/${payment.id}`));
    const ofRefund = told.findLast(({ data }) => data.object['object'] === 'refund');
    expect(ofRefund?.data.object).toEqual(await shops.get(shop, `/v1/refunds/${refund.id}`));
  });

  it('are sent and listed as their document shows, ids and times aside', async () => {
    const shown = await makeWebhookExamples(system, shops);
    const stored = storedDocument('apps/api/src/http/webhook-examples.json', () =>
      JSON.stringify(shown),
    );
    expect(shown).toEqual(JSON.parse(stored));
  });

  it('are listed with what was sent and answered, each partner’s own', async () => {
    const path = '/broken';
    shops.answers.set(path, (response) => response.writeHead(500).end('out of order'));
    const [shop, other] = [await shops.subscribe(path), await shops.subscribe('/other')];
    const payment = await createPayment(system, {}, { key: shop.api_key });
    const query = `?status=pending&type=transaction.completed&transaction_id=${payment.id}`;
    const [listed] = await until('one', () => shops.list(shop, query), isThere);
    const id = listed?.id ?? '';
    const attempts = await until('its log', () => shops.attempts(shop, id), isThere);
    const [delivery] = await shops.list(shop, query);
    const headers = expect.objectContaining({ 'webhook-id': id }) as Record<string, string>;
    expect(attempts).toMatchObject([
      { number: 1, http_status: 500, answer: 'out of order', request_headers: headers },
    ]);
    expect(JSON.stringify(attempts)).not.toContain('webhook-signature');
    const stored = await queryOnce<{ answer: string }>(
      system.database.admin,
      'SELECT answer FROM webhook_delivery_attempts WHERE delivery_id = $1',
      [id],
    );
    expect(stored.map(({ answer }) => answer)).toEqual([expect.stringMatching(/^\w+\.[\w-]+$/)]);
    expect(Date.parse(delivery?.next_attempt_at ?? '')).toBeGreaterThan(Date.now());
    for (const method of ['GET', 'POST']) {
      const address = `/v1/webhook-deliveries/${id}${method === 'POST' ? '/redeliver' : ''}`;
      const foreign = await call(system, method, address, { key: other.api_key });
      expectProblem(foreign, 404, 'webhook_delivery_not_found');
    }
    expect(await shops.list(other)).toEqual([]);
    const later = new Date(Date.now() + 60_000).toISOString();
    expect(await shops.list(shop, `?created_from=${encodeURIComponent(later)}`)).toEqual([]);
    shops.answers.delete(path);
    await shops.retryNow(shop);
    await shops.settle(shop, 'delivered');
    expect((await shops.attempts(shop, id)).map((each) => each.http_status)).toEqual([500, 200]);
    expect(
      shops.receivedAt(path).filter(({ headers: sent }) => sent['webhook-id'] === id),
    ).toHaveLength(2);
  });

  it('go out again when they are asked for, under the same id', async () => {
    const shop = await shops.subscribe('/again');
    await createPayment(system, {}, { key: shop.api_key });
    const [delivery] = await shops.settle(shop, 'delivered');
    const id = delivery?.id ?? '';
    const asked = await shops.post<Delivery>(shop, `/v1/webhook-deliveries/${id}/redeliver`);
    expect([asked.status, asked.body.status]).toEqual([202, 'pending']);
    await shops.arrive('/again', 3);
    await shops.settle(shop, 'delivered');
    const ids = shops.receivedAt('/again').map(({ headers }) => headers['webhook-id']);
    expect(ids.filter((each) => each === id)).toHaveLength(2);
    expect(await shops.changes(shop)).toContainEqual({
      ...{ actor_type: 'partner', resource_type: 'webhook_delivery', after: { status: 'pending' } },
    });
  });

  it('go out once more when they are asked for while the last attempt is under way', async () => {
    const held: ServerResponse[] = [];
    const answer = (status: number) => held.pop()?.writeHead(status).end();
    shops.answers.set('/last', (response) => held.push(response));
    const shop = await shops.subscribe('/last');
    const payment = await createPayment(system, { confirm: false }, { key: shop.api_key });
    await shops.arrive('/last', 1);
    const [delivery] = await shops.list(shop, `?transaction_id=${payment.id}`);
    const id = delivery?.id ?? '';
    answer(500);
    await until(
      'its first attempt',
      () => shops.attempts(shop, id),
      ({ length }) => length === 1,
    );
    await shops.beginLastAttempt(id);
    await shops.arrive('/last', 2);
    expect((await shops.post(shop, `/v1/webhook-deliveries/${id}/redeliver`)).status).toBe(202);
    answer(500);
    await shops.arrive('/last', 3);
    answer(200);
    await shops.settle(shop, 'delivered', 1);
  });

  it('are signed with both secrets while one replaces the other, and then with one', async () => {
    const shop = await shops.subscribe('/rotation');
    const path = '/v1/partner/webhook-secret/rotate';
    const { body: rotated } = await shops.post<{ webhook_secret: string }>(shop, path);
    await shops.post(shop, '/v1/partner/webhook/test');
    await queryOnce(
      system.database.admin,
      `UPDATE partners SET webhook_secret_previous_until = now() - interval '1 second' WHERE id = $1`,
      [shop.id],
    );
    await shops.post(shop, '/v1/partner/webhook/test');
    const [during, after] = shops.receivedAt('/rotation') as [ReceivedWebhook, ReceivedWebhook];
    const { webhook_secret: secret } = rotated;
    expect(openWebhook(during, secret)).toEqual(openWebhook(during, shop.webhook_secret));
    expect(openWebhook(after, secret).type).toBe('webhook.test');
    expect(() => openWebhook(after, shop.webhook_secret)).toThrow('No matching signature');
  });

  it('can be tried out: the answer says what came back', async () => {
    const shop = await shops.subscribe('/trial');
    const trial = () => shops.post<Record<string, unknown>>(shop, '/v1/partner/webhook/test');
    expect((await trial()).body).toMatchObject({
      ...{ object: 'webhook_test', delivered: true, http_status: 200, answer: 'thanks' },
      url: shops.urlOf('/trial'),
    });
    shops.answers.set('/trial', (response) => response.writeHead(404).end());
    expect((await trial()).body).toMatchObject({ delivered: false, http_status: 404 });
    shops.answers.set('/trial', (response) => response.destroy());
    expect((await trial()).body).toMatchObject({ delivered: false, failure_reason: 'reset' });
    await asOperator(system, 'PATCH', `/partners/${shop.id}`, { body: { webhook_url: null } });
    expectProblem(await trial(), 409, 'webhook_url_missing');
    expect(await shops.list(shop)).toEqual([]);
  });

  it('stop after 410, are kept, and go out when the URL is saved again', async () => {
    const path = '/gone';
    shops.answers.set(path, (response) => response.writeHead(410).end());
    const shop = await shops.subscribe(path);
    await createPayment(system, {}, { key: shop.api_key });
    const profile = () => shops.get<Record<string, unknown>>(shop, '/v1/partner');
    const disabled = await until(
      'the end',
      profile,
      ({ webhook_disabled_reason: reason }) => reason !== null,
    );
    expect(disabled).toMatchObject({
      webhook_disabled_at: expect.any(String) as string,
      webhook_disabled_reason: 'gone',
    });
    expect(await shops.changes(shop)).toContainEqual({
      ...{ actor_type: 'system', resource_type: 'partner' },
      after: { webhook_disabled_reason: 'gone' },
    });
    const seen = await asOperator<object>(system, 'GET', `/partners/${shop.id}`);
    expect(seen.body).toMatchObject({ webhook_disabled_reason: 'gone' });
    expect(system.logs()).toContain(`the webhook URL of partner ${shop.id} is gone`);
    shops.answers.delete(path);
    const sent = shops.receivedAt(path).length;
    const late = await createPayment(system, {}, { key: shop.api_key });
    const limit = { body: { rate_limit_per_minute: 900 } };
    await asOperator(system, 'PATCH', `/partners/${shop.id}`, limit);
    expect((await profile())['webhook_disabled_reason']).toBe('gone');
    expect(shops.receivedAt(path)).toHaveLength(sent);
    const body = { webhook_url: shops.urlOf(path) };
    await asOperator(system, 'PATCH', `/partners/${shop.id}`, { body });
    const all = await shops.settle(shop, 'delivered', 4);
    expect(all.map((each) => each.transaction_id)).toContain(late.id);
    expect(await profile()).toMatchObject({ webhook_disabled_at: null });
  });

  it('of one partner never wait for ten thousand of another whose server is dead', async () => {
    const held: ServerResponse[] = [];
    shops.answers.set('/dead', (response) => held.push(response));
    const dead = await shops.subscribe('/dead');
    const payment = await createPayment(system, {}, { key: dead.api_key });
    await shops.owe(payment.id, owed);
    await shops.arrive('/dead', 3);
    const lively = await shops.subscribe('/lively');
    for (let made = 0; made < 10; made++) {
      await createPayment(system, {}, { key: lively.api_key });
    }
    await shops.settle(lively, 'delivered', 20);
    const delays = delaysOf(shops.receivedAt('/lively')).toSorted((a, b) => a - b);
    expect(delays[10]).toBeLessThan(longestMedianMs);
    expect(await shops.countUntried(dead)).toBeGreaterThan(owed * 0.99);
    const { text } = await call(system, 'GET', '/metrics', { key: null });
    const metric = (name: string) => Number(text.split(`\n${name} `)[1]?.split('\n')[0]);
    expect(metric('webhook_outbox_lag_seconds')).toBeGreaterThan(3_000);
    expect(metric('webhook_deliveries{state="overdue"}')).toBeGreaterThan(owed * 0.99);
    expect(metric('webhook_deliveries{state="pending"}')).toBeGreaterThanOrEqual(owed);
    expect(metric('webhook_deliveries{state="failed"}')).toBe(0);
    expect(metric('webhook_urls_disabled')).toBe(0);
    await asOperator(system, 'PATCH', `/partners/${dead.id}`, { body: { webhook_url: null } });
    for (const response of held) response.destroy();
  });
});
