import { randomUUID } from 'node:crypto';
import { createPayment, paymentBody, postRefund, readPayment } from '../factories/payments.js';
import type { List, Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import type { Answer } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { currentTestRun } from '../support/test-run.js';
import { type Ran, runCommand } from './support/commands.js';
import { newKey, openWith, sealWith } from './support/envelopes.js';
import { expectProblem } from './support/problems.js';
import { ring, totals } from './support/rotations.js';
import { decideAsPayer } from './support/sandbox.js';
import {
  addPayments,
  archivePayment,
  keysInUse,
  openWebhooks,
  sealedValues,
  unsealedParts,
  wrongResponseHashes,
} from './support/sealed-rows.js';
import { until } from './support/until.js';
import { WebhookShops } from './support/webhook-shops.js';

interface Known extends Payment {
  customer_email: string;
  customer_name: string;
  customer_phone: string;
}

const manyPayments = 600;
const payer = {
  customer_email: 'Rotated-Payer@example.com',
  customer_name: 'Rotated Surname',
  customer_phone: '+66 555 0100 200',
};
const emailOfMany = 'many@example.com';

const isNone = (rows: object[]) => rows.length === 0;

describe('a rotation of keys', () => {
  let system: TestSystem;
  let shops: WebhookShops;
  let first: Answer<Payment>;
  let before: object[];
  const idempotencyKey = randomUUID();
  const body = paymentBody(payer);
  const { secrets } = currentTestRun();
  const [oldSeal, oldHash] = [secrets.encryption_keys, secrets.hash_keys];
  const [newSeal, newHash] = [newKey('next'), newKey('next')];
  const both = ring([newSeal, oldSeal], [newHash, oldHash]);
  const rotate = (env: Record<string, string>, ...words: string[]) =>
    runCommand(system, ['keys', 'rotate', ...words], { env });

  beforeAll(async () => {
    system = await startSystem({ env: { WORKER_POLL_MS: '100' } });
    first = await pay();
    expect((await payBack()).status).toBe(201);
    await payBy3DSecure();
    await archiveOne();
    await subscribeShop();
    const keys = { seal: oldSeal, hash: oldHash, email: emailOfMany };
    await addPayments(system, first.body.id, manyPayments, keys);
  });
  afterAll(async () => {
    await system?.stop();
    await shops?.stop();
  });

  async function archiveOne(): Promise<void> {
    const { id } = await createPayment(system, { customer_name: 'Ada', confirm: false });
    const path = `/v1/transactions/${id}/cancel`;
    await call(system, 'POST', path, { body: { reason: 'sold out' } });
    await archivePayment(system, id);
  }

  /** A partner that answers to its webhooks, and changes its secret. */
  async function subscribeShop(): Promise<void> {
    shops = new WebhookShops(system);
    await shops.start();
    const shop = await shops.subscribe('/');
    await createPayment(system, {}, { key: shop.api_key });
    await shops.settle(shop, 'delivered');
    const place = `partners.webhook_secret_previous:${shop.id}`;
    const sealed = sealWith(oldSeal, place, shop.webhook_secret);
    await queryOnce(
      system.database.admin,
      `UPDATE partners SET webhook_secret_previous = $2,
         webhook_secret_previous_until = now() + interval '1 hour' WHERE id = $1`,
      [shop.id, sealed],
    );
  }

  function pay(changes: Record<string, unknown> = {}, key = idempotencyKey) {
    const options = { body: { ...body, ...changes }, idempotencyKey: key };
    return call<Payment>(system, 'POST', '/v1/transactions', options);
  }

  function payBack() {
    return postRefund(system, first.body.id, { amount: '1.00' }, { idempotencyKey });
  }

  async function payBy3DSecure(): Promise<void> {
    const { id, next_action: action } = await createPayment(system, {
      ...{ payment_method_token: 'pm_card_authenticationRequired' },
      return_url: 'https://shop.example/thanks',
    });
    await decideAsPayer(action?.url ?? '', 'approve');
    const isDone = ({ status }: Payment) => status === 'completed';
    await until('the webhook', () => readPayment(system, id), isDone);
  }

  async function restart(env: Record<string, string>, names: string[]): Promise<void> {
    for (const name of names) {
      await system.kill(name, 'SIGTERM');
      await system.start(name, env);
    }
  }

  async function foundByEmail(email = ' ROTATED-payer@example.com'): Promise<string[]> {
    const path = `/v1/transactions?limit=100&customer_email=${encodeURIComponent(email.trim())}`;
    const { body: list } = await call<List<Payment>>(system, 'GET', path);
    return list.data.map(({ id }) => id);
  }

  async function expectReplay(): Promise<void> {
    const again = await pay();
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.text).toBe(first.text);
  }

  it('begins with everything readable, found and repeatable under both keys', async () => {
    await restart(both, ['api', 'worker']);
    expect(await readPayment(system, first.body.id)).toMatchObject(payer);
    expect(await foundByEmail()).toEqual([first.body.id]);
    await expectReplay();
    const other = expectProblem(await pay({ amount: '11.00' }), 422, 'idempotency_key_reused');
    expect(other).toMatchObject({ mismatched_fields: ['amount'] });
    const second = await pay({}, randomUUID());
    expect(await foundByEmail()).toEqual([second.body.id, first.body.id]);
  });

  it('is counted by a dry run, which changes nothing', async () => {
    await until('the webhooks', () => openWebhooks(system), isNone);
    before = await unsealedParts(system);
    const [values, used] = [await sealedValues(system), await keysInUse(system)];
    const ran = await rotate(both, '--dry-run');
    expect([ran.code, totals(ran)]).toEqual([0, { resealed: 0, left: used['local1'] }]);
    expect(ran.stdout).toMatch(/^partners\.webhook_secret +0 +4 +local1: 4$/m);
    expect(ran.stdout).toMatch(/^\d+ requests are compared under the hash key local1 until 20/m);
    expect(await sealedValues(system)).toEqual(values);
  });

  it('says which keys the database needs when one of them is gone', async () => {
    const ran = await rotate(ring([newSeal], [newHash]), '--dry-run');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('no encryption key with the id local1');
    expect(ran.stdout).toMatch(/^transactions\.customer_email .*local1: \d+/m);
  });

  it('goes on where it was killed, two at once, while payments are made', async () => {
    const killAt = /re-sealing transactions/;
    const unkilled = await keysInUse(system);
    const killed = await runCommand(system, ['keys', 'rotate', '--batch', '3'], {
      ...{ env: both, killAt },
    });
    expect(killed.signal).toBe('SIGKILL');
    const used = await keysInUse(system);
    expect(used['local1']).toBeGreaterThan(manyPayments / 2);
    expect(used['next']).toBeGreaterThan(unkilled['next'] ?? 0);
    const [one, two, ...payments] = await Promise.all([
      ...['7', '11'].map((batch) => rotate(both, '--batch', batch)),
      ...Array.from({ length: 20 }, () => createPayment(system)),
    ]);
    const ran = [one as Ran, two as Ran];
    expect(ran.map(({ code, stderr }) => [code, /opened|older/.test(stderr)])).toEqual([
      [0, false],
      [0, false],
    ]);
    const resealed = ran.map((each) => totals(each).resealed);
    expect(resealed.reduce((sum, count) => sum + count)).toBe(used['local1']);
    expect(payments).toHaveLength(20);
    expect(Object.keys(await keysInUse(system))).toEqual(['next']);
  });

  it('changes nothing but what is sealed: no version, no time, no event', async () => {
    const after = new Set((await unsealedParts(system)).map((row) => JSON.stringify(row)));
    expect(before.length).toBeGreaterThan(manyPayments);
    expect(before.filter((row) => !after.has(JSON.stringify(row)))).toEqual([]);
    expect(await wrongResponseHashes(system)).toEqual([]);
  });

  it('leaves envelopes that open under the new key, each in its place', async () => {
    const values = await sealedValues(system);
    const opened = new Map(
      values.map(({ place, envelope }) => [place, openWith(newSeal, place, envelope)]),
    );
    expect(opened.get(`transactions.customer_email:${first.body.id}`)).toBe(payer.customer_email);
    expect([...opened.values()]).toContain(system.credentials.webhook_secret);
    const places = [...opened.keys()].map((place) => place.split(':')[0]);
    expect(new Set(places).size).toBe(8);
    const [one, two] = values.filter(({ place }) => place.includes('customer_email'));
    expect(() => openWith(newSeal, one?.place ?? '', two?.envelope ?? '')).toThrow(/auth/);
  });

  it('has nothing to do the second time, and is audited each time', async () => {
    const ran = await rotate(both);
    expect([ran.code, totals(ran)]).toEqual([0, { resealed: 0, left: 0 }]);
    const rows = await queryOnce<{ changes: { after: { columns: object } } }>(
      system.database.admin,
      `SELECT actor_type, actor, action, changes FROM audit_logs
       WHERE resource_type = 'encryption_keys' ORDER BY id`,
    );
    expect(rows).toHaveLength(3);
    const none = { resealed: 0, left: 0 };
    expect(rows[2]).toMatchObject({
      ...{ actor_type: 'system', actor: 'command', action: 'update' },
      changes: { after: { encryption_key: 'next', columns: { 'partners.webhook_secret': none } } },
    });
  });

  it('ends with the old encryption key removed, and the answers still repeatable', async () => {
    await restart(ring([newSeal], [newHash, oldHash]), ['api']);
    const known = (await readPayment(system, first.body.id)) as Known;
    expect(known).toMatchObject(payer);
    expect(await foundByEmail()).toHaveLength(2);
    expect(await foundByEmail(emailOfMany)).toHaveLength(100);
    await expectReplay();
  });

  it('without the old hash key finds everything, and names the payment of an older request', async () => {
    await restart(ring([newSeal], [newHash]), ['api', 'worker']);
    expect(await foundByEmail()).toHaveLength(2);
    const expired = expectProblem(await pay(), 422, 'idempotency_key_expired');
    expect(expired).toMatchObject({ transaction_id: first.body.id });
    const late = expectProblem(await payBack(), 422, 'idempotency_key_expired');
    expect(late).toMatchObject({ transaction_id: first.body.id });
    const key = randomUUID();
    const fresh = await pay({}, key);
    expect((await pay({}, key)).text).toBe(fresh.text);
  });
});
