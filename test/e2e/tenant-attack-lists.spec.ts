import { postRefund } from '../factories/payments.js';
import type { List } from '../factories/payments.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { addressesOf, exampleBody, readCalls } from './support/documented-calls.js';
import type { JsonSchema } from '../support/open-api.js';
import type { DocumentedCall, Ids } from './support/documented-calls.js';
import { makeIds, readSecrets, readTenant } from './support/tenants.js';
import type { Tenant } from './support/tenants.js';

/** Parameters that go on from a page of before. */
const cursors = ['cursor', 'after'];

const minuteMs = 60_000;
const at = (sinceNowMs: number) => new Date(Date.now() + sinceNowMs).toISOString();

describe('a partner against another, with every parameter of every list', () => {
  let system: TestSystem;
  let victim: Tenant;
  let thief: Tenant;
  let lists: DocumentedCall[];
  let ids: Ids;
  let ownIds: Ids;
  let secrets: string[];

  beforeAll(async () => {
    system = await startSystem({ worker: 0 });
    victim = await readTenant(system, system.credentials.partner_api_key);
    thief = await readTenant(system, system.credentials.second_partner_api_key);
    const calls = await readCalls(system, '/docs/openapi.json');
    lists = calls.filter(({ method, parameters }) => method === 'GET' && parameters.some(isQuery));
    ownIds = await makeIds(system, thief, calls);
    // Two of each, so that a page of one has a next page.
    const first = await makeIds(system, victim, calls);
    const [payment = ''] = first['/v1/transactions/{id}'] ?? [];
    await postRefund(system, payment, { amount: '1.00' }, { key: victim.key });
    const creations = calls.filter(({ path, method }) => method === 'POST' && !path.includes('{'));
    for (const one of [...creations, ...creations]) {
      await call(system, 'POST', one.path, { key: victim.key, body: exampleBody(one) });
    }
    ids = await makeIds(system, victim, calls);
    ids['/v1/transactions/{id}'] = [payment, ...(ids['/v1/transactions/{id}'] ?? [])];
    secrets = await readSecrets(system, victim);
  });
  afterAll(() => system?.stop());

  const isQuery = (parameter: { in: string }) => parameter.in === 'query';

  const get = ({ key }: Tenant, address: string, query: string) =>
    call<List<{ id: string }>>(system, 'GET', `${address}?${query}`, { key });

  const tells = (text: string) => secrets.some((secret) => text.includes(secret));

  /** Queries that find rows of the victim where the schema of a parameter does not say which would. */
  const knownQueries = (): Record<string, string> => ({
    action: 'action=create',
    expand: 'expand=attempts,refunds,events',
    resource_type: 'resource_type=transaction',
    currency: 'currency=USD',
    amount_min: 'amount_min=1&currency=USD',
    amount_max: 'amount_max=999&currency=USD',
    metadata: `metadata[marker]=${victim.marker}`,
    customer_email: `customer_email=${victim.marker}@example.com`,
  });

  /** Everything of the victim's that could be a value of the parameter, as queries. */
  const queriesOf = (name: string, schema: JsonSchema): string[] => {
    const known = knownQueries()[name];
    const values = schema.enum?.map(String) ?? valuesOf(schema);
    return [
      ...(known ? [known] : []),
      ...values.map((each) => `${name}=${encodeURIComponent(each)}`),
    ];
  };

  const valuesOf = ({ type, format }: JsonSchema): string[] => {
    if (type === 'integer') return ['100'];
    if (type === 'boolean') return ['true', 'false'];
    if (format === 'date-time') return [at(-10 * minuteMs), at(10 * minuteMs)];
    return [...Object.values(ids).flat(), victim.id, victim.marker];
  };

  /** The filters of a list: what of the victim's could be the value of each, as queries. */
  const filtersOf = ({ parameters }: DocumentedCall) =>
    parameters
      .filter((each) => isQuery(each) && !cursors.includes(each.name))
      .map(({ name, schema }) => ({ name, queries: queriesOf(name, schema) }));

  /** Which of the queries show something of the victim's. */
  const telling = async (who: Tenant, addresses: string[], queries: string[]) => {
    const found: string[] = [];
    for (const query of queries) {
      for (const address of addresses) {
        const { status, text } = await get(who, address, query);
        expect({ address, query, failed: status >= 500 }).toEqual({
          address,
          query,
          failed: false,
        });
        // A refusal may name what was asked for.
        if (status === 200 && tells(text)) found.push(`${address}?${query}`);
      }
    }
    return found;
  };

  it('finds nothing of the other by any filter, and the other does', async () => {
    expect(lists.length).toBeGreaterThanOrEqual(5);
    const unproven: string[] = [];
    for (const one of lists) {
      for (const { name, queries } of filtersOf(one)) {
        expect(await telling(thief, addressesOf(one, ownIds), queries)).toEqual([]);
        const control = await telling(victim, addressesOf(one, ids), queries);
        if (control.length === 0) unproven.push(`${one.operationId} ${name}`);
      }
    }
    // Whoever adds a filter gives knownQueries() a query by which the victim finds its rows.
    expect(unproven).toEqual([]);
  });

  it('gets nowhere with the cursors of the other', async () => {
    const paged = lists.flatMap((one) =>
      one.parameters
        .filter(({ name }) => cursors.includes(name))
        .map(({ name }) => ({ one, name })),
    );
    expect(paged.length).toBeGreaterThanOrEqual(4);
    for (const { one, name } of paged) {
      const [address = ''] = addressesOf(one, ids);
      const [own = ''] = addressesOf(one, ownIds);
      const first = await get(victim, address, 'limit=1');
      const { next_cursor: cursor } = first.body;
      // Whoever adds a list gives the victim two rows of it in makeIds().
      expect({ list: one.operationId, cursor }).toEqual({
        list: one.operationId,
        cursor: expect.any(String) as string,
      });
      const query = `limit=1&${name}=${encodeURIComponent(cursor ?? '')}`;
      for (const target of new Set([own, address])) {
        const stolen = await get(thief, target, query);
        const { status, text } = stolen;
        expect({ list: one.operationId, status }).toEqual({
          ...{ list: one.operationId, status: target === own ? 400 : 404 },
        });
        expect(tells(text)).toBe(false);
      }
      const next = await get(victim, address, query);
      expect({ list: one.operationId, status: next.status }).toEqual({
        list: one.operationId,
        status: 200,
      });
      expect(next.body.data).toHaveLength(1);
    }
  });
});
