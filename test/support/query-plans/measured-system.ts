import pg from 'pg';
import type { Credentials } from '../../../apps/local/src/credentials.js';
import { databaseUrls } from '../../../apps/local/src/database.js';
import { generateSecrets } from '../../../apps/local/src/secrets.js';
import { migrate } from '../../../migrations/migrate.js';
import { insertPaymentHistory } from '../../factories/payment-history.js';
import { createPayment } from '../../factories/payments.js';
import { type FirstApi, startFirstApi, startWorker } from '../first-api.js';
import { call } from '../http.js';
import { makeTestDirectory } from '../test-directory.js';
import { startTestServer } from '../test-server.js';
import { type LoggedPlan, PlanLog, planLogSettings, startLogging } from './plan-log.js';

/** A partner of the data set that calls the api. */
export interface MeasuredPartner {
  id: string;
  key: string;
}

/** The built api on a server of its own with a long history, which logs the plan of every statement. */
export interface MeasuredSystem {
  baseUrl: string;
  credentials: Credentials;
  /** Has half of all payments. */
  big: MeasuredPartner;
  small: MeasuredPartner;
  /** A superuser's connection. */
  superuser: pg.Client;
  /** Tables and partitions that a statement may not read as a whole. */
  bigTables: Set<string>;
  /** The plans since the last call. */
  readPlans(): LoggedPlan[];
  startWorker(): Promise<void>;
  stop(): Promise<void>;
}

/** The address that one in 500 payments has. */
export const frequentPayer = 'frequent@example.com';

const noLogins = { api: undefined, worker: undefined, operations: undefined };

const morePartners = `
INSERT INTO partners (name, email, api_key_hash, api_key_prefix, created_at)
SELECT 'Shop ' || n, 'shop-' || n || '@example.com', 'hash-' || n, lpad(n::text, 8, '0'),
  now() - n * interval '1 minute'
FROM generate_series(1, $1::int) AS n RETURNING id`;

const bigTables = `
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND reltuples > 1000`;

/** Partners that only the list of partners knows, beside those that have payments. */
const idlePartners = 3_000;

export async function startMeasuredSystem(
  transactions: number,
  partners: number,
): Promise<MeasuredSystem> {
  const directory = makeTestDirectory();
  const secrets = generateSecrets();
  const { superuser_password: password } = secrets;
  const server = await startTestServer(directory, 'payments', password, planLogSettings);
  const urls = databaseUrls(server.url, noLogins, secrets);
  const superuser = new pg.Client({ connectionString: urls.admin });
  const stops = [() => server.stop(), () => superuser.end()];
  const stop = async () => {
    for (const each of stops.toReversed()) await each();
  };
  try {
    await superuser.connect();
    await migrate({ databaseUrl: urls.admin, logins: [urls.api, urls.worker, urls.operations] });
    const first = await startFirstApi(directory, urls, secrets);
    stops.push(() => first.api.stop(10_000).then(() => undefined));
    const known = await fill(superuser, first, transactions, partners);
    const log = new PlanLog(server.logFile);
    log.read();
    const worker = async () => {
      const started = await startWorker(directory, first.env);
      stops.push(() => started.stop(10_000).then(() => undefined));
    };
    const readPlans = () => log.read();
    return { ...known, superuser, readPlans, startWorker: worker, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function fill(
  superuser: pg.Client,
  { api, credentials }: FirstApi,
  transactions: number,
  partners: number,
) {
  const baseUrl = api.url ?? '';
  const target = { baseUrl, credentials };
  const keys = [credentials.partner_api_key, credentials.second_partner_api_key];
  const [big, small] = await Promise.all(
    keys.map(async (key) => {
      const { body } = await call<{ id: string }>(target, 'GET', '/v1/partner', { key });
      return { id: body.id, key };
    }),
  );
  if (!big || !small) throw new Error('the partners are incomplete');
  const payment = await createPayment(target, { confirm: false, customer_email: frequentPayer });
  const [{ hash }] = await rowsOf<{ hash: string }>(
    superuser,
    'SELECT customer_email_hash AS hash FROM transactions WHERE id = $1',
    [payment.id],
  );
  const others = await rowsOf<{ id: string }>(superuser, morePartners, [idlePartners]);
  const ids = [big.id, small.id, ...others.map(({ id }) => id)];
  const partnerIds = ids.slice(0, partners);
  await insertPaymentHistory(superuser, { transactions, partnerIds, emailHash: hash });
  // Nobody listens there: half of what is due stays due.
  await superuser.query(`UPDATE partners SET webhook_url = 'http://127.0.0.1:9/' WHERE id = $1`, [
    big.id,
  ]);
  const tables = await rowsOf<{ relname: string }>(superuser, bigTables);
  await superuser.query(startLogging);
  await superuser.query('SELECT pg_reload_conf()');
  const names = new Set(tables.map(({ relname }) => relname));
  return { baseUrl, credentials, big, small, bigTables: names };
}

async function rowsOf<Row extends pg.QueryResultRow>(
  client: pg.Client,
  text: string,
  values: unknown[] = [],
): Promise<[Row, ...Row[]]> {
  return (await client.query<Row>(text, values)).rows as [Row, ...Row[]];
}
