import pg from 'pg';
import { lifecycleJobs } from '../../apps/api/src/modules/lifecycle/lifecycle-jobs.js';
import { verifyBlocks } from '../../apps/api/src/modules/lifecycle/audit-verification.js';
import { createPayment, paymentBody, type Payment, postRefund } from '../factories/payments.js';
import { createPayment as insertPayment } from '../schema/support/rows.js';
import { call } from '../support/http.js';
import { checkInvariants, isBroken } from '../support/invariants.js';
import { TestLifecycle } from '../support/lifecycle.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { expectProblem } from './support/problems.js';
import {
  backdate,
  momentsOf,
  sendings,
  secondMs,
  stagesOf,
  watchAudit,
  watchPayment,
  watchSendings,
  type Watched,
  wrongAt,
} from './support/simulated-years.js';

const years = 11;
const payer = { customer_email: 'ada@example.com', customer_name: 'Ada', description: 'a book' };
const ages = ['0 days', '400 days'];

const ofRealClock = 'the present month is long over by the simulated clock';

// A busy machine takes its time for two hundred runs of all jobs.
jest.setTimeout(240_000);

describe('eleven years', () => {
  let system: TestSystem;
  let admin: pg.Client;
  let lifecycle: TestLifecycle;
  const watched: Watched[] = [];
  let told: Payment;
  let held: string;
  const body = paymentBody(payer);
  const idempotencyKey = 'eleven-years';

  beforeAll(async () => {
    system = await startSystem({ worker: 0, brokenInvariants: { I12: ofRealClock } });
    admin = new pg.Client({ connectionString: system.database.admin });
    await admin.connect();
    lifecycle = await TestLifecycle.connect(system.database.worker);
    for (const age of ages) await trade(age);
    const key = system.credentials.second_partner_api_key;
    held = (await createPayment(system, payer, { key })).id;
    await backdate(admin, [held], '400 days');
    await admin.query(
      `INSERT INTO legal_holds (partner_id, transaction_id, reason, placed_by)
       SELECT partner_id, id, 'a case', 'ada' FROM transactions WHERE id = $1`,
      [held],
    );
  });
  afterAll(async () => {
    await lifecycle?.close();
    await admin?.end();
    await system?.stop();
  });

  /** A payment made that long ago; of the older ones one of each kind, and what lies beside them. */
  async function trade(age: string): Promise<void> {
    const isFirst = age !== ages[0];
    const paid = await createPayment(system, {}, { body, ...(isFirst && { idempotencyKey }) });
    await postRefund(system, paid.id, { amount: '1.00' });
    const payments = [paid.id];
    if (isFirst) {
      told = paid;
      const declined = { ...payer, payment_method_token: 'pm_card_visa_chargeDeclined' };
      const failed = await createPayment(system, declined);
      const open = await createPayment(system, { ...payer, confirm: false });
      const path = `/v1/transactions/${open.id}/cancel`;
      await call(system, 'POST', path, { body: { reason: 'sold out' } });
      for (const text of sendings) await admin.query(text, [paid.id]);
      payments.push(failed.id, open.id);
    }
    await backdate(admin, payments, age);
    for (const id of payments) watched.push(...(await watchPayment(admin, id)));
    if (!isFirst) return;
    watched.push(...(await watchSendings(admin, paid.id)), ...(await watchAudit(admin, paid.id)));
  }

  async function run(now: Date): Promise<void> {
    for (const { name } of lifecycleJobs) await lifecycle.run(name, now);
  }

  const read = () => call<Payment>(system, 'GET', `/v1/transactions/${told.id}`);
  const repeat = () => call(system, 'POST', '/v1/transactions', { body, idempotencyKey });

  /** What its partner sees of one payment, at each stage of it. */
  async function lookAt(stage: string): Promise<void> {
    if (stage === 'deleted') {
      expectProblem(await read(), 404, 'transaction_not_found');
      return;
    }
    const answer = await read();
    expect([stage, answer.status, answer.body]).toMatchObject([
      ...[stage, 200],
      {
        ...{ id: told.id, status: 'partially_refunded', amount: told.amount },
        archived: stage !== 'live',
        customer_email: stage === 'redacted' ? null : payer.customer_email,
      },
    ]);
    const problem = expectProblem(await repeat(), 422, 'idempotency_key_expired');
    expect(problem.transaction_id).toBe(told.id);
  }

  it('pass, and every rule is kept to the second', async () => {
    const manual = { status: 'processing', provider: 'manual' } as const;
    const { rows } = await admin.query<{ id: string }>('SELECT id FROM partners LIMIT 1');
    const waiting = await insertPayment(admin, rows[0]?.id ?? '', manual);
    watched.push(
      ...[held, waiting].map((id) => ({
        ...{ what: 'a payment that nothing ends', values: [id] },
        text: `SELECT FROM transactions WHERE id = $1
          AND (customer_email IS NOT NULL OR status = 'processing')`,
      })),
    );
    const { folded: live, archived, redacted, deleted } = await stagesOf(admin, told.id);
    const stages = new Map(
      Object.entries({ live, archived, redacted, deleted }).map(([stage, at]) => [
        at.getTime() + secondMs,
        stage,
      ]),
    );
    const first = new Date(Date.now() - 398 * 86_400_000);
    const moments = momentsOf(watched, first, 12 * (years + 1));
    let checkedYear = 0;
    for (const now of moments) {
      await run(now);
      const wrong = await wrongAt(admin, watched, now);
      expect({ now, wrong }).toEqual({ now, wrong: [] });
      const stage = stages.get(now.getTime());
      if (stage) await lookAt(stage);
      if (now.getUTCFullYear() === checkedYear) continue;
      checkedYear = now.getUTCFullYear();
      await expectSound(now);
    }
    expect(checkedYear).toBeGreaterThanOrEqual(new Date().getUTCFullYear() + years - 1);
    await letGo(moments.at(-1) ?? first);
  });

  /** No worker runs that would apply what the sandbox has told. */
  async function expectSound(now: Date): Promise<void> {
    await admin.query(`UPDATE provider_webhooks SET status = 'ignored' WHERE status = 'received'`);
    const findings = await checkInvariants(system.database.worker, now);
    const broken = findings.filter(isBroken).filter(({ name }) => name !== 'I12');
    expect({ now, broken }).toEqual({ now, broken: [] });
    expect(await verifyBlocks(lifecycle.rows)).toMatchObject({ broken: [] });
  }

  /** One run after its release does all that was due for years. */
  async function letGo(now: Date): Promise<void> {
    await admin.query(`UPDATE legal_holds SET released_by = 'ada', released_at = now()`);
    await run(now);
    const left = await admin.query('SELECT FROM transaction_records WHERE id = $1', [held]);
    expect(left.rowCount).toBe(0);
    expect((await repeat()).status).toBe(201);
  }
});
