import { randomUUID } from 'node:crypto';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import type { CallOptions } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { newKey, openWith } from './support/envelopes.js';
import { asOperator, makePartner } from './support/operations.js';
import type { PartnerAccount } from './support/operations.js';
import { endOf, statusesWith, statusWith } from './support/partner-keys.js';
import { expectProblem } from './support/problems.js';
import { until } from './support/until.js';

interface Profile {
  webhook_url: string | null;
  webhook_disabled_at: string | null;
  metadata: Record<string, string> | null;
  version: number;
  api_keys: { prefix: string; scopes: string[]; last_used_at: string; expires_at: string }[];
}

interface Rotated {
  api_key: string;
  scopes: string[];
  previous_keys_expire_at: string;
  webhook_secret: string;
  previous_secret_expires_at: string | null;
}

const encryptionKey = newKey('only');
const url = 'https://shop.example/webhooks';
let system: TestSystem;

beforeAll(async () => {
  const env = { WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'false', ENCRYPTION_KEYS: encryptionKey };
  system = await startSystem({ api: 3, worker: 0, sandbox: false, env });
});
afterAll(() => system?.stop());

const busy = { rate_limit_per_minute: 60_000 };
const query = <Row extends object>(text: string, values: unknown[]) =>
  queryOnce<Row & Record<string, unknown>>(system.database.admin, text, values);
const rotate = (what: 'api-key' | 'webhook-secret', key: string, options: CallOptions = {}) =>
  call<Rotated>(system, 'POST', `/v1/partner/${what}/rotate`, { key, body: {}, ...options });
const show = (key: string, headers = {}) =>
  call<Profile>(system, 'GET', '/v1/partner', { key, headers });
const change = (key: string, body: object, headers = {}) =>
  call<Profile>(system, 'PATCH', '/v1/partner', { key, body, headers });
const secondsUntil = (time: string) => (Date.parse(time) - Date.now()) / 1_000;

