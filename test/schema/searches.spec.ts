import type pg from 'pg';
import { insertPaymentHistory } from '../factories/payment-history.js';
import { createPartner } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { expectedIds, type Search, searchAs } from './support/searches.js';
import { refusalOf } from './support/sessions.js';

const emailHash = 'k1.sample';
const middle = { before: '', beforeId: '' };

const searches: Search[] = [
  {},
  { limit: 101 },
  { metadata: '{"cart": "c-77"}' },
  { metadata: '{"channel": "web"}' },
  { metadata: '{"channel": "web", "campaign": "spring-7"}' },
  { metadata: '{"season": "first"}' },
  { metadata: '{"season": "none"}' },
  { metadata: '{"season": "first"}', currency: 'GBP', amountMin: '100' },
  { currency: 'USD' },
  { currency: 'GBP' },
  { currency: 'THB', limit: 101 },
  { currency: 'USD', amountMin: '100', amountMax: '101' },
  { currency: 'EUR', amountMin: '1500' },
  { currency: 'USD', amountMax: '1' },
  { paymentMethod: 'crypto' },
  { provider: 'manual' },
  { provider: 'adyen', paymentMethod: 'bank_transfer', status: 'failed' },
  { emailHashes: [emailHash], currency: 'USD' },
  { emailHashes: ['k0.none', emailHash], currency: 'USD' },
  { reference: 'invoice-99', currency: 'USD' },
  { status: 'refunded', currency: 'EUR' },
];

describe('search_transactions', () => {
  let database: ScratchDatabase;
  let superuser: pg.Client;
  let api: pg.Client;
  let big: string;
  let small: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    superuser = await database.connect();
    api = await database.connect('payments_api');
    const partnerIds: string[] = [];
    for (let count = 0; count < 4; count++) partnerIds.push(await createPartner(superuser));
    [big = '', small = ''] = partnerIds;
    await insertPaymentHistory(superuser, { transactions: 16_000, partnerIds, emailHash });
    const { rows } = await superuser.query(
      'SELECT created_at::text AS before, id FROM transactions ORDER BY 1 OFFSET 8000 LIMIT 1',
    );
    Object.assign(middle, { before: rows[0].before, beforeId: rows[0].id });
  });
  afterAll(() => database?.stop());

  it.each(searches)('finds what a plain query finds, newest first, for %j', async (search) => {
    let found = 0;
    for (const partner of [big, small]) {
      for (const place of [{}, middle, { from: middle.before }, { to: middle.before }]) {
        const ids = await searchAs(api, [partner], { ...search, ...place });
        expect(ids).toEqual(await expectedIds(superuser, partner, { ...search, ...place }));
        found += ids.length;
      }
    }
    expect(found > 0).toBe(search.metadata !== '{"season": "none"}');
  });

  it('leaves deleted payments out', async () => {
    const [newest = ''] = await searchAs(api, [small], { currency: 'USD' });
    await superuser.query('UPDATE transactions SET deleted_at = now() WHERE id = $1', [newest]);
    expect(await searchAs(api, [small], { currency: 'USD' })).not.toContain(newest);
  });

  it('takes its partner from the setting: none without it, and refuses a set', async () => {
    const search = { metadata: '{"channel": "web"}' };
    expect(await searchAs(api, [small], search)).toHaveLength(21);
    expect(await searchAs(api, undefined, search)).toEqual([]);
    expect(await searchAs(api, [], search)).toEqual([]);
    expect((await refusalOf(searchAs(api, [big, small], search))).code).toBe('22P02');
  });

  it.each([
    `{"channel": "web' OR true --"}`,
    `{"channel": "web\\"}"}`,
    `{"a'); DELETE FROM transactions; --": "x"}`,
    `{"%L": "$1"}`,
  ])('takes the hostile metadata %s for a value', async (metadata) => {
    expect(await searchAs(api, [big], { metadata })).toEqual([]);
  });

  it.each([
    [{ currency: `USD' OR 'a'='a` }, []],
    [{ paymentMethod: `card'; SET ROLE payments_definer; --` }, []],
    [{ reference: `x' UNION SELECT id FROM transactions --` }, []],
    [{ emailHashes: [`${emailHash}' OR partner_id IS NOT NULL --`] }, []],
    [{ status: `failed' OR true --` }, '22P02'],
    [{ provider: 'stripe OR true' }, '22P02'],
    [{ metadata: `{"a": 1} OR true` }, '22P02'],
    [{ amountMin: '1 OR 1=1' }, '22P02'],
    [{ before: 'now) OR (true', beforeId: middle.beforeId }, '22007'],
    [{ limit: 1_000_000 }, '22023'],
    [{ limit: 0 }, '22023'],
  ] as [Search, string[] | string][])('gives %j away for nothing', async (search, outcome) => {
    const answer = searchAs(api, [big], search);
    expect(typeof outcome === 'string' ? (await refusalOf(answer)).code : await answer).toEqual(
      outcome,
    );
  });

  it('may be called by the api alone, and its owner changes no amount', async () => {
    for (const role of ['payments_worker', 'payments_operations'] as const) {
      const session = await database.connect(role);
      expect((await refusalOf(searchAs(session, [big], {}))).code).toBe('42501');
    }
    await superuser.query('SET ROLE payments_definer');
    const change = superuser.query('UPDATE transactions SET amount = 1');
    expect((await refusalOf(change)).code).toBe('42501');
    await superuser.query('RESET ROLE');
  });

  it('can not be led astray by a search_path', async () => {
    const session = await database.connect('payments_api');
    await session.query(`SET search_path = pg_temp, public`);
    const ids = await searchAs(session, [small], { currency: 'USD' });
    expect(ids).toEqual(await expectedIds(superuser, small, { currency: 'USD' }));
    expect(
      (await refusalOf(session.query('CREATE TEMPORARY VIEW transactions AS SELECT 1'))).code,
    ).toBe('42501');
  });
});
