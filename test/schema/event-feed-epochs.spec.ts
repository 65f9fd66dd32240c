import type pg from 'pg';
import { loginRoles } from '../../migrations/roles.js';
import { createPartner, createPayment } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { refusalOf } from './support/sessions.js';

const places = `SELECT id, xact_id::bigint < 0 AS below FROM transaction_events
  ORDER BY xact_id, transaction_events.id`;

describe('the epochs of the events feed', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    const partner = await createPartner(owner);
    await createPayment(owner, partner);
    await createPayment(owner, partner);
  });
  afterAll(() => database?.stop());

  const read = async () => (await owner.query<{ id: string; below: boolean }>(places)).rows;

  it('are one until a dump was restored', async () => {
    const { rows } = await owner.query('SELECT epoch FROM event_feed_epochs');
    expect(rows).toEqual([{ epoch: 1 }]);
  });

  it('begin with all events in their order, below every id of a transaction', async () => {
    const before = await read();
    expect(before.length).toBeGreaterThan(1);
    expect(before.every(({ below }) => !below)).toBe(true);
    const { rows } = await owner.query('SELECT begin_event_feed_epoch() AS epoch');
    expect(rows).toEqual([{ epoch: 2 }]);
    const after = await read();
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after.every(({ below }) => below)).toBe(true);
  });

  it('leave what was restored before where it is, and history as closed as it was', async () => {
    const before = await read();
    await owner.query('SELECT begin_event_feed_epoch()');
    expect(await read()).toEqual(before);
    const change = owner.query('UPDATE transaction_events SET request_id = NULL');
    expect((await refusalOf(change)).code).toBe('23001');
  });

  it.each(loginRoles)('are not begun by %s', async (role) => {
    const session = await database.connect(role);
    const { code } = await refusalOf(session.query('SELECT begin_event_feed_epoch()'));
    expect(code).toBe('42501');
  });

  it('are not begun by the owner, who sees no rows', async () => {
    await owner.query('SET ROLE payments_owner');
    const refused = await refusalOf(owner.query('SELECT begin_event_feed_epoch()'));
    await owner.query('RESET ROLE');
    expect(refused.message).toContain('call it as a superuser');
  });
});
