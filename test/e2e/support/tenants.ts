import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createPayment, postRefund } from '../../factories/payments.js';
import { queryOnce } from '../../support/databases.js';
import { call } from '../../support/http.js';
import type { TestSystem } from '../../support/system.js';
import { exampleBody } from './documented-calls.js';
import type { DocumentedCall, Ids } from './documented-calls.js';

/** A partner, and a word that stands in nothing but its rows. */
export interface Tenant {
  id: string;
  key: string;
  marker: string;
}

/** Nobody listens there. */
const subscribe = `UPDATE partners SET webhook_url = 'http://127.0.0.1:9/' WHERE id = $1`;

export async function readTenant(system: TestSystem, key: string): Promise<Tenant> {
  const { body } = await call<{ id: string }>(system, 'GET', '/v1/partner', { key });
  await queryOnce(system.database.admin, subscribe, [body.id]);
  return { id: body.id, key, marker: `marker-${randomUUID()}` };
}

/** Which resources are made in all their states; see `makeIds`. */
const ownPlaces = ['/v1/transactions/{id}', '/v1/refunds/{id}'];

/**
 * Fresh resources of a partner, in every state in which an operation may want them.
 *
 * What is not made here is made by its example and taken from its list, where the document has them.
 */
export async function makeIds(
  system: TestSystem,
  { key, marker }: Tenant,
  calls: DocumentedCall[] = [],
): Promise<Ids> {
  const marked = {
    ...{ reference: marker, description: marker, customer_name: marker },
    ...{ customer_email: `${marker}@example.com`, metadata: { marker } },
  };
  const completed = await createPayment(system, marked, { key });
  const pending = await createPayment(system, { ...marked, confirm: false }, { key });
  const body = { reason: marker, amount: '1.00' };
  const refund = await postRefund(system, completed.id, body, { key });
  return {
    ...(await listedIds(system, key, calls)),
    '/v1/transactions/{id}': [completed.id, pending.id],
    '/v1/refunds/{id}': [refund.body.id],
  };
}

/** For `GET /v1/things`: the ids of `/v1/things/{id}`, after `POST /v1/things` where there is one. */
async function listedIds(system: TestSystem, key: string, calls: DocumentedCall[]): Promise<Ids> {
  const ids: Ids = {};
  const at = (path: string, method: string) =>
    calls.find((each) => each.path === path && each.method === method);
  for (const { path } of calls) {
    const [, list = ''] = /^(.*)\/\{\w+\}$/.exec(path) ?? [];
    if (ids[path] || ownPlaces.includes(path) || !at(list, 'GET')) continue;
    const create = at(list, 'POST');
    if (create) await call(system, 'POST', list, { key, body: exampleBody(create) });
    const { body } = await call<{ data?: { id: string }[] }>(system, 'GET', list, { key });
    ids[path] = (body.data ?? []).map(({ id }) => id);
  }
  return ids;
}

const tables = `
SELECT c.relname AS name FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'partner_id'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relname <> 'audit_logs' ORDER BY 1`;

/** Everything that stands for a partner alone: its word, its own id and those of its rows. */
export async function readSecrets(system: TestSystem, tenant: Tenant): Promise<string[]> {
  const dump = await dumpRows(system, tenant);
  const ids = [...dump.matchAll(/"id": "([0-9a-f-]{36})"/g)].map(([, id = '']) => id);
  return [tenant.id, tenant.marker, ...ids];
}

/** Every row of a partner but those of its audit log, and but for the last use of its keys. */
export async function dumpRows(system: TestSystem, { id }: Tenant): Promise<string> {
  const client = new pg.Client({ connectionString: system.database.admin });
  await client.connect();
  try {
    const lines = [];
    const found = await client.query<{ name: string }>(tables);
    const columns = [...found.rows.map(({ name }) => [name, 'partner_id']), ['partners', 'id']];
    for (const [name = '', column = ''] of columns) {
      const { rows } = await client.query<{ row: string }>(
        `SELECT (to_jsonb(t) - 'last_used_at')::text AS row FROM ${name} AS t
         WHERE ${column} = $1 ORDER BY 1`,
        [id],
      );
      lines.push(name, ...rows.map(({ row }) => row));
    }
    return lines.join('\n');
  } finally {
    await client.end();
  }
}
