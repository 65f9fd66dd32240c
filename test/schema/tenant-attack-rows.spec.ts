import type pg from 'pg';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { type Refusal, undone } from './support/sessions.js';
import {
  createTenant,
  freshRows,
  insertOf,
  readTenantTables,
  type Row,
  type Tenant,
  type TenantTable,
} from './support/tenants.js';

/** What a statement did: how many rows it gave or touched, or how it was refused. */
type Outcome = number | Refusal;

const accepted = 1;
const noChange = expect.objectContaining({
  code: expect.stringMatching(/^(42501|42809|55000)$/) as string,
}) as Refusal;
const noAccess = expect.objectContaining({ code: '42501' }) as Refusal;

const unreadable = { provider_webhooks: noAccess, legal_holds: noAccess };

describe('raw SQL of payments_api as one partner, on the rows of another', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let api: pg.Client;
  let victim: Tenant;
  let thief: Tenant;
  let tables: TenantTable[];

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    api = await database.connect('payments_api');
    victim = await createTenant(owner);
    thief = await createTenant(owner);
    tables = await readTenantTables(owner);
  });
  afterAll(() => database?.stop());

  /** What one tenant's statement did; it is undone. */
  const as = ({ id }: Tenant, text: string, values: unknown[] = []): Promise<Outcome> =>
    undone(api, async () => {
      await api.query(`SELECT set_config('app.current_partner_id', $1, true)`, [id]);
      return api.query(text, values).then(
        (result) => ([result].flat().at(-1) as pg.QueryResult).rowCount ?? 0,
        ({ code, message, detail, constraint }: Refusal) => ({ code, message, detail, constraint }),
      );
    });

  /** The outcome of the same attack on every table, by the table's name. */
  const onEach = async (attack: (table: TenantTable) => Promise<unknown>, from = tables) => {
    const outcomes: Record<string, unknown> = {};
    for (const table of from) outcomes[table.name] = await attack(table);
    return outcomes;
  };

  /** The same expectation for every table. */
  const each = (expected: (table: TenantTable) => unknown, from = tables) =>
    Object.fromEntries(from.map((table) => [table.name, expected(table)]));

  const rowsOf = async ({ name, partner }: TenantTable, { id }: Tenant) => {
    const text = `SELECT count(*)::int AS n FROM ${name} WHERE ${partner} = $1`;
    return (await owner.query<{ n: number }>(text, [id])).rows[0]?.n ?? 0;
  };

  const read = (who: Tenant, { name, partner, readable }: TenantTable) =>
    as(who, `SELECT ${readable.join(', ') || '*'} FROM ${name} WHERE ${partner} = $1`, [victim.id]);

  it('finds every table of the catalogue, each with rows of both', async () => {
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining([...Object.keys(freshRows), 'partners', 'provider_webhooks']),
    );
    const empty = [];
    for (const table of tables) {
      for (const tenant of [victim, thief]) {
        if ((await rowsOf(table, tenant)) === 0) empty.push(table.name);
      }
    }
    // Whoever adds a table with partner_id gives each tenant a row of it in support/tenants.ts.
    expect(empty).toEqual([]);
  });

  it('reads none, by id or at large', async () => {
    const found = { ...each(() => 0), ...unreadable };
    expect(await onEach((table) => read(thief, table))).toEqual(found);
    const own = await onEach((table) => rowsOf(table, victim));
    const control = { ...own, ...unreadable };
    expect(await onEach((table) => read(victim, table))).toEqual(control);
    const atLarge = await onEach(({ name, readable }) =>
      as(thief, `SELECT ${readable.join(', ') || '*'} FROM ${name}`),
    );
    const theirs = await onEach((table) => rowsOf(table, thief));
    expect(atLarge).toEqual({ ...theirs, ...unreadable });
  });

  it('fetches none through a cursor', async () => {
    const fetch = (who: Tenant, { name, partner, readable }: TenantTable) =>
      as(
        who,
        `DECLARE c CURSOR FOR SELECT ${readable.join(', ')} FROM ${name}
         WHERE ${partner} = '${victim.id}'; FETCH ALL FROM c`,
      );
    const from = tables.filter(({ readable }) => readable.length > 0);
    expect(await onEach((table) => fetch(thief, table), from)).toEqual(each(() => 0, from));
    const control = await onEach((table) => fetch(victim, table), from);
    expect(control).toEqual(await onEach((table) => rowsOf(table, victim), from));
  });

  it('copies none out, and nothing in', async () => {
    const lines: string[] = [];
    const { connection } = api as unknown as { connection: NodeJS.EventEmitter };
    connection.on('copyData', ({ chunk }: { chunk: Buffer }) => lines.push(chunk.toString()));
    const copied = async (who: Tenant, { name, readable }: TenantTable) => {
      lines.length = 0;
      await as(who, `COPY (SELECT ${readable.join(', ')} FROM ${name}) TO STDOUT`);
      const text = lines.join('');
      return [text.includes(who.id), text.includes(victim.id) || text.includes(victim.marker)];
    };
    const from = tables.filter(({ readable }) => readable.length > 0);
    expect(await onEach((table) => copied(thief, table), from)).toEqual(
      each(() => [true, false], from),
    );
    expect(await onEach((table) => copied(victim, table), from)).toEqual(
      each(() => [true, true], from),
    );
    for (const { name, insertable } of tables) {
      const outcome = await as(thief, `COPY ${name} (${insertable.join(', ')}) FROM STDIN`);
      expect({ name, outcome }).toEqual({
        name,
        outcome: expect.objectContaining({ code: expect.stringMatching(/^(0A000|42\d+)$/) }),
      });
    }
  });

  it('changes none, nor locks one', async () => {
    const from = tables.filter(({ updatable }) => updatable.length > 0);
    expect(from.length).toBeGreaterThan(4);
    const update = (
      who: Tenant,
      { name, partner, updatable }: TenantTable,
      column = updatable[0],
    ) => as(who, `UPDATE ${name} SET ${column} = ${column} WHERE ${partner} = $1`, [victim.id]);
    expect(await onEach((table) => update(thief, table), from)).toEqual(each(() => 0, from));
    const own = await onEach((table) => rowsOf(table, victim), from);
    expect(await onEach((table) => update(victim, table), from)).toEqual(own);
    const lock = (who: Tenant, { name, partner }: TenantTable) =>
      as(who, `SELECT 1 FROM ${name} WHERE ${partner} = $1 FOR UPDATE`, [victim.id]);
    expect(await onEach((table) => lock(thief, table), from)).toEqual(each(() => 0, from));
    expect(await onEach((table) => lock(victim, table), from)).toEqual(own);
    const without = tables.filter(({ updatable }) => updatable.length === 0);
    expect(await onEach((table) => update(thief, table, table.columns[0]), without)).toEqual(
      each(({ isView }) => (isView ? noChange : noAccess), without),
    );
  });

  it.each([
    'DELETE FROM',
    'TRUNCATE',
    'TRUNCATE ONLY',
    'LOCK TABLE',
    'DROP TABLE',
    'REINDEX TABLE',
  ])('may not %s any table, not even for rows of its own', async (verb) => {
    const outcomes = await onEach(({ name }) => as(thief, `${verb} ${name}`));
    expect(outcomes).toEqual(each(({ isView }) => (isView ? noChange : noAccess)));
  });

  const insertables = () => tables.filter(({ name }) => freshRows[name]);
  const fresh = (name: string, tenant: Tenant) => freshRows[name]?.(tenant) ?? {};
  const insert = (who: Tenant, name: string, row: Row, more = '') => {
    const { text, values } = insertOf(name, row);
    return as(who, text + more, values);
  };

  it('knows how to insert into every table into which the API may', async () => {
    const writable = tables.filter(({ insertable }) => insertable.includes('partner_id'));
    const unknown = writable.map(({ name }) => name).filter((name) => !freshRows[name]);
    // A trigger fills the outbox, and nobody else may.
    expect(unknown).toEqual(['webhook_deliveries']);
    for (const tenant of [victim, thief]) {
      const delivery = { partner_id: tenant.id, transaction_id: tenant.completed, event_id: 99 };
      const row = { ...delivery, event_created_at: 'now', type: 'transaction.completed' };
      const outcome = await insert(tenant, 'webhook_deliveries', row);
      expect(outcome).toMatchObject({ code: '42501' });
    }
  });

  it('adds no row in the name of the other', async () => {
    const forge = ({ name }: TenantTable) => insert(thief, name, fresh(name, victim));
    for (const [name, outcome] of Object.entries(await onEach(forge, insertables()))) {
      expect({ name, outcome }).toEqual({
        name,
        outcome: expect.objectContaining({ code: expect.stringMatching(/^(42501|23503|23514)$/) }),
      });
    }
    const honest = ({ name }: TenantTable) => insert(victim, name, fresh(name, victim));
    expect(await onEach(honest, insertables())).toEqual(each(() => accepted, insertables()));
  });

  it('hangs no row of its own below a payment or a refund of the other', async () => {
    const children = insertables().flatMap(({ name, columns }) =>
      ['transaction_id', 'refund_id']
        .filter((key) => columns.includes(key))
        .map((key) => [name, key]),
    );
    expect(children.length).toBeGreaterThanOrEqual(4);
    for (const [name = '', key = ''] of children) {
      const stolen = { ...fresh(name, thief), [key]: fresh(name, victim)[key] };
      const outcome = await insert(thief, name, stolen);
      expect({ name, key, outcome }).toEqual({
        ...{ name, key },
        outcome: expect.objectContaining({ code: expect.stringMatching(/^(23503|23514)$/) }),
      });
      expect({ name, outcome: await insert(thief, name, fresh(name, thief)) }).toEqual({
        ...{ name, outcome: accepted },
      });
    }
  });
});
