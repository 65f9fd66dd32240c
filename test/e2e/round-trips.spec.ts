import { randomUUID } from 'node:crypto';
import { createPayment, postRefund } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { PacketCounter } from '../support/packet-counter.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { until } from './support/until.js';

const calls = 15;

describe('the round trips to the database', () => {
  let system: TestSystem;
  let counter: PacketCounter;

  beforeAll(async () => {
    system = await startSystem({ worker: 0, sandboxEnv: { STRIPE_WEBHOOK_URL: '' } });
    counter = new PacketCounter(new URL(system.processDatabase.api));
    await system.kill('api', 'SIGTERM');
    await system.start('api', { API_DATABASE_URL: await counter.start() });
    await createPayment(system);
  });
  afterAll(async () => {
    await system?.stop();
    await counter?.stop();
  });

  /** The fewest of some calls: between them the process also reads the version of its caches. */
  async function fewest(work: () => Promise<unknown>): Promise<number> {
    const counts: number[] = [];
    for (let round = 0; round < calls; round++) {
      const before = counter.packets;
      await work();
      counts.push(counter.packets - before);
    }
    return Math.min(...counts);
  }

  it('are two for a payment: the intent before the provider, the outcome after it', async () => {
    expect(await fewest(() => createPayment(system))).toBe(2);
  });

  it('are one for a payment that waits to be confirmed, and one for its answer', async () => {
    expect(await fewest(() => createPayment(system, { confirm: false }))).toBe(2);
  });

  it('are at most four for a refund, which reads the payment before and for the provider', async () => {
    const { id } = await createPayment(system, { amount: '900.00' });
    const refund = async () => {
      const { status } = await postRefund(system, id, { amount: '1.00' });
      expect(status).toBe(201);
    };
    expect(await fewest(refund)).toBeLessThanOrEqual(4);
  });

  it('are two for a page of the events feed, its epoch included: the reading and its end', async () => {
    expect(await fewest(() => call(system, 'GET', '/v1/events'))).toBe(2);
  });

  it('write the claim, the payment, its attempt, event and audit row in one transaction', async () => {
    const [key, token] = [randomUUID(), 'pm_sandbox_slow_1500ms'];
    const change = { payment_method_token: token };
    const paying = createPayment(system, change, { idempotencyKey: key });
    const text = `WITH t AS (SELECT id, xmin FROM transactions WHERE idempotency_key = $1)
      SELECT xmin::text FROM t
      UNION ALL SELECT k.xmin::text FROM idempotency_keys AS k JOIN t ON t.id = k.resource_id
      UNION ALL SELECT a.xmin::text FROM transaction_attempts AS a JOIN t ON t.id = transaction_id
      UNION ALL SELECT e.xmin::text FROM transaction_events AS e JOIN t ON t.id = transaction_id
      UNION ALL SELECT l.xmin::text FROM audit_logs AS l JOIN t ON t.id = l.resource_id`;
    const ask = () => queryOnce<{ xmin: string }>(system.database.admin, text, [key]);
    const rows = await until('the intent', ask, (found) => found.length > 0);
    expect(rows).toHaveLength(5);
    expect(new Set(rows.map(({ xmin }) => xmin)).size).toBe(1);
    expect((await paying).status).toBe('completed');
  });
});
