import { AgingDatabase } from './support/aging-database.js';
import { createPayment, insertRefund } from './support/rows.js';

describe('the events of a payment', () => {
  let aging: AgingDatabase;

  beforeEach(async () => {
    aging = await AgingDatabase.start();
  });
  afterEach(() => aging?.stop());

  const monthsOf = async (table: string): Promise<string[]> => {
    const text = `SELECT relname AS name FROM pg_inherits JOIN pg_class AS c ON c.oid = inhrelid
      WHERE inhparent = $1::regclass ORDER BY 1`;
    return (await aging.rowsOf<{ name: string }>(text, [table])).map(({ name }) => name);
  };
  const told = (payment: string) =>
    aging.rowsOf('SELECT * FROM transaction_timeline WHERE transaction_id = $1 ORDER BY sequence', [
      payment,
    ]);
  const inPartitions = async () =>
    (await aging.rowsOf<{ count: number }>('SELECT count(*)::int FROM transaction_events'))[0]
      .count;
  const ofAge = (which: 'min' | 'max') =>
    aging.around(`SELECT ${which}(created_at) + interval '1 year' AS at FROM transaction_events`);
  const oldMonth = `date_trunc('month', now() - interval '1 month', 'UTC')`;

  it('are folded a second after they are a year old, not a second before, and stay what they are', async () => {
    const payment = await createPayment(aging.owner, aging.partner);
    await aging.owner.query(
      `INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type,
         provider_response, ip_address, request_id)
       SELECT id, partner_id, last_sequence + 1, 'webhook_received',
         '{"kept": {"nothing": null}, "list": [null]}', '2001:db8::1', gen_random_uuid()
       FROM transactions`,
    );
    const before = await told(payment);
    const [tooEarly] = await ofAge('min');
    const [, lateEnough] = await ofAge('max');
    await aging.lifecycle.run('events', tooEarly);
    expect(await inPartitions()).toBe(before.length);
    expect(await aging.lifecycle.run('events', lateEnough)).toEqual({
      transaction_events_folded: before.length,
    });
    expect(await inPartitions()).toBe(0);
    expect(await told(payment)).toEqual(before);
    expect(await aging.rowsOf('SELECT event_count FROM transaction_histories')).toEqual([
      { event_count: before.length },
    ]);
  });

  it('are told in one order when some are folded, and some came a year later', async () => {
    const payment = await createPayment(aging.owner, aging.partner);
    const [, lateEnough] = await ofAge('max');
    await aging.lifecycle.run('events', lateEnough, { batchSize: 1 });
    await insertRefund(aging.owner, payment, { amount: '10' });
    const before = await told(payment);
    expect(await inPartitions()).toBe(1);
    const [, later] = await ofAge('max');
    await aging.lifecycle.run('events', later);
    expect(await inPartitions()).toBe(0);
    expect(await told(payment)).toEqual(before);
    const sequences = before.map(({ sequence }) => sequence as number);
    expect(sequences).toEqual(sequences.map((_one, index) => index + 1));
  });

  it('stay where they are while the payment is held, and their month with them', async () => {
    const [held, other] = [
      await createPayment(aging.owner, aging.partner),
      await createPayment(aging.owner, aging.partner),
    ];
    await aging.hold(held);
    const later = new Date(Date.now() + 800 * 86_400_000);
    const months = await monthsOf('transaction_events');
    await aging.lifecycle.run('events', later);
    const left = await aging.rowsOf('SELECT DISTINCT transaction_id AS id FROM transaction_events');
    expect(left).toEqual([{ id: held }]);
    expect((await told(other)).length).toBeGreaterThan(0);
    const kept = (await monthsOf('transaction_events')).filter((name) => name !== months.at(-1));
    expect(kept).toHaveLength(1);
    await aging.release();
    expect(await aging.lifecycle.run('events', later)).toMatchObject({ partitions_dropped: 1 });
    expect(await monthsOf('transaction_events')).toEqual(['transaction_events_default']);
  });

  it('leave an empty month that goes a second after its last event could be a year old', async () => {
    const months = await monthsOf('transaction_events');
    const [before, after] = await aging.around(
      `SELECT ${oldMonth} + interval '1 month' + interval '1 year' AS at`,
    );
    expect(await aging.lifecycle.run('events', before)).toEqual({});
    expect(await aging.lifecycle.run('events', after)).toEqual({ partitions_dropped: 1 });
    expect(await monthsOf('transaction_events')).toEqual(months.slice(1));
  });

  it('leave their month for another day when somebody is using it', async () => {
    await createPayment(aging.owner, aging.partner);
    const later = new Date(Date.now() + 800 * 86_400_000);
    const reader = await aging.database.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT FROM transaction_events');
    expect(Object.keys(await aging.lifecycle.run('events', later))).toEqual([
      'transaction_events_folded',
    ]);
    await reader.query('COMMIT');
    expect(Object.keys(await aging.lifecycle.run('events', later))).toEqual(['partitions_dropped']);
  });

  it('leave word of where the feed begins, for each partner', async () => {
    await createPayment(aging.owner, aging.partner);
    const horizon = await aging.rowsOf(
      `SELECT partner_id, xact_id, id AS event_id FROM transaction_events
       ORDER BY xact_id DESC, id DESC LIMIT 1`,
    );
    const [, later] = await ofAge('max');
    await aging.lifecycle.run('events', later, { batchSize: 1 });
    expect(await aging.rowsOf('SELECT partner_id, xact_id, event_id FROM event_horizons')).toEqual(
      horizon,
    );
  });
});
