import { createPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { until } from './support/until.js';
import { WebhookShops } from './support/webhook-shops.js';

describe('a webhook whose secret none of the keys opens', () => {
  let system: TestSystem;
  let shops: WebhookShops;

  beforeAll(async () => {
    system = await startSystem({ sandbox: false, env: { WORKER_POLL_MS: '50' } });
    shops = new WebhookShops(system);
    await shops.start();
  });
  afterAll(async () => {
    await system?.stop();
    await shops?.stop();
  });

  it('is logged as an attempt that failed, and goes out when the key is back', async () => {
    const shop = await shops.subscribe('/lost-key');
    const query = (text: string, values: unknown[]) =>
      queryOnce<Record<string, string>>(system.database.admin, text, values);
    const seal = (secret: string) =>
      query('UPDATE partners SET webhook_secret = $2 WHERE id = $1', [shop.id, secret]);
    const state = 'SELECT webhook_secret, webhook_failing_since FROM partners WHERE id = $1';
    const [before] = await query(state, [shop.id]);
    const secret = before?.webhook_secret ?? '';
    await seal(secret.replace(/^[^.]+/, 'lost'));
    await createPayment(system, { confirm: false }, { key: shop.api_key });
    const ask = async () => {
      const [delivery] = await shops.list(shop);
      return delivery ? shops.attempts(shop, delivery.id) : [];
    };
    const attempts = await until('its log', ask, ({ length }) => length > 0);
    expect(attempts).toMatchObject([
      { number: 1, http_status: null, failure_reason: 'unreadable' },
    ]);
    const [delivery] = await shops.list(shop);
    expect(Date.parse(delivery?.next_attempt_at ?? '')).toBeGreaterThan(Date.now());
    expect(await query(state, [shop.id])).toMatchObject([{ webhook_failing_since: null }]);
    expect(shops.receivedAt('/lost-key')).toEqual([]);
    await seal(secret);
    await shops.retryNow(shop);
    await shops.settle(shop, 'delivered', 1);
    expect(shops.receivedAt('/lost-key')).toHaveLength(1);
  });
});