describe('the profile of a partner', () => {
  it('is changed by the partner, field by field, with an audit row that holds no metadata', async () => {
    const { id, api_key: key } = await makePartner(system);
    const first = await change(key, { webhook_url: url, metadata: { region: 'north' } });
    expect([first.status, first.body]).toMatchObject([
      200,
      { webhook_url: url, metadata: { region: 'north' }, version: 2 },
    ]);
    expect(first.headers.get('etag')).toBe('"2"');
    const second = await change(key, { metadata: null });
    expect(second.body).toMatchObject({ webhook_url: url, metadata: null });
    const disable = `UPDATE partners SET webhook_disabled_at = now(),
      webhook_disabled_reason = 'gone' WHERE id = $1`;
    await query(disable, [id]);
    expect((await change(key, { webhook_url: url })).body.webhook_disabled_at).toBeNull();
    expect((await change(key, { webhook_url: null })).body.webhook_url).toBeNull();
    const text = `SELECT actor_type, action, changes FROM audit_logs
      WHERE partner_id = $1 AND actor_type = 'partner' AND action = 'update' ORDER BY id LIMIT 1`;
    expect(await query(text, [id])).toEqual([
      {
        ...{ actor_type: 'partner', action: 'update' },
        changes: {
          before: { webhook_url: null, version: 1 },
          after: { webhook_url: url, version: 2, metadata: '[redacted]' },
        },
      },
    ]);
  });

  it('is changed by one of two who read the same version, and sent to nobody who has it', async () => {
    const { api_key: key } = await makePartner(system);
    const etag = (await show(key)).headers.get('etag') ?? '';
    for (const tags of [etag, `W/${etag}`, `"99", ${etag}`, '*']) {
      const same = await show(key, { 'if-none-match': tags });
      expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', etag]);
    }
    const changes = [{ webhook_url: url }, { webhook_url: `${url}/2` }];
    const answers = await Promise.all(
      changes.map((body) => change(key, body, { 'if-match': etag })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
    const late = await change(key, { webhook_url: null }, { 'if-match': `W/"2"` });
    expectProblem(late, 412, 'version_conflict');
    const now = await show(key, { 'if-none-match': etag });
    expect([now.status, now.body.version, now.headers.get('etag')]).toEqual([200, 2, '"2"']);
  });

  it.each([
    ['a URL of 530 characters', `${url}/${'x'.repeat(500)}`, 'max_length'],
    ['http', 'http://shop.example/hooks', 'https_required'],
    ['this machine', 'https://127.0.0.1/hooks', 'address_not_public'],
    ['a URL with a password', 'https://user:word@shop.example/', 'credentials_not_allowed'],
    ['a name alone', 'shop.example', 'is_url'],
  ])('sends no webhooks to %s', async (_what, wrong, code) => {
    const { api_key: key } = await makePartner(system);
    const answer = await change(key, { webhook_url: wrong });
    const problem = expectProblem(answer, 422, 'validation_failed');
    expect(problem.errors).toMatchObject([{ param: 'webhook_url', code }]);
    expect((await show(key)).body).toMatchObject({ webhook_url: null, version: 1 });
  });

  it.each(['is_active', 'rate_limit_per_minute', 'name', 'api_key_hash', 'version', 'id'])(
    'keeps %s for operations to change',
    async (field) => {
      const answer = await change(system.credentials.partner_api_key, { [field]: 1 });
      expectProblem(answer, 400, 'parameter_invalid');
    },
  );

  it('tells when each key was last used, to the partner and to operations', async () => {
    const { id, api_key: key, api_key_prefix: prefix } = await makePartner(system);
    await show(key);
    const { body } = await until(
      'the last use',
      () => show(key),
      (answer) => Boolean(answer.body.api_keys[0]?.last_used_at),
    );
    expect(body.api_keys).toMatchObject([{ prefix, scopes: ['read', 'write'], expires_at: null }]);
    const seen = await asOperator<PartnerAccount & Profile>(system, 'GET', `/partners/${id}`);
    expect(seen.body.api_keys).toEqual(body.api_keys);
  });
});

describe('the key of a partner', () => {
  it('is replaced by the partner, and lets it in for another day unless told otherwise', async () => {
    const { api_key: key } = await makePartner(system);
    const idempotencyKey = randomUUID();
    const { status, body, text } = await rotate('api-key', key, { idempotencyKey });
    expect([status, body.scopes]).toEqual([200, ['read', 'write']]);
    expect(secondsUntil(body.previous_keys_expire_at) / 3_600).toBeCloseTo(24, 1);
    for (const each of [key, body.api_key]) expect(await statusWith(system, each)).toBe(200);
    const again = await rotate('api-key', key, { idempotencyKey });
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([text, 'true']);
    const { api_keys: keys } = (await show(body.api_key)).body;
    expect(keys.map(({ prefix, expires_at: end }) => [prefix, end])).toEqual([
      [body.api_key.slice(0, 8), null],
      [key.slice(0, 8), body.previous_keys_expire_at],
    ]);
  });

  it.each([-1, 604_801, 1.5, '60', null])('is not replaced with a grace of %p', async (grace) => {
    const answer = await rotate('api-key', system.credentials.partner_api_key, {
      body: { grace_seconds: grace },
    });
    expectProblem(answer, 422, 'validation_failed');
  });

  it('gives its scopes to its successor, and leaves keys with other scopes alone', async () => {
    const { api_key: reader } = await makePartner(system);
    const { body } = await rotate('api-key', reader);
    const narrow = `UPDATE partner_api_keys SET scopes = '{read}' WHERE prefix = $1`;
    await query(narrow, [reader.slice(0, 8)]);
    const refused = () => rotate('api-key', reader).then(({ status }) => status);
    await until('the scope', refused, (status) => status === 403);
    const next = await rotate('api-key', body.api_key, { body: { grace_seconds: 0 } });
    expect(next.body.scopes).toEqual(['read', 'write']);
    expect(await statusWith(system, reader)).toBe(200);
    expect(await statusWith(system, next.body.api_key)).toBe(200);
  });

  it('gets one successor of two that it asks for at once, when none of the old keys may stay', async () => {
    const { api_key: key } = await makePartner(system);
    expect(await statusesWith(system, key)).toEqual([200, 200, 200]);
    const body = { grace_seconds: 0 };
    const answers = await Promise.all(
      system.apiUrls.map((baseUrl) =>
        call<Rotated>({ ...system, baseUrl }, 'POST', '/v1/partner/api-key/rotate', { key, body }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401]);
    const { api_key: next = '' } = answers.find(({ status }) => status === 200)?.body ?? {};
    expect(await statusesWith(system, next)).toEqual([200, 200, 200]);
  });

  const ends: [string, (partner: PartnerAccount) => Promise<unknown>][] = [
    ['replaced', ({ api_key: key }) => rotate('api-key', key, { body: { grace_seconds: 0 } })],
    [
      'revoked',
      ({ id }) =>
        query('UPDATE partner_api_keys SET revoked_at = now() WHERE partner_id = $1', [id]),
    ],
    [
      'left without its partner',
      ({ id }) => asOperator(system, 'PATCH', `/partners/${id}`, { body: { is_active: false } }),
    ],
  ];

  it.each(ends)('that was %s stops within a second in every process', async (_how, end) => {
    const partner = await makePartner(system, busy);
    expect(await statusesWith(system, partner.api_key)).toEqual([200, 200, 200]);
    const lastLetIn = await endOf(system, partner.api_key, () => end(partner));
    expect(lastLetIn.filter((ms) => ms > 1_000)).toEqual([]);
  });

  it('stops in every process when its grace is over, with nobody doing anything', async () => {
    const { api_key: key } = await makePartner(system, busy);
    const { body } = await rotate('api-key', key, { body: { grace_seconds: 1 } });
    const isOver = (statuses: number[]) => statuses.every((status) => status === 401);
    await until('the end of the grace', () => statusesWith(system, key), isOver);
    expect(secondsUntil(body.previous_keys_expire_at)).toBeLessThanOrEqual(0);
  });
});

describe('the webhook secret of a partner', () => {
  const secretsOf = async (id: string) => {
    const columns = 'webhook_secret AS current, webhook_secret_previous AS previous';
    const [row] = await query<{ current: string; previous: string | null }>(
      `SELECT ${columns} FROM partners WHERE id = $1`,
      [id],
    );
    const open = (column: string, envelope = '') =>
      openWith(encryptionKey, `partners.${column}:${id}`, envelope);
    return [
      open('webhook_secret', row?.current),
      row?.previous && open('webhook_secret_previous', row.previous),
    ];
  };

  it('is replaced by the partner, and signs on beside the new one until its grace is over', async () => {
    const { id, api_key: key, webhook_secret: secret } = await makePartner(system);
    const idempotencyKey = randomUUID();
    const options = { idempotencyKey, body: { grace_seconds: 60 } };
    const { status, body, text } = await rotate('webhook-secret', key, options);
    expect([status, body.webhook_secret]).toEqual([200, expect.stringMatching(/^whsec_.{44}$/)]);
    expect(secondsUntil(body.previous_secret_expires_at ?? '')).toBeCloseTo(60, -1);
    expect(await secretsOf(id)).toEqual([body.webhook_secret, secret]);
    expect((await rotate('webhook-secret', key, options)).text).toBe(text);
    expect(await secretsOf(id)).toEqual([body.webhook_secret, secret]);
    const rows = await query('SELECT * FROM audit_logs WHERE partner_id = $1', [id]);
    expect(JSON.stringify(rows)).toContain('"webhook_secret":"[redacted]"');
    expect(JSON.stringify(rows)).not.toContain('whsec_');
  });

  it('ends at once without a grace', async () => {
    const { id, api_key: key } = await makePartner(system);
    const { body } = await rotate('webhook-secret', key, { body: { grace_seconds: 0 } });
    expect(body.previous_secret_expires_at).toBeNull();
    expect(await secretsOf(id)).toEqual([body.webhook_secret, null]);
  });
});
