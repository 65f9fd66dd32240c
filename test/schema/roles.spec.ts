import type pg from 'pg';
import { loginRoles } from '../../migrations/roles.js';
import { createPartner, createPayment, insertRefund, settleRefund } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { inTransaction, refusalOf, ruleOf } from './support/sessions.js';

describe('what each role may do', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let partner: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    partner = await createPartner(owner);
    await createPayment(owner, partner);
  });
  afterAll(() => database?.stop());

  const columnsThat = async (role: string, privilege: string, table: string) => {
    const { rows } = await owner.query(
      `SELECT array_agg(attname::text ORDER BY attnum) AS columns FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
         AND has_column_privilege($2, attrelid, attnum, $3)`,
      [table, role, privilege],
    );
    return rows[0].columns ?? [];
  };

  it('no login is a superuser, bypasses row-level security or owns anything', async () => {
    const { rows } = await owner.query(
      `SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS mighty,
         EXISTS (SELECT 1 FROM pg_class WHERE relowner = r.oid) AS owns,
         ARRAY(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = r.oid
           ORDER BY 1) AS member_of
       FROM pg_roles AS r WHERE rolname LIKE 'payments\\_%' ORDER BY 1`,
    );
    const login = { rolcanlogin: true, mighty: false, owns: false };
    const group = { ...login, rolcanlogin: false };
    expect(rows).toEqual([
      { rolname: 'payments_api', ...login, member_of: [] },
      { rolname: 'payments_definer', ...group, member_of: [] },
      { rolname: 'payments_migrator', ...login, member_of: ['payments_owner'] },
      { rolname: 'payments_operations', ...login, member_of: ['pg_monitor'] },
      { rolname: 'payments_owner', ...group, owns: true, member_of: ['payments_definer'] },
      { rolname: 'payments_worker', ...login, member_of: [] },
    ]);
  });

  it('payments_api changes of a partner only its webhook and metadata, never its limit or state (F14)', async () => {
    expect(await columnsThat('payments_api', 'UPDATE', 'partners')).toEqual([
      'webhook_url',
      'webhook_secret',
      'metadata',
      'updated_at',
      'webhook_secret_previous',
      'webhook_secret_previous_until',
      'webhook_disabled_at',
    ]);
    const api = await database.connect('payments_api');
    const change = (sql: string) =>
      inTransaction(api, { partners: [partner] }, () => api.query(sql));
    expect((await change(`UPDATE partners SET webhook_url = 'https://x.example'`)).rowCount).toBe(
      1,
    );
    for (const column of ['rate_limit_per_minute = 9', 'is_active = true', 'deleted_at = NULL']) {
      expect((await refusalOf(change(`UPDATE partners SET ${column}`))).code).toBe('42501');
    }
  });

  it.each([
    'amount',
    'currency',
    'partner_id',
    'idempotency_key',
    'version',
    'deleted_at',
    'customer_email',
  ])('payments_api and payments_worker can not change transactions.%s', async (column) => {
    for (const role of ['payments_api', 'payments_worker']) {
      expect(await columnsThat(role, 'UPDATE', 'transactions')).not.toContain(column);
      expect(await columnsThat(role, 'UPDATE', 'transactions')).toContain('status');
    }
  });

  it('payments_operations changes of payments and refunds only their deletion (F27)', async () => {
    const columns = await columnsThat('payments_operations', 'UPDATE', 'refunds');
    expect(columns).toEqual(['deleted_at']);
    const settled = await createPayment(owner, partner);
    const open = await createPayment(owner, partner, { status: 'processing' });
    const operations = await database.connect('payments_operations');
    const remove = (id: string) =>
      operations.query('UPDATE transactions SET deleted_at = now() WHERE id = $1', [id]);
    expect((await remove(settled)).rowCount).toBe(1);
    expect(await ruleOf(remove(open))).toBe('transactions_soft_delete_open');
  });

  it.each(loginRoles)('%s can not delete, truncate or reference any table', async (role) => {
    const { rows } = await owner.query(
      `SELECT c.relname, p.privilege FROM pg_class AS c,
         unnest(ARRAY['DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p (privilege)
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
         AND has_table_privilege($1, c.oid, p.privilege)`,
      [role],
    );
    expect(rows).toEqual([]);
  });

  it.each(loginRoles)(
    '%s appends to history and changes nothing of it (F21, A29)',
    async (role) => {
      const session = await database.connect(role);
      for (const table of ['transaction_events', 'audit_logs']) {
        expect(await columnsThat(role, 'UPDATE', table)).toEqual([]);
        for (const sql of [
          `UPDATE ${table} SET request_id = NULL`,
          `DELETE FROM ${table}`,
          `TRUNCATE ${table}`,
        ]) {
          expect((await refusalOf(session.query(sql))).code).toBe('42501');
        }
      }
    },
  );

  it('payments_api and payments_worker write extra events, never the event of a status (F19)', async () => {
    const insert = (type: string, from: string | null) => ({
      text: `INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type, from_status)
          SELECT id, partner_id, 9, $1, $2 FROM transactions LIMIT 1`,
      values: [type, from],
    });
    for (const role of ['payments_api', 'payments_worker'] as const) {
      const session = await database.connect(role);
      const write = (type: string, from: string | null = null) =>
        inTransaction(session, { partners: [partner] }, () => session.query(insert(type, from)));
      expect((await write('webhook_received')).rowCount).toBe(1);
      for (const type of ['created', 'payment_completed', 'refund_completed', 'status_changed']) {
        expect((await refusalOf(write(type))).code).toBe('42501');
      }
      expect((await refusalOf(write('outcome_unknown', 'processing'))).code).toBe('42501');
    }
  });

  it('payments_api stores a webhook of a provider once and can not read it', async () => {
    const api = await database.connect('payments_api');
    const store = (more = '') =>
      api.query(
        `INSERT INTO provider_webhooks (provider, provider_event_id, event_type, body)
         VALUES ('stripe', 'evt_1', 'payment_intent.succeeded', 'v1.envelope')
         ON CONFLICT DO NOTHING ${more}`,
      );
    expect([(await store()).rowCount, (await store()).rowCount]).toEqual([1, 0]);
    expect((await refusalOf(store('RETURNING id'))).code).toBe('42501');
    expect((await refusalOf(api.query('SELECT * FROM provider_webhooks'))).code).toBe('42501');
    const forged = api.query(
      `INSERT INTO provider_webhooks (provider, provider_event_id, event_type, body, status)
       VALUES ('stripe', 'evt_2', 'x', 'x', 'applied')`,
    );
    expect(await ruleOf(forged)).toBe('42501');
  });

  it('payments_api notes a sending of a provider once, and can not read it', async () => {
    const api = await database.connect('payments_api');
    const note = `INSERT INTO provider_transmissions
        (provider, provider_account, transmission_id, provider_event_id)
      VALUES ('paypal', 'default', 'T-1', 'WH-1') ON CONFLICT DO NOTHING RETURNING true`;
    expect([(await api.query(note)).rowCount, (await api.query(note)).rowCount]).toEqual([1, 0]);
    for (const attack of ['SELECT * FROM', 'DELETE FROM']) {
      const refused = await refusalOf(api.query(`${attack} provider_transmissions`));
      expect(refused.code).toBe('42501');
    }
  });

  it('payments_worker settles what it finds, of every partner, and makes no payment', async () => {
    const worker = await database.connect('payments_worker');
    const other = await createPartner(owner);
    const payment = await createPayment(owner, other);
    const refund = await insertRefund(worker, payment, {
      status: 'completed',
      by: 'provider:stripe',
    });
    await settleRefund(worker, refund, 'failed');
    const claim = `UPDATE provider_webhooks SET status = 'applied', applied_at = now(), attempt_count = 1`;
    expect((await worker.query(claim)).rowCount).toBe(1);
    expect((await worker.query('SELECT id FROM partners')).rowCount).toBe(2);
    const create = `INSERT INTO transactions (partner_id, idempotency_key, amount, currency,
      payment_method, provider, changed_by) VALUES ($1, 'w', 10, 'USD', 'card', 'stripe', 'partner')`;
    expect((await refusalOf(worker.query(create, [other]))).code).toBe('42501');
    expect((await refusalOf(worker.query('SELECT * FROM operator_keys'))).code).toBe('42501');
  });

  it('payments_operations reads all, manages partners and keys, and moves no money', async () => {
    const session = await database.connect('payments_operations');
    await createPartner(session);
    expect((await session.query('SELECT * FROM transactions')).rowCount).toBeGreaterThan(1);
    const key = `INSERT INTO operator_keys (operator, prefix, hash) VALUES ('ada', 'abcdefgh', 'h')`;
    expect((await session.query(key)).rowCount).toBe(1);
    const limit =
      'UPDATE partners SET rate_limit_per_minute = 60000, is_active = false WHERE id = $1';
    expect((await session.query(limit, [partner])).rowCount).toBe(1);
    const bounds = `UPDATE currencies SET max_amount = 500 WHERE code = 'USD'`;
    expect((await session.query(bounds)).rowCount).toBe(1);
    for (const sql of [
      `UPDATE transactions SET status = 'completed'`,
      `UPDATE partners SET api_key_hash = 'x'`,
      `UPDATE currencies SET decimal_places = 0`,
      `INSERT INTO refunds (transaction_id) SELECT id FROM transactions`,
      `UPDATE cache_versions SET version = 1`,
    ]) {
      expect((await refusalOf(session.query(sql))).code).toBe('42501');
    }
  });

  it.each([
    [
      'transactions',
      ['customer_email', 'customer_email_hash', 'customer_name', 'customer_phone'],
      ['status', 'amount', 'provider_transaction_id', 'version', 'changed_by'],
    ],
    ['idempotency_keys', ['response', 'response_hash'], ['fingerprint', 'http_status', 'fields']],
    ['provider_webhooks', ['body'], ['status', 'transaction_id', 'provider_event_id']],
  ])(
    'payments_operations re-seals %s and changes no other column',
    async (table, sealed, other) => {
      const columns: string[] = await columnsThat('payments_operations', 'UPDATE', table);
      expect(columns.filter((column) => column !== 'deleted_at')).toEqual(sealed);
      const session = await database.connect('payments_operations');
      await owner.query(
        `INSERT INTO idempotency_keys (partner_id, route, key, fields, fingerprint)
       VALUES ($1, 'POST /v1/x', 'k', '{}', 'f') ON CONFLICT DO NOTHING`,
        [partner],
      );
      await owner.query(
        `INSERT INTO provider_webhooks (provider, provider_event_id, event_type, body)
       VALUES ('stripe', 'evt_sealed', 'x', 'k1.a') ON CONFLICT DO NOTHING`,
      );
      for (const column of sealed) {
        const kept = await session.query(`UPDATE ${table} SET ${column} = ${column}`);
        expect(kept.rowCount).toBeGreaterThan(0);
      }
      for (const column of other) {
        const attack = session.query(`UPDATE ${table} SET ${column} = ${column}`);
        expect((await refusalOf(attack)).code).toBe('42501');
      }
    },
  );
});
