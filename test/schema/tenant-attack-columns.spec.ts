import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { outcomeOf, undone } from './support/sessions.js';
import {
  createTenant,
  freshRows,
  insertOf,
  readTenantTables,
  type Row,
  type Tenant,
  type TenantTable,
} from './support/tenants.js';

/** What payments_api may not read of its own partner. */
const unreadable: Record<string, string[]> = {
  partners: ['api_key_hash'],
  partner_api_keys: ['hash'],
};

/** What payments_api may change of its own partner, as far as triggers let it. */
const changeable: Record<string, string> = {
  partners: `webhook_url webhook_secret webhook_secret_previous webhook_secret_previous_until
    webhook_disabled_at metadata updated_at`,
  partner_api_keys: 'name expires_at revoked_at',
  transactions: `provider provider_account provider_transaction_id provider_customer_id status
    next_action error_code error_message decline_code retry_advice retry_count cancel_requested_at
    cancellation_reason next_sync_at sync_count last_sequence changed_by changed_request_id
    updated_at processed_at failed_at cancelled_at expires_at amount_refund_reserved amount_refunded`,
  transaction_attempts: `provider_transaction_id status certainty error_code error_message
    decline_code provider_error_code retry_advice sends provider_response finished_at`,
  refunds: `status certainty sends provider_refund_id error_code error_message next_sync_at sync_count
    changed_by changed_request_id updated_at processed_at failed_at refund_excess`,
  review_items: 'occurrences last_seen_at details',
  webhook_deliveries: 'status next_attempt_at',
  idempotency_keys: `resource_type resource_id http_status response response_hash locked_until
    expires_at`,
};

/** Tables of which the API reads nothing. */
const unknown = ['provider_webhooks', 'legal_holds'];

