import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { type Config } from '../../../apps/api/src/config.js';
import { generateApiKey, prefixOf } from '../../../apps/api/src/modules/partners/api-key.js';
import { Vault } from '../../../apps/api/src/platform/vault.service.js';
import {
  createSeedPartner,
  createSeedPayment,
  type FaultPair,
  insertSeedRefund,
  startFaultPair,
  valueOf,
} from '../support/fault-pair.js';
import { createPartner, createPayment, insertRefund } from '../support/rows.js';
import { inTransaction, refusalOf } from '../support/sessions.js';

let pair: FaultPair;
let seedApi: pg.Client;
let api: pg.Client;
let payment: string;

beforeAll(async () => {
  pair = await startFaultPair();
  seedApi = await pair.connectToSeed('payments_api');
  api = await pair.database.connect('payments_api');
  for (const partner of [pair.seedPartner, await createSeedPartner(pair.seed)]) {
    await insertSeedRefund(pair.seed, await createSeedPayment(pair.seed, partner));
  }
  await insertRefund(pair.ours, await createPayment(pair.ours, await createPartner(pair.ours)));
  payment = await createPayment(pair.ours, pair.partner);
  await insertRefund(pair.ours, payment);
});
afterAll(() => pair?.stop());

const countOf = (client: pg.Client, table: string) =>
  valueOf<number>(client, `SELECT count(*)::int FROM ${table}`);

describe('F14: the prefix of a key', () => {
  it('the seed gives every partner the same one when keys begin as everywhere', async () => {
    for (const key of ['sk_live_aaaa', 'sk_live_bbbb']) {
      await pair.seed.query(
        `INSERT INTO partners (name, email, api_key_hash, api_key_prefix) VALUES ('Shop', $1::text, $1::text, left($1::text, 8))`,
        [key],
      );
    }
    const found = `SELECT count(*)::int FROM partners WHERE api_key_prefix = 'sk_live_'`;
    expect(await valueOf<number>(pair.seed, found)).toBe(2);
  });

  it('the seed has room for one key, so a new one ends the old one at once', async () => {
    const keyOf = (hash: string) =>
      valueOf<number>(pair.seed, 'SELECT count(*)::int FROM partners WHERE api_key_hash = $1', [
        hash,
      ]);
    const [old] = (await pair.seed.query('SELECT id, api_key_hash AS hash FROM partners LIMIT 1'))
      .rows;
    await pair.seed.query(`UPDATE partners SET api_key_hash = 'new' WHERE id = $1`, [old.id]);
    expect([await keyOf(old.hash), await keyOf('new')]).toEqual([0, 1]);
  });

  it('ours is random, finds one key, and two keys of a partner live side by side', async () => {
    const prefixes = [1, 2].map(() => prefixOf(generateApiKey()) ?? '');
    expect(new Set(prefixes).size).toBe(2);
    for (const prefix of prefixes) {
      await inTransaction(api, { partners: [pair.partner] }, () =>
        api.query(
          `INSERT INTO partner_api_keys (partner_id, prefix, hash) VALUES ($1, $2::text, $2::text || '-hash')`,
          [pair.partner, prefix],
        ),
      );
    }
    for (const prefix of prefixes) {
      const found = 'SELECT key_hash FROM find_api_key($1)';
      expect(await valueOf(api, found, [prefix])).toBe(`${prefix}-hash`);
    }
    const mirror = 'SELECT api_key_prefix FROM partners WHERE id = $1';
    expect(await valueOf(pair.ours, mirror, [pair.partner])).toBe(prefixes[1]);
  });
});

describe('F15: row-level security that does not hold', () => {
  it('the seed shows everything to the owner of the table', async () => {
    await pair.seed.query('BEGIN');
    await pair.seed.query('ALTER TABLE transactions OWNER TO payments_owner');
    await pair.seed.query('SET LOCAL ROLE payments_owner');
    expect(await countOf(pair.seed, 'transactions')).toBe(2);
    await pair.seed.query('ROLLBACK');
  });

  it('the seed raises without the setting, and again on a connection that had one', async () => {
    const fresh = await pair.connectToSeed('payments_api');
    const read = () => countOf(fresh, 'transactions');
    expect((await refusalOf(read())).code).toBe('42704');
    expect(await inTransaction(fresh, { partners: [pair.seedPartner] }, read)).toBe(1);
    expect(await refusalOf(read())).toMatchObject({
      code: '22P02',
      message: 'invalid input syntax for type uuid: ""',
    });
  });

  it('ours shows nothing in all three, and its rows to a partner', async () => {
    const fresh = await pair.database.connect('payments_api');
    const read = () => countOf(fresh, 'transactions');
    expect(await read()).toBe(0);
    expect(await inTransaction(fresh, { partners: [pair.partner] }, read)).toBe(1);
    expect(await read()).toBe(0);
    await pair.ours.query('BEGIN');
    await pair.ours.query('SET LOCAL ROLE payments_owner');
    expect(await countOf(pair.ours, 'transactions')).toBe(0);
    await pair.ours.query('ROLLBACK');
  });
});

