import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import {
  countCallOf,
  failOverTransaction,
} from '../../apps/api/src/modules/transactions/failover.statements.js';
import {
  recordAttemptBeside,
  settleTransaction,
} from '../../apps/api/src/modules/transactions/settlement.statements.js';
import type { Transaction } from '../../apps/api/src/modules/transactions/transaction.entity.js';
import { verdictOf } from '../../apps/api/src/modules/transactions/verdict.js';
import { until } from '../e2e/support/until.js';
import { createPartner, createPayment } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { inTransaction } from './support/sessions.js';

type Statement = [text: string, values: unknown[]];
type Known = Pick<Transaction, 'id' | 'partnerId' | 'version'>;

const completedAs = (providerTransactionId: string) =>
  verdictOf({ status: 'completed', providerTransactionId, response: { told: 'paid' } });
const declined = verdictOf({
  ...{ status: 'declined', code: 'card_declined', retry: 'other_provider' },
  ...{ raw: { code: 'no', message: 'No' }, response: {} },
});

const promised = (promise: string) => (promise === 'unsaid' ? {} : { promise });

describe('the attempts of one payment', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let first: pg.Client;
  let second: pg.Client;
  let partner: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    first = await database.connect('payments_worker');
    second = await database.connect('payments_worker');
    partner = await createPartner(owner);
  });
  afterAll(() => database?.stop());

  /** Declined by its first account, and with its second, whom nobody has called. */
  async function goneOn(): Promise<Known> {
    const id = await createPayment(owner, partner, { status: 'processing' });
    await owner.query('UPDATE transactions SET may_fail_over = true WHERE id = $1', [id]);
    const known = await knownOf(id);
    const over = failOverTransaction({
      ...{ transaction: known as Transaction, attemptNo: 1, attemptId: randomUUID() },
      ...{ to: { code: 'stripe', account: 'eu' }, verdict: declined, nextSyncInMs: 60_000 },
      ...{ actor: 'provider:stripe', requestId: undefined },
    });
    expect(await run(first, over)).toHaveLength(1);
    return knownOf(id);
  }

  async function knownOf(id: string): Promise<Known> {
    const { rows } = await owner.query<{ version: number }>(
      'SELECT version FROM transactions WHERE id = $1',
      [id],
    );
    return { id, partnerId: partner, version: rows[0].version };
  }

  /** That the first account took the money after all. */
  function lateSuccess(payment: Known, isAlone: boolean) {
    const at = { provider: 'stripe', providerAccount: 'default' } as const;
    return {
      ...{ transaction: payment as Transaction, attemptNo: 1, toldBy: at, isAlone },
      ...{ status: 'completed' as const, verdict: completedAs(`pi_${payment.id}`) },
      ...{ actor: 'provider:stripe', requestId: undefined, at: undefined },
      ...{ nextSyncInMs: null, leastSyncs: 0 },
    };
  }

  const settle = (payment: Known, isAlone = false) =>
    settleTransaction({ ...lateSuccess(payment, isAlone), answer: undefined });

  function run(client: pg.Client, [text, values]: Statement): Promise<Record<string, unknown>[]> {
    const context = { partners: [partner], actor: 'provider:stripe' };
    return inTransaction(client, context, async () => (await client.query(text, values)).rows);
  }

  async function waiting(count: number): Promise<void> {
    const text = `SELECT count(*)::int AS waiting FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await until(
      'the locks',
      async () => (await owner.query<{ waiting: number }>(text)).rows[0].waiting,
      (found) => found >= count,
    );
  }

  /** Starts each statement in its turn while somebody has the rows of `held`, and lets them all go then. */
  async function behind(held: Statement, [one, other]: [Statement, Statement?]) {
    const holder = await database.connect();
    await holder.query('BEGIN');
    await holder.query(...held);
    const running = [run(first, one)];
    await waiting(1);
    if (other) running.push(run(second, other));
    await waiting(running.length);
    const [ended] = await Promise.all([Promise.all(running), holder.query('COMMIT')]);
    await holder.end();
    return ended.map((rows) => rows.length);
  }

  async function stateOf({ id }: Known): Promise<unknown[]> {
    const { rows } = await owner.query<{ state: string }>(
      `SELECT t.status || ', ' || string_agg(a.status || ' ' || a.sends, ', ' ORDER BY a.attempt_no)
         AS state
       FROM transactions AS t JOIN transaction_attempts AS a ON a.transaction_id = t.id
       WHERE t.id = $1 GROUP BY t.status`,
      [id],
    );
    return rows.map(({ state }) => state);
  }

  const lockSecond = ({ id }: Known): Statement => [
    'SELECT FROM transaction_attempts WHERE transaction_id = $1 AND attempt_no = 2 FOR UPDATE',
    [id],
  ];

  it('are called and settled at once without a deadlock, the call first', async () => {
    const payment = await goneOn();
    const ended = await behind(lockSecond(payment), [countCallOf(payment, 2, 0), settle(payment)]);
    expect(ended).toEqual([1, 1]);
    expect(await stateOf(payment)).toEqual(['completed, completed 1, in_flight 1']);
  });

  it('are called and settled at once without a deadlock, the settlement first', async () => {
    const payment = await goneOn();
    const ended = await behind(lockSecond(payment), [settle(payment), countCallOf(payment, 2, 0)]);
    expect(ended).toEqual([1, 0]);
    expect(await stateOf(payment)).toEqual(['completed, completed 1, cancelled 0']);
  });

  it('are called and recorded beside a success without a deadlock', async () => {
    const payment = await goneOn();
    await run(first, countCallOf(payment, 2, 0));
    await run(first, settle(payment));
    const beside = { ...lateSuccess(await knownOf(payment.id), false), attemptNo: 2 };
    const verdict = completedAs(`pi_${payment.id}_2`);
    const word = recordAttemptBeside({ ...beside, verdict });
    const ended = await behind(lockSecond(payment), [word, word]);
    expect(ended).toEqual([1, 0]);
    expect(await stateOf(payment)).toEqual(['completed, completed 1, completed 1']);
  });

  it('let a success that counts on no other call wait for a decision once another is counted', async () => {
    const payment = await goneOn();
    const counted: Statement = [
      `UPDATE transaction_attempts SET sends = 1, certainty = 'sent_unconfirmed'
       WHERE transaction_id = $1 AND attempt_no = 2`,
      [payment.id],
    ];
    expect(await behind(counted, [settle(payment, true)])).toEqual([0]);
    expect(await stateOf(payment)).toEqual(['processing, declined 1, in_flight 1']);
    expect(await run(first, settle(payment))).toHaveLength(1);
  });

  it('are settled although somebody claimed a look at the payment meanwhile', async () => {
    const payment = await goneOn();
    const claimed: Statement = [
      'UPDATE transactions SET sync_count = sync_count + 1 WHERE id = $1',
      [payment.id],
    ];
    expect(await behind(claimed, [settle(payment, true)])).toEqual([1]);
    expect(await stateOf(payment)).toEqual(['completed, completed 1, cancelled 0']);
  });

  it.each([
    ['kept', 'unsaid', 'kept'],
    ['kept', 'made', 'kept'],
    ['kept', 'undone', 'undone'],
    ['undone', 'unsaid', 'undone'],
    ['undone', 'kept', 'undone'],
    ['made', 'unsaid', 'made'],
    ['made', 'kept', 'kept'],
    ['unsaid', 'kept', 'kept'],
    ['unsaid', 'unsaid', 'unsaid'],
  ])('of which a promise was %s and then %s have one that is %s', async (said, then, is) => {
    const id = await createPayment(owner, partner, { status: 'processing' });
    for (const [word, told] of [said, then].entries()) {
      const payment = await knownOf(id);
      const response = { word, ...promised(told) };
      const verdict = verdictOf({ status: 'processing', response });
      const row = { ...lateSuccess(payment, false), verdict, status: 'processing' as const };
      await run(first, settleTransaction({ ...row, toldBy: undefined, answer: undefined }));
    }
    const { rows } = await owner.query<{ response: unknown }>(
      'SELECT provider_response AS response FROM transaction_attempts WHERE transaction_id = $1',
      [id],
    );
    expect(rows).toEqual([{ response: { word: 1, ...promised(is) } }]);
  });
});
