import { randomUUID } from 'node:crypto';
import { until } from '../../e2e/support/until.js';
import {
  createSeedPayment,
  type FaultPair,
  insertSeedRefund,
  startFaultPair,
  valueOf,
} from '../support/fault-pair.js';
import { completePayment, createPayment, insertRefund } from '../support/rows.js';
import { inTransaction, refusalOf, ruleOf } from '../support/sessions.js';

// A transaction in any other database of the server holds the feed back too.
const patienceMs = 40_000;

let pair: FaultPair;

beforeAll(async () => {
  pair = await startFaultPair();
});
afterAll(() => pair?.stop());

const typesOf = `SELECT string_agg(event_type::text, ', ' ORDER BY id) FROM transaction_events
  WHERE transaction_id = $1`;
const seedProcessing = () =>
  createSeedPayment(pair.seed, pair.seedPartner, { status: 'processing' });
const processing = () => createPayment(pair.ours, pair.partner, { status: 'processing' });

describe('F19: an event for every update', () => {
  it('the seed says status_changed of a new description, and says no more of a completion', async () => {
    const payment = await seedProcessing();
    await pair.seed.query(`UPDATE transactions SET description = 'x' WHERE id = $1`, [payment]);
    expect(await valueOf(pair.seed, typesOf, [payment])).toBe('created, status_changed');
    await pair.seed.query(`UPDATE transactions SET status = 'completed' WHERE id = $1`, [payment]);
    expect(await valueOf(pair.seed, typesOf, [payment])).toBe(
      'created, status_changed, status_changed',
    );
    const refund = await insertSeedRefund(pair.seed, payment);
    await pair.seed.query(`UPDATE refunds SET status = 'completed' WHERE id = $1`, [refund]);
    expect(await valueOf(pair.seed, typesOf, [payment])).not.toContain('refund');
  });

  it('ours writes one event of a change, by its name, and of refunds too', async () => {
    const payment = await processing();
    await pair.ours.query(`UPDATE transactions SET description = 'x' WHERE id = $1`, [payment]);
    await completePayment(pair.ours, payment);
    await insertRefund(pair.ours, payment);
    expect(await valueOf(pair.ours, typesOf, [payment])).toBe(
      'created, payment_completed, refund_initiated',
    );
  });
});

describe('F20: the order of events', () => {
  it('the seed loses an event to a reader that goes on from the last id', async () => {
    const [slow, quick] = [await pair.connectToSeed(), await pair.connectToSeed()];
    const newIds = async (last: number) => {
      const { rows } = await pair.seed.query(
        'SELECT id::int FROM transaction_events WHERE id > $1 ORDER BY id',
        [last],
      );
      return rows.map((row) => row.id as number);
    };
    const before = (await newIds(0)).at(-1) ?? 0;
    await slow.query('BEGIN');
    await createSeedPayment(slow, pair.seedPartner);
    await createSeedPayment(quick, pair.seedPartner);
    expect(await newIds(before)).toEqual([before + 2]);
    await slow.query('COMMIT');
    expect(await newIds(before + 2)).toEqual([]);
    expect(await newIds(before)).toEqual([before + 1, before + 2]);
  });

  it('ours holds back what is younger than an open transaction, and loses none', async () => {
    const [slow, quick] = [await pair.database.connect(), await pair.database.connect()];
    const read = async (last: string) => {
      const { rows } = await pair.ours.query(
        `SELECT xact_id, transaction_id FROM transaction_events WHERE xact_id > $1
           AND xact_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY xact_id, id`,
        [last],
      );
      return rows as { xact_id: string; transaction_id: string }[];
    };
    await slow.query('BEGIN');
    const first = await createPayment(slow, pair.partner, { status: 'pending' });
    const second = await createPayment(quick, pair.partner, { status: 'pending' });
    const seen = await read('0');
    const ids = seen.map((event) => event.transaction_id);
    expect([ids.includes(first), ids.includes(second)]).toEqual([false, false]);
    await slow.query('COMMIT');
    const readRest = async () => {
      const rest = await read(seen.at(-1)?.xact_id ?? '0');
      return rest.map((event) => event.transaction_id).filter((id) => [first, second].includes(id));
    };
    const rest = await until('open transactions', readRest, ({ length }) => length > 1, patienceMs);
    expect(rest).toEqual([first, second]);
  });
});

describe('F21: evidence that can be changed', () => {
  const attacks = ['transaction_events', 'audit_logs'].flatMap((table) => [
    `UPDATE ${table} SET ip_address = '10.0.0.1'`,
    `DELETE FROM ${table}`,
    `TRUNCATE ${table}`,
  ]);

  it('the seed lets events and audit rows be updated, deleted and truncated', async () => {
    await seedProcessing();
    await pair.seed.query(
      `INSERT INTO audit_logs (action, resource_type, ip_address) VALUES ('read', 'x', '10.0.0.9')`,
    );
    for (const attack of attacks.filter((sql) => !sql.startsWith('TRUNCATE'))) {
      expect((await pair.seed.query(attack)).rowCount).toBeGreaterThan(0);
    }
    await seedProcessing();
    for (const attack of attacks) await pair.seed.query(attack);
    const left = 'SELECT (SELECT count(*) FROM transaction_events)::int';
    expect(await valueOf<number>(pair.seed, left)).toBe(0);
  });

  it('ours refuses all of it, even to a superuser', async () => {
    await processing();
    await pair.ours.query(
      `INSERT INTO audit_logs (actor, actor_type, action, resource_type) VALUES ('a', 'system', 'x', 'y')`,
    );
    for (const attack of attacks) {
      expect(await ruleOf(pair.ours.query(attack))).toBe('append_only');
    }
  });
});

