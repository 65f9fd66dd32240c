import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { createPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { PacketCounter } from '../support/packet-counter.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import {
  CertificateHost,
  heldWebhooks,
  type HeldWebhook,
  withChecksumOf,
} from './support/paypal-webhooks.js';
import { expectProblem } from './support/problems.js';
import { behave, holdWebhooks } from './support/sandbox.js';
import { eventOf, sign } from './support/stripe-webhooks.js';
import { until } from './support/until.js';

const calls = 10;
const kilobyte = 1024;

describe('a webhook that comes in', () => {
  let system: TestSystem;
  let counter: PacketCounter;
  const certificates = new CertificateHost();

  beforeAll(async () => {
    const sandboxEnv = { PAYPAL_CERT_URL: await certificates.start(), SANDBOX_SETTLE_MS: '20' };
    system = await startSystem({ worker: 0, sandboxEnv });
    certificates.serve(system);
    await holdWebhooks(system);
    counter = new PacketCounter(new URL(system.processDatabase.api));
    await system.kill('api', 'SIGTERM');
    await system.start('api', { API_DATABASE_URL: await counter.start() });
    await createPayment(system);
  });
  afterAll(async () => {
    await system?.stop();
    await counter?.stop();
    await certificates.stop();
  });

  const send = (body: string, headers: Record<string, string> = {}, signature = sign(body)) =>
    call(system, 'POST', '/webhooks/stripe', {
      ...{ key: null, idempotencyKey: null, body },
      headers: { 'stripe-signature': signature, ...headers },
    });

  const stored = (type: string) =>
    queryOnce<{ provider_event_id: string; event_type: string }>(
      system.database.admin,
      `SELECT provider_event_id, event_type FROM provider_webhooks WHERE event_type LIKE $1 || '%'`,
      [type],
    );

  const refund = () => ({
    ...{ id: `re_${randomUUID()}`, object: 'refund', amount: 100, currency: 'usd' },
    ...{ status: 'succeeded', payment_intent: 'pi_1', metadata: {} },
  });

  /** An event about several refunds, as older versions of the API tell them. */
  const several = (count: number, type: string) =>
    eventOf({ object: 'charge', refunds: { data: Array.from({ length: count }, refund) } }, type);

  it.each(['text/plain', 'application/xml', 'json', 'application/json; ;', ' ', 'a/b/c'])(
    'is read as it is when its type is %p',
    async (type) => {
      const event = eventOf({ object: 'thing' }, `typed.${randomUUID()}`);
      const answer = await send(JSON.stringify(event), { 'content-type': type });
      expect([answer.status, answer.body]).toEqual([200, { received: true }]);
      expect(await stored(event.type)).toHaveLength(1);
    },
  );

  it('is read as it is when it has no type', async () => {
    const event = eventOf({ object: 'thing' }, `untyped.${randomUUID()}`);
    const body = JSON.stringify(event);
    const url = new URL('/webhooks/stripe', system.baseUrl);
    const status = await new Promise((resolve, reject) => {
      const headers = { 'stripe-signature': sign(body) };
      const sent = request(url, { method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.once('error', reject).end(body);
    });
    expect(status).toBe(200);
    expect(await stored(event.type)).toHaveLength(1);
  });

  it('may be a megabyte long, and no longer', async () => {
    const event = eventOf({ object: 'thing', padding: 'x'.repeat(1000 * kilobyte) }, 'big.one');
    expect((await send(JSON.stringify(event))).status).toBe(200);
    const larger = eventOf({ object: 'thing', padding: 'x'.repeat(1025 * kilobyte) }, 'big.two');
    const answer = await send(JSON.stringify(larger)).catch(() => undefined);
    // The connection may be cut while the rest is still being sent.
    if (answer) expectProblem(answer, 413, 'payload_too_large');
    expect(await stored('big.')).toHaveLength(1);
  });

  it('that is no JSON is refused like one with a wrong signature', async () => {
    for (const body of ['', 'nonsense', '[]', '{"id":1}', '\0', '['.repeat(100_000)]) {
      expectProblem(await send(body), 400, 'webhook_signature_invalid');
    }
  });

  it('is stored in one way to the database, however many facts it holds', async () => {
    const counts: number[] = [];
    for (let turn = 0; turn < calls; turn++) {
      const event = several(20, `several.${turn}.${randomUUID()}`);
      const before = counter.packets;
      expect((await send(JSON.stringify(event))).status).toBe(200);
      counts.push(counter.packets - before);
      expect(await stored(event.type)).toHaveLength(20);
    }
    // Now and then the process reads the version of its caches as well.
    expect(Math.min(...counts)).toBe(1);
  });

  it('keeps all of its facts once, however often it comes', async () => {
    const event = several(3, `repeated.${randomUUID()}`);
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(JSON.stringify(event))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const ids = (await stored(event.type)).map((row) => row.provider_event_id);
    expect(ids.sort()).toEqual([event.id, `${event.id}#2`, `${event.id}#3`].sort());
  });

  it.each([
    ['an id and a type that are too long', 'e'.repeat(5_000), 't'.repeat(5_000)],
    ['NUL and half a surrogate pair', `a\0b\ud800${'c'.repeat(300)}`, `t\0\ud800`],
  ])('is stored once with %s', async (_name, id, type) => {
    const event = { ...eventOf({ object: 'thing' }, `${randomUUID()}.${type}`), id };
    for (let turn = 0; turn < 2; turn++) {
      expect((await send(JSON.stringify(event))).status).toBe(200);
    }
    expect(await stored(event.type.slice(0, 36))).toHaveLength(1);
  });

  it('is asked for again, and not stored, while its certificate can not be fetched', async () => {
    const body = JSON.stringify({ id: 'WH-1', event_type: 'unverified' });
    const headers = {
      'paypal-transmission-id': randomUUID(),
      'paypal-transmission-time': new Date().toISOString(),
      'paypal-transmission-sig': 'c2ln',
      'paypal-auth-algo': 'SHA256withRSA',
      'paypal-cert-url': 'http://127.0.0.1:9/v1/notifications/certs/CERT-1',
    };
    const options = { key: null, idempotencyKey: null, body, headers };
    const answer = await call(system, 'POST', '/webhooks/paypal', options);
    expectProblem(answer, 503, 'service_unavailable');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await stored('unverified')).toEqual([]);
  });

  describe('from PayPal', () => {
    let dispute: HeldWebhook;

    const transmissionOf = ({ headers }: HeldWebhook) => headers['paypal-transmission-id'];
    /** Another event under the same signature. */
    const forgeryOf = (webhook: HeldWebhook, type: string) => {
      const event = { ...(JSON.parse(webhook.payload) as object), id: type, event_type: type };
      return { ...webhook, payload: withChecksumOf(webhook.payload, JSON.stringify(event)) };
    };

    const pass = ({ headers, payload }: HeldWebhook) => {
      const options = { key: null, idempotencyKey: null, body: payload, headers };
      return call(system, 'POST', '/webhooks/paypal', options);
    };

    beforeAll(async () => {
      const token = { provider: 'paypal', payment_method_token: 'sandbox-paypal-dispute-won' };
      await createPayment(system, token);
      const isDispute = ({ type }: HeldWebhook) => type === 'CUSTOMER.DISPUTE.CREATED';
      const ask = async () => (await heldWebhooks(system)).filter(isDispute);
      const [held] = await until('the dispute', ask, (found) => found.length > 0);
      if (!held) throw new Error('no dispute');
      dispute = held;
    });

    it('is answered before its certificate comes, and stored once it has come', async () => {
      const answer = await pass(dispute);
      expectProblem(answer, 503, 'service_unavailable');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expectProblem(await pass(dispute), 503, 'service_unavailable');
      expect(certificates.asked).toBe(1);
      expect(await stored(dispute.type)).toEqual([]);
      certificates.open();
      const ask = () => stored(dispute.type);
      expect(await until('the certificate', ask, (rows) => rows.length > 0)).toHaveLength(1);
    });

    it('is taken without a word with PayPal itself', async () => {
      await behave(system, { latency_ms: 60_000, method: 'GET', path: '/v2/payments/captures' });
      const [webhook] = (await heldWebhooks(system)).filter(({ type }) => type === dispute.type);
      if (!webhook) throw new Error('no dispute');
      expect((await pass(webhook)).status).toBe(200);
      const left = await fetch(new URL('/_sandbox/behaviour', system.sandboxUrl));
      expect(await left.json()).toMatchObject({ behaviours: [{ times: 1 }] });
      expect(await stored(dispute.type)).toHaveLength(1);
    });

    it('is the same event under another transmission, which brings no other one either', async () => {
      const [resent] = (await heldWebhooks(system)).filter(({ type }) => type === dispute.type);
      if (!resent) throw new Error('no dispute');
      expect(transmissionOf(resent)).not.toBe(transmissionOf(dispute));
      expect((await pass(resent)).status).toBe(200);
      expect(await stored(dispute.type)).toHaveLength(1);
      expect((await pass(forgeryOf(resent, 'FORGED.RESENT'))).status).toBe(200);
      expect(await stored('FORGED.RESENT')).toEqual([]);
    });

    it('brings one event, though its signature would cover another', async () => {
      const [webhook] = (await heldWebhooks(system)).filter(({ type }) => type === dispute.type);
      if (!webhook) throw new Error('no dispute');
      expect((await pass(forgeryOf(webhook, 'FORGED.FIRST'))).status).toBe(200);
      expect(await stored('FORGED.FIRST')).toHaveLength(1);
      expect((await pass(forgeryOf(webhook, 'FORGED.SECOND'))).status).toBe(200);
      expect(await stored('FORGED.SECOND')).toEqual([]);
    });
  });

  it('is counted by its provider and by what became of it', async () => {
    const count = async (result: string) => {
      const { text } = await call(system, 'GET', '/metrics', { key: null });
      const line = `webhooks_received_total{provider="stripe",result="${result}"} `;
      return Number(text.split(line)[1]?.split('\n')[0] ?? 0);
    };
    const before = [await count('accepted'), await count('refused')];
    await send(JSON.stringify(eventOf({ object: 'thing' })));
    await send('{}', {}, 'wrong');
    await call(system, 'POST', '/webhooks/nobody', { key: null, body: '{}' });
    expect([await count('accepted'), await count('refused')]).toEqual(before.map((n) => n + 1));
    const { text, headers } = await call(system, 'GET', '/metrics', { key: null });
    expect(text).not.toContain('nobody');
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
  });
});