describe('raw SQL of payments_api on the rows of its own partner', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let api: pg.Client;
  let tenant: Tenant;
  let tables: TenantTable[];

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    api = await database.connect('payments_api');
    tenant = await createTenant(owner);
    tables = (await readTenantTables(owner)).filter(
      ({ name, isView }) => !unknown.includes(name) && !isView,
    );
  });
  afterAll(() => database?.stop());

  /** `accepted`, or what refused; undone. */
  const attempt = (text: string, values: unknown[] = []) =>
    outcomeOf(api, async () => {
      await api.query(`SELECT set_config('app.current_partner_id', $1, true)`, [tenant.id]);
      await api.query(text, values);
      await api.query('SET CONSTRAINTS ALL IMMEDIATE');
    });

  const columnsWhere = async (
    { name, columns }: TenantTable,
    attack: (column: string) => string,
    accept: (outcome: string) => boolean,
  ) => {
    const found: string[] = [];
    for (const column of columns) if (accept(await attempt(attack(column)))) found.push(column);
    return { name, columns: found };
  };

  it('reads every column but the hashes', async () => {
    for (const table of tables) {
      const read = (column: string) => `SELECT ${column} FROM ${table.name}`;
      const refused = await columnsWhere(table, read, (text) => text.startsWith('42501'));
      expect(refused).toEqual({ name: table.name, columns: unreadable[table.name] ?? [] });
    }
  });

  it('changes the columns listed here and no other', async () => {
    for (const table of tables) {
      const change = (column: string) => `UPDATE ${table.name} SET ${column} = ${column}`;
      const { columns } = await columnsWhere(table, change, (text) => !text.startsWith('42501'));
      const allowed = changeable[table.name]?.split(/\s+/) ?? [];
      expect({ table: table.name, columns: columns.toSorted() }).toEqual({
        ...{ table: table.name, columns: allowed.toSorted() },
      });
    }
  });

  it.each([
    [`status = 'refunded'`, 'transactions_transition'],
    [`status = 'pending'`, 'transactions_transition'],
    [`status = 'failed', failed_at = now(), changed_by = 'system'`, 'transactions_transition'],
    [`amount_refunded = 100`, 'transactions_refund_totals_derived'],
    [`amount_refund_reserved = 0`, 'transactions_refund_totals_derived'],
    [`provider_transaction_id = 'pi_other'`, 'transactions_immutable'],
    [`provider_account = 'other'`, 'transactions_immutable'],
    [`last_sequence = 1`, 'transactions_immutable'],
    [`changed_by = 'operator:ada'`, '42501 new row violates row-level security policy'],
    [`changed_by = 'root'`, 'check_transactions_changed_by'],
  ])('is not believed that a completed payment has %s', async (change, rule) => {
    const text = `UPDATE transactions SET ${change} WHERE id = $1`;
    expect(await attempt(text, [tenant.completed])).toMatch(new RegExp(`^${rule}`));
    const honest = `UPDATE transactions SET retry_count = 1, changed_by = 'partner' WHERE id = $1`;
    expect(await attempt(honest, [tenant.completed])).toBe('accepted');
  });

  const insert = (table: string, changes: Row) => {
    const { text, values } = insertOf(table, { ...freshRows[table]?.(tenant), ...changes });
    return attempt(text, values);
  };

  const operator = { actor_type: 'operator', actor: 'ada' };
  const nobody = { partner_id: null };
  const past = '2020-01-01T00:00:00Z';

  it.each([
    ['audit_logs', operator],
    ['audit_logs', { actor_type: 'provider', actor: 'stripe' }],
    ['audit_logs', { actor_type: 'system', actor: 'system' }],
    ['audit_logs', { actor_type: 'anonymous', actor: 'anonymous' }],
    ['audit_logs', nobody],
    ['audit_logs', { ...nobody, ...operator, action: 'update' }],
    ['audit_logs', { ...nobody, actor_type: 'system', actor: 'command', action: 'create' }],
    ['audit_logs', { created_at: past }],
    ['audit_logs', { id: 1 }],
    ['transaction_events', { created_by: 'operator:ada' }],
    ['transaction_events', { created_at: past }],
    ['transaction_events', { xact_id: 1 }],
    ['transaction_events', { event_type: 'payment_completed' }],
    ['transaction_events', { from_status: 'pending' }],
    ['transactions', { changed_by: 'operator:ada' }],
    ['transactions', { amount_refunded: 1 }],
    ['refunds', { changed_by: 'operator:ada' }],
    ['refunds', { created_by: 'partner' }],
    ['review_items', { opened_at: past }],
    ['review_items', { status: 'resolved' }],
    ['partner_api_keys', { created_at: '2999-01-01T00:00:00Z' }],
  ])('forges no history: a row of %s with %p', async (table, changes) => {
    expect(await insert(table, changes)).toMatch(/^42(501|703)/);
    expect(await insert(table, {})).toBe('accepted');
  });

  it.each([
    ['anonymous', 'refuse'],
    ['anonymous', 'read'],
    ['operator', 'refuse'],
    ['operator', 'read'],
  ])('notes of callers without a partner what the API itself does: %s %s', async (type, action) => {
    const row = { ...nobody, actor_type: type, actor: 'ada', action };
    expect(await insert('audit_logs', row)).toBe('accepted');
  });

  it('hangs no event below a payment or a refund that is not there', async () => {
    const rule = 'transaction_events_parent_visible';
    expect(await insert('transaction_events', { transaction_id: randomUUID() })).toBe(rule);
    expect(await insert('transaction_events', { refund_id: randomUUID() })).toBe(rule);
    const other = { transaction_id: tenant.retrying, refund_id: tenant.refund };
    expect(await insert('transaction_events', other)).toBe(rule);
    expect(await insert('transaction_events', { ...other, refund_id: null })).toBe('accepted');
  });

  describe('and the end of a key', () => {
    const endings = {
      partner_api_keys: 'payments_api',
      operator_keys: 'payments_operations',
    } as const;

    it.each(Object.entries(endings))('in %s comes when it was told', async (table, role) => {
      const session = await database.connect(role);
      const prefix = randomUUID().slice(0, 8);
      const ids = { id: randomUUID(), prefix, hash: prefix };
      const whose = table === 'operator_keys' ? { operator: 'ada' } : { partner_id: tenant.id };
      await owner.query(insertOf(table, { ...ids, ...whose }));
      const change = async (set: string) =>
        outcomeOf(session, async () => {
          await session.query(`SELECT set_config('app.current_partner_id', $1, true)`, [tenant.id]);
          const done = await session.query(`UPDATE ${table} SET ${set} WHERE id = $1`, [ids.id]);
          expect(done.rowCount).toBe(1);
        });
      const end = `${table}_end`;
      expect(await change(`revoked_at = clock_timestamp()`)).toBe('accepted');
      expect(await change(`revoked_at = 'infinity'`)).toBe(end);
      expect(await change(`expires_at = now() + interval '1 hour'`)).toBe('accepted');
      await owner.query(
        `UPDATE ${table} SET revoked_at = now(), expires_at = now() + interval '1 hour' WHERE id = $1`,
        [ids.id],
      );
      expect(await change('revoked_at = NULL')).toBe(end);
      expect(await change(`revoked_at = revoked_at + interval '1 minute'`)).toBe(end);
      expect(await change('expires_at = NULL')).toBe(end);
      expect(await change(`expires_at = expires_at + interval '1 second'`)).toBe(end);
      expect(await change(`expires_at = expires_at - interval '1 second'`)).toBe('accepted');
      expect(await change(`expires_at = expires_at, revoked_at = revoked_at`)).toBe('accepted');
    });
  });

  describe('and the scopes of a new key', () => {
    const held = 'partner_api_keys_scopes_held';

    beforeEach(async () => {
      tenant = await createTenant(owner);
    });

    it.each([
      [`revoked_at = now() - interval '1 s'`, held, held],
      [`expires_at = now() - interval '1 s'`, held, held],
      [`scopes = '{read}'`, 'accepted', held],
      [`name = name`, 'accepted', 'accepted'],
    ])('are held by a key that lives: after %s', async (change, reading, writing) => {
      const text = `UPDATE partner_api_keys SET ${change} WHERE partner_id = $1`;
      expect((await owner.query(text, [tenant.id])).rowCount).toBe(2);
      expect(await insert('partner_api_keys', { scopes: '{read}' })).toBe(reading);
      expect(await insert('partner_api_keys', { scopes: '{read,write}' })).toBe(writing);
    });

    it('may be those of the keys that end in the same transaction', async () => {
      await undone(api, async () => {
        await api.query(`SELECT set_config('app.current_partner_id', $1, true)`, [tenant.id]);
        await api.query('UPDATE partner_api_keys SET revoked_at = clock_timestamp()');
        const row = { ...freshRows['partner_api_keys']?.(tenant), scopes: '{read,write}' };
        expect((await api.query(insertOf('partner_api_keys', row))).rowCount).toBe(1);
      });
    });
  });
});