describe('F16: what a partner reads of others', () => {
  it('the seed shows it every refund, every event and the key hash of every partner', async () => {
    await inTransaction(seedApi, { partners: [pair.seedPartner] }, async () => {
      expect(await countOf(seedApi, 'transactions')).toBe(1);
      expect(await countOf(seedApi, 'refunds')).toBe(2);
      expect(await countOf(seedApi, 'transaction_events')).toBe(2);
      const hashes = 'SELECT count(api_key_hash)::int FROM partners';
      expect(await valueOf<number>(seedApi, hashes)).toBeGreaterThan(1);
    });
  });

  it('ours shows it its own rows, and no hash', async () => {
    await inTransaction(api, { partners: [pair.partner] }, async () => {
      for (const table of ['transactions', 'refunds', 'partners']) {
        expect([table, await countOf(api, table)]).toEqual([table, 1]);
      }
      const events = `SELECT count(*)::int FROM transaction_events WHERE transaction_id <> $1`;
      expect(await valueOf<number>(api, events, [payment])).toBe(0);
    });
    const hashes = inTransaction(api, { partners: [pair.partner] }, () =>
      api.query('SELECT api_key_hash FROM partners'),
    );
    expect((await refusalOf(hashes)).code).toBe('42501');
  });
});

describe('F17: secrets and personal data in plaintext', () => {
  const config = { ENCRYPTION_KEYS: new Map([['k1', randomBytes(32)]]) } as unknown as Config;
  const vault = new Vault(config);
  const longest = 'é'.repeat(255);

  it('the seed has columns that an envelope of what they hold does not fit into', async () => {
    const envelope = vault.seal(longest, 'partners.webhook_secret:place');
    for (const [table, column] of [
      ['partners', 'webhook_secret'],
      ['transactions', 'customer_email'],
      ['transactions', 'customer_name'],
    ]) {
      const set = (value: string) => pair.seed.query(`UPDATE ${table} SET ${column} = $1`, [value]);
      expect((await set(longest)).rowCount).toBeGreaterThan(0);
      expect((await refusalOf(set(envelope))).code).toBe('22001');
    }
  });

  it('ours takes envelopes that open again, and finds a payer by the hash of the address', async () => {
    const envelope = vault.seal(longest, `transactions.customer_email:${payment}`);
    await pair.ours.query(
      `UPDATE transactions SET customer_email = $2, customer_email_hash = 'k1.abc' WHERE id = $1`,
      [payment, envelope],
    );
    const read = `SELECT customer_email FROM transactions WHERE customer_email_hash = 'k1.abc'`;
    const stored = await valueOf(pair.ours, read);
    expect(stored).not.toContain('é');
    expect(vault.open(stored, `transactions.customer_email:${payment}`)).toBe(longest);
    expect(() => vault.open(stored, 'transactions.customer_email:another')).toThrow(
      'unable to authenticate',
    );
  });
});

describe('F18: a key that was revoked while a cache holds its partner', () => {
  it('the seed tells no cache: a change leaves no trace outside of the row', async () => {
    const triggers = `SELECT string_agg(tgname, ', ') FROM pg_trigger
      WHERE tgrelid = 'partners'::regclass AND NOT tgisinternal`;
    expect(await valueOf(pair.seed, triggers)).toBe('update_partners_updated_at');
  });

  it('ours raises the version that every cache compares, in the transaction of the change', async () => {
    const version = `SELECT version FROM cache_versions WHERE kind = 'partners'`;
    const before = Number(await valueOf(api, version));
    await pair.ours.query('UPDATE partners SET is_active = false WHERE id = $1', [pair.partner]);
    expect(Number(await valueOf(api, version))).toBe(before + 1);
  });
});
