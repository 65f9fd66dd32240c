import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { charges } from '../e2e/support/sandbox.js';
import { paymentBody } from '../factories/payments.js';
import type { Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import type { Answer } from '../support/http.js';
import { sizes } from '../support/sizes.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { CrashingApis, type CrashPlan } from './support/crashing-apis.js';
import { patient } from './support/victim.js';

const keys = sizes.crashedKeys;
const duplicates = 5;
const keysAtOnce = Math.min(30, keys / 4);
const apis = ['api', 'api-2', 'api-3'];
const plan: CrashPlan = {
  failpoints: [
    ...(['create.before_intent', 'create.after_intent'] as const),
    ...(['charge.after_provider', 'charge.after_outcome'] as const),
  ],
  requestsToACrash: Math.max(20, keys * 0.3),
  crashesOfEach: keys / 20,
};

describe('three APIs that crash again and again', () => {
  let system: TestSystem;
  let crashing: CrashingApis | undefined;

  beforeAll(async () => {
    system = await startSystem({
      ...{ env: patient, api: apis.length },
      firstStart: Object.fromEntries(apis.map((name) => [name, null])),
    });
  });
  afterAll(async () => {
    await crashing?.stop();
    await system?.stop();
  });

  /** One client: sends its request to one API after the other until it is answered. */
  async function insist(body: unknown, idempotencyKey: string, first: number) {
    for (let turn = first; ; turn += 1) {
      const baseUrl = system.apiUrls[turn % system.apiUrls.length] ?? '';
      const target = { baseUrl, credentials: system.credentials };
      const options = { body, idempotencyKey, timeoutMs: 5_000 };
      const answer = await call<Payment>(target, 'POST', '/v1/transactions', options).catch(
        (): undefined => undefined,
      );
      if (answer && answer.status !== 409 && answer.status < 500) return answer;
      if (turn - first > 400) throw new Error(`nobody answers ${idempotencyKey}`);
      await sleep(answer?.status === 409 ? 700 : 250);
    }
  }

  async function payOnce(index: number): Promise<Answer<Payment>[]> {
    const [body, key] = [paymentBody({ reference: `order-${index}` }), randomUUID()];
    const clients = Array.from({ length: duplicates }, (_, n) => insist(body, key, index + n));
    return Promise.all(clients);
  }

  it(`charge each of ${keys} keys once, and give its five requests the same bytes`, async () => {
    crashing = new CrashingApis(system, apis, plan);
    const answers: Answer<Payment>[][] = [];
    let next = 0;
    const worker = async () => {
      for (let index = next++; index < keys; index = next++) {
        answers[index] = await payOnce(index);
      }
    };
    await Promise.all(Array.from({ length: keysAtOnce }, worker));
    await crashing.stop();

    expect(crashing.crashes).toBeGreaterThan(5);
    const ids = answers.map((same) => {
      expect(new Set(same.map(({ text }) => text)).size).toBe(1);
      expect(same[0]).toMatchObject({ status: 201, body: { status: 'completed' } });
      return same[0]?.body.id ?? '';
    });
    expect(new Set(ids).size).toBe(keys);
    const ledger = await charges(system);
    expect(ledger.map(({ status }) => status)).toEqual(Array(keys).fill('succeeded'));
    expect(new Set(ledger.map((charge) => charge.transaction_id))).toEqual(new Set(ids));
    const text = `SELECT count(*)::int AS payments, count(*) FILTER (WHERE status = 'completed')::int
        AS completed FROM transactions`;
    const [row] = await queryOnce(system.database.admin, text);
    expect(row).toEqual({ payments: keys, completed: keys });
  }, 300_000);
});