describe('F22: who did it', () => {
  const context = { actor: 'operator:ada', requestId: randomUUID() };

  it('the seed says SYSTEM whoever acts, and not from which status', async () => {
    const payment = await inTransaction(pair.seed, context, seedProcessing);
    const by = 'SELECT created_by FROM transaction_events WHERE transaction_id = $1';
    expect(await valueOf(pair.seed, by, [payment])).toBe('SYSTEM');
    const columns = `SELECT count(*)::int FROM information_schema.columns
      WHERE table_name = 'transaction_events'
        AND column_name IN ('from_status', 'partner_id', 'request_id')`;
    expect(await valueOf<number>(pair.seed, columns)).toBe(0);
  });

  it('ours says who, in which request, and from which status', async () => {
    const payment = await createPayment(pair.ours, pair.partner, { status: 'pending' });
    await inTransaction(pair.ours, context, () =>
      pair.ours.query(
        `UPDATE transactions SET status = 'cancelled', cancelled_at = now() WHERE id = $1`,
        [payment],
      ),
    );
    const { rows } = await pair.ours.query(
      `SELECT created_by, request_id, from_status, partner_id FROM transaction_events
       WHERE transaction_id = $1 AND event_type = 'payment_cancelled'`,
      [payment],
    );
    expect(rows).toEqual([
      {
        created_by: context.actor,
        request_id: context.requestId,
        from_status: 'pending',
        partner_id: pair.partner,
      },
    ]);
  });
});

describe('F23: events without a name', () => {
  const missing = [
    'refund_failed',
    'refund_processing',
    'payment_cancelled',
    'attempt_started',
    'attempt_failed',
    'outcome_unknown',
  ];
  const cast = 'SELECT ($1::text)::event_type::text';

  it('the seed has no label for six things that happen', async () => {
    for (const label of missing) {
      expect((await refusalOf(pair.seed.query(cast, [label]))).code).toBe('22P02');
    }
  });

  it('ours has all six', async () => {
    for (const label of missing) expect(await valueOf(pair.ours, cast, [label])).toBe(label);
  });
});

describe('F24: audit rows of jobs, and of anything at all', () => {
  it('the seed refuses one without an address, and writes none by itself', async () => {
    const job = `INSERT INTO audit_logs (action, resource_type) VALUES ('update', 'transaction')`;
    expect(await refusalOf(pair.seed.query(job))).toMatchObject({ code: '23502' });
    await pair.seed.query('TRUNCATE audit_logs');
    await insertSeedRefund(pair.seed, await createSeedPayment(pair.seed, pair.seedPartner));
    expect(await valueOf<number>(pair.seed, 'SELECT count(*)::int FROM audit_logs')).toBe(0);
  });

  it('ours takes one of a job, and counts refusals in one row', async () => {
    const { rows } = await pair.ours.query(
      `INSERT INTO audit_logs (actor, actor_type, action, resource_type, http_status, occurrences)
       VALUES ('system', 'system', 'update', 'transaction', 429, 7) RETURNING ip_address, occurrences`,
    );
    expect(rows).toEqual([{ ip_address: null, occurrences: 7 }]);
  });
});

describe('F25: what a provider answered', () => {
  const answer = JSON.stringify({ card: { number: '4242424242424242' }, blob: 'x'.repeat(16_384) });

  it('the seed keeps a card number and a megabyte', async () => {
    const payment = await seedProcessing();
    const write = `INSERT INTO transaction_events (transaction_id, event_type, provider_response)
      VALUES ($1, 'webhook_received', $2)`;
    await pair.seed.query(write, [payment, answer]);
    const blob = JSON.stringify({ blob: 'x'.repeat(1_000_000) });
    expect((await pair.seed.query(write, [payment, blob])).rowCount).toBe(1);
  });

  it('ours refuses more than 16 kB in events and in attempts', async () => {
    const payment = await processing();
    const event = pair.ours.query(
      `INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type, provider_response)
       VALUES ($1, $2, 9, 'webhook_received', $3)`,
      [payment, pair.partner, answer],
    );
    expect(await ruleOf(event)).toBe('check_transaction_events_response_size');
    const attempt =
      'UPDATE transaction_attempts SET provider_response = $2 WHERE transaction_id = $1';
    expect(await ruleOf(pair.ours.query(attempt, [payment, answer]))).toBe(
      'check_transaction_attempts_response_size',
    );
    expect((await pair.ours.query(attempt, [payment, '{"id": "pi_1"}'])).rowCount).toBe(1);
  });
});
