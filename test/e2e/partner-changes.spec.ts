import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { absentId, asOperator, auditOf, makePartner } from './support/operations.js';
import type { PartnerAccount } from './support/operations.js';
import { until } from './support/until.js';

let system: TestSystem;

beforeAll(async () => {
  system = await startSystem({ worker: 0, sandbox: false });
});

afterAll(() => system.stop());

async function statusWith(key: string): Promise<number> {
  return (await call(system, 'GET', '/v1/partner', { key })).status;
}

describe('changing a partner', () => {
  it('takes If-Match of the version that was read, once', async () => {
    const { id } = await makePartner(system);
    const etag = (await asOperator(system, 'GET', `/partners/${id}`)).headers.get('etag') ?? '';
    const headers = { 'if-match': etag };
    const path = `/partners/${id}`;
    const first = await asOperator(system, 'PATCH', path, { headers, body: { name: 'New name' } });
    expect([first.status, first.body.name]).toEqual([200, 'New name']);
    expect(first.headers.get('etag')).toBe(`"${first.body.version}"`);
    const late = await asOperator<{ code: string }>(system, 'PATCH', path, {
      headers,
      body: { name: 'X' },
    });
    expect([late.status, late.body.code]).toEqual([412, 'version_conflict']);
    expect((await asOperator(system, 'GET', path)).body.name).toBe('New name');
    expect((await auditOf(system, id)).map(({ action }) => action)).toEqual(['create', 'update']);
  });

  it('sets and clears the webhook URL', async () => {
    const { id } = await makePartner(system);
    const url = 'https://shop.example/webhooks';
    for (const webhookUrl of [url, null]) {
      const body = { webhook_url: webhookUrl };
      const { body: changed } = await asOperator(system, 'PATCH', `/partners/${id}`, { body });
      expect(changed.webhook_url).toBe(webhookUrl);
    }
    const other = await makePartner(system, { webhook_url: url });
    expect((await asOperator(system, 'GET', `/partners/${other.id}`)).body.webhook_url).toBe(url);
  });

  it('lets one of ten changes of the same version through', async () => {
    const { id } = await makePartner(system);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        asOperator(system, 'PATCH', `/partners/${id}`, {
          headers: { 'if-match': '"1"' },
          body: { name: `Name ${index}` },
        }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(9);
  });

  it('leaves alone what is not given, and is audited before and after', async () => {
    const webhookUrl = 'https://shop.example/hooks';
    const { id } = await makePartner(system, { webhook_url: webhookUrl });
    const limited = await asOperator(system, 'PATCH', `/partners/${id}`, {
      body: { rate_limit_per_minute: 7 },
    });
    expect(limited.body).toMatchObject({ webhook_url: webhookUrl, rate_limit_per_minute: 7 });
    const cleared = await asOperator(system, 'PATCH', `/partners/${id}`, {
      body: { webhook_url: null },
    });
    expect(cleared.body).toMatchObject({ webhook_url: null, rate_limit_per_minute: 7 });
    const [, first, second] = await auditOf(system, id);
    expect(first?.changes).toMatchObject({
      before: { rate_limit_per_minute: 100, webhook_url: webhookUrl },
      after: { rate_limit_per_minute: 7, webhook_url: webhookUrl },
    });
    expect(second?.changes).toMatchObject({
      before: { webhook_url: webhookUrl },
      after: { webhook_url: null },
    });
  });

  it.each([
    ['a name of null', 422, { name: null }],
    ['a limit that is text', 422, { rate_limit_per_minute: '7' }],
    ['an email', 400, { email: 'other@example.com' }],
  ])('refuses %s with %d', async (_what, status, body) => {
    const { id } = await makePartner(system);
    expect((await asOperator(system, 'PATCH', `/partners/${id}`, { body })).status).toBe(status);
  });

  it.each(['GET', 'PATCH'])('answers 404 to %s of a partner that is not there', async (method) => {
    const options = method === 'PATCH' ? { body: { name: 'X' } } : {};
    const answer = await asOperator<{ code: string }>(
      system,
      method,
      `/partners/${absentId}`,
      options,
    );
    expect([answer.status, answer.body.code]).toEqual([404, 'partner_not_found']);
  });
});

describe('rotating a key', () => {
  const rotate = (id: string, body: object) =>
    asOperator<PartnerAccount & { previous_keys_expire_at: string }>(
      system,
      'POST',
      `/partners/${id}/api-key/rotate`,
      { body },
    );

  it('keeps the old key for a day unless told otherwise', async () => {
    const { id, api_key: oldKey } = await makePartner(system);
    const { status, body } = await rotate(id, {});
    expect(status).toBe(200);
    const endsInMs = Date.parse(body.previous_keys_expire_at) - Date.now();
    expect(endsInMs / 3_600_000).toBeCloseTo(24, 1);
    expect([await statusWith(oldKey), await statusWith(body.api_key)]).toEqual([200, 200]);
    const shown = await asOperator(system, 'GET', `/partners/${id}`);
    expect(shown.body.api_key_prefix).toBe(body.api_key.slice(0, 8));
  });

  it('ends the old key without a grace period', async () => {
    const { id, api_key: oldKey } = await makePartner(system, { rate_limit_per_minute: 60_000 });
    expect(await statusWith(oldKey)).toBe(200);
    const { body } = await rotate(id, { grace_period_hours: 0 });
    const isRefused = (status: number) => status === 401;
    await until('the end of the old key', () => statusWith(oldKey), isRefused);
    expect(await statusWith(body.api_key)).toBe(200);
  });

  it('leaves one key after five rotations at once', async () => {
    const { id } = await makePartner(system);
    await Promise.all(Array.from({ length: 5 }, () => rotate(id, { grace_period_hours: 0 })));
    const left = await queryOnce(
      system.database.admin,
      'SELECT prefix FROM partner_api_keys WHERE partner_id = $1 AND revoked_at IS NULL',
      [id],
    );
    expect(left).toHaveLength(1);
  });

  it('leaves the key of a partner that was changed since it was read', async () => {
    const { id, api_key: key } = await makePartner(system);
    const path = `/partners/${id}/api-key/rotate`;
    const options = { headers: { 'if-match': '"2"' }, body: { grace_period_hours: 0 } };
    const answer = await asOperator<{ code: string }>(system, 'POST', path, options);
    expect([answer.status, answer.body.code]).toEqual([412, 'version_conflict']);
    expect(await statusWith(key)).toBe(200);
    const read = { ...options, headers: { 'if-match': '"1"' } };
    expect((await asOperator(system, 'POST', path, read)).status).toBe(200);
  });

  it('is audited without the key', async () => {
    const { id, api_key_prefix: oldPrefix } = await makePartner(system);
    const { body } = await rotate(id, { grace_period_hours: 2 });
    const [, row] = await auditOf(system, id);
    expect(row).toMatchObject({
      resource_type: 'partner_api_key',
      changes: {
        before: { api_key_prefixes: [oldPrefix] },
        after: { api_key_prefix: body.api_key_prefix, grace_period_hours: 2 },
      },
    });
    expect(JSON.stringify(row)).not.toContain(body.api_key.slice(9));
  });

  it('refuses a grace period below zero and a partner that is not there', async () => {
    const { id } = await makePartner(system);
    expect((await rotate(id, { grace_period_hours: -1 })).status).toBe(422);
    expect((await rotate(absentId, {})).status).toBe(404);
  });
});

describe('a partner that changes nothing of itself', () => {
  it('keeps its version, and is told when it has read another one', async () => {
    const { id, api_key: key } = await makePartner(system);
    const options = { key, body: {} };
    const path = '/v1/partner';
    const same = await call<{ version: number }>(system, 'PATCH', path, options);
    expect([same.status, same.body.version]).toEqual([200, 1]);
    const headers = { 'if-match': '"7"' };
    expect((await call(system, 'PATCH', path, { ...options, headers })).status).toBe(412);
    expect((await auditOf(system, id)).map(({ action }) => action)).not.toContain('update');
    const body = { metadata: { region: 'north' } };
    const changed = await call<{ version: number }>(system, 'PATCH', path, { key, body });
    expect(changed.body.version).toBe(2);
  });
});
