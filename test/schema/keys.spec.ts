import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createPartner } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { inTransaction, refusalOf, ruleOf } from './support/sessions.js';

describe('API keys', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let api: pg.Client;
  let operations: pg.Client;
  let partner: string;
  let prefix: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    api = await database.connect('payments_api');
    operations = await database.connect('payments_operations');
  });
  beforeEach(async () => {
    partner = await createPartner(operations);
    prefix = (
      await owner.query('SELECT api_key_prefix AS p FROM partners WHERE id = $1', [partner])
    ).rows[0].p;
  });
  afterAll(() => database?.stop());

  const find = async (key: string) =>
    (await api.query('SELECT * FROM find_api_key($1)', [key])).rows;

  const mirrorOf = async () =>
    (
      await owner.query(
        'SELECT api_key_prefix AS prefix, api_key_hash AS hash FROM partners WHERE id = $1',
        [partner],
      )
    ).rows[0];

  const versionOf = async (kind: 'partners' | 'catalog') =>
    Number(
      (await api.query('SELECT version FROM cache_versions WHERE kind = $1', [kind])).rows[0]
        .version,
    );

  const rotate = (key: string, scopes = '{read,write}') =>
    inTransaction(api, { partners: [partner] }, () =>
      api.query(
        `WITH old AS (
           UPDATE partner_api_keys SET expires_at = LEAST(expires_at, now() + interval '1 day')
           WHERE partner_id = $1)
         INSERT INTO partner_api_keys (partner_id, prefix, hash, scopes) VALUES ($1, $2::text, $2::text || '-hash', $3)`,
        [partner, key, scopes],
      ),
    );

  it('are found by prefix without any setting, one row with what the guard needs (F16)', async () => {
    await owner.query(`UPDATE partners SET webhook_url = 'https://a.example' WHERE id = $1`, [
      partner,
    ]);
    expect(await find(prefix)).toEqual([
      {
        key_id: expect.any(String),
        key_hash: `${prefix}-hash`,
        scopes: ['read', 'write'],
        expires_at: null,
        revoked_at: null,
        partner_id: partner,
        partner_name: 'Shop',
        partner_active: true,
        rate_limit_per_minute: 100,
        webhook_url: 'https://a.example',
      },
    ]);
    for (const other of ['', prefix.slice(0, 7), `${prefix} `, '%', 'zzzzzzzz']) {
      expect(await find(other)).toEqual([]);
    }
  });

  it.each(['is_active = false', 'deleted_at = now()'])(
    'say that the partner is not active after %s',
    async (change) => {
      await operations.query(`UPDATE partners SET ${change} WHERE id = $1`, [partner]);
      expect(await find(prefix)).toMatchObject([{ partner_active: false }]);
    },
  );

  it('are looked up and touched by payments_api only', async () => {
    for (const role of ['payments_worker', 'payments_operations'] as const) {
      const session = await database.connect(role);
      for (const sql of [`SELECT find_api_key('x')`, 'SELECT touch_api_key(gen_random_uuid())']) {
        expect((await refusalOf(session.query(sql))).code).toBe('42501');
      }
    }
  });

  it('note their last use at most once a minute, and no cache hears of it', async () => {
    const [{ key_id: id }] = await find(prefix);
    const used = async () =>
      (await owner.query('SELECT last_used_at FROM partner_api_keys WHERE id = $1', [id])).rows[0]
        .last_used_at;
    const touch = (partners?: string[]) =>
      inTransaction(api, { partners }, () => api.query('SELECT touch_api_key($1)', [id]));
    const before = await versionOf('partners');
    await touch([randomUUID()]);
    await touch();
    expect(await used()).toBeNull();
    await touch([partner]);
    const first = await used();
    expect(first).toBeInstanceOf(Date);
    await touch([partner]);
    expect(await used()).toEqual(first);
    await owner.query(
      `UPDATE partner_api_keys SET last_used_at = now() - interval '61 s' WHERE id = $1`,
      [id],
    );
    await touch([partner]);
    expect((await used()).getTime()).toBeGreaterThanOrEqual(first.getTime());
    expect(await versionOf('partners')).toBe(before);
  });

  it('are mirrored into the two columns of the seed: the newest full one that is not revoked (F14)', async () => {
    await rotate('newkey01');
    expect(await mirrorOf()).toEqual({ prefix: 'newkey01', hash: 'newkey01-hash' });
    await rotate('readonly', '{read}');
    expect(await mirrorOf()).toMatchObject({ prefix: 'newkey01' });
    await inTransaction(api, { partners: [partner] }, () =>
      api.query(`UPDATE partner_api_keys SET revoked_at = now() WHERE prefix = 'newkey01'`),
    );
    expect(await mirrorOf()).toEqual({ prefix, hash: `${prefix}-hash` });
  });

  it.each([
    [`UPDATE partners SET is_active = false WHERE id = $1`, 'partners', true],
    [`UPDATE partners SET updated_at = now() WHERE id = $1`, 'partners', false],
    [`UPDATE partner_api_keys SET revoked_at = now() WHERE partner_id = $1`, 'partners', true],
    [`UPDATE currencies SET is_active = true WHERE $1 <> ''`, 'catalog', true],
    [`UPDATE payment_methods SET is_active = true WHERE $1 <> ''`, 'catalog', true],
  ] as const)('tell the caches: %s', async (sql, kind, moves) => {
    const before = await versionOf(kind);
    await operations.query(sql, [partner]);
    expect((await versionOf(kind)) > before).toBe(moves);
  });

  it('tell the caches nothing of a change that is rolled back', async () => {
    const before = await versionOf('partners');
    await operations.query('BEGIN');
    await operations.query('UPDATE partners SET is_active = false WHERE id = $1', [partner]);
    await operations.query('ROLLBACK');
    expect(await versionOf('partners')).toBe(before);
  });

  it.each(['{}', '{admin}', '{read,admin}'])('never have the scopes %s', async (scopes) => {
    const insert = `INSERT INTO partner_api_keys (partner_id, prefix, hash, scopes)
      VALUES ($1, 'scopekey', 'scopekey', $2)`;
    const made = operations.query(insert, [partner, scopes]);
    expect(await ruleOf(made)).toBe('check_partner_api_keys_scopes');
  });

  it('belong to partners whose address is unique whatever its case, until they are deleted (F26)', async () => {
    const email = (
      await owner.query('SELECT upper(email) AS e FROM partners WHERE id = $1', [partner])
    ).rows[0].e;
    const again = () =>
      operations.query(
        `INSERT INTO partners (name, email, api_key_hash, api_key_prefix)
         VALUES ('Again', $1, gen_random_uuid(), 'p')`,
        [email],
      );
    expect(await ruleOf(again())).toBe('unique_partners_email_lower');
    await operations.query('UPDATE partners SET deleted_at = now() WHERE id = $1', [partner]);
    expect((await again()).rowCount).toBe(1);
  });
});
