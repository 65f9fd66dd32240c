import * as fs from 'node:fs';
import * as path from 'node:path';
import { postgresOptions, TenantDatabase } from '@libs/database';
import { DataSource } from 'typeorm';
import { type Pgbouncer, startPgbouncer } from '../../apps/local/src/ha/pgbouncer.js';
import { unprivilegedAccount } from '../../apps/local/src/postgres-binaries.js';
import { type ClonedDatabase, cloneDatabase } from '../support/cloned-database.js';
import { queryOnce } from '../support/databases.js';
import { currentTestRun, rootDir } from '../support/test-run.js';

const transactions = 1_000;
const poolSize = 5;
const clients = 40;
const limits = {
  statementTimeoutMs: 7_000,
  lockTimeoutMs: 3_000,
  idleInTransactionTimeoutMs: 6_000,
};

interface Seen {
  rows: string[];
  session: number;
  actor: string;
  limits: string;
}

/** What a transaction sees while others share its session: `$1` of 0 makes it fail. */
const look = `
SELECT ARRAY(SELECT id::text FROM partners) AS rows, pg_backend_pid() AS session,
  current_setting('app.actor') AS actor, 1 / $1::int AS whole,
  concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'),
    current_setting('idle_in_transaction_session_timeout')) AS limits`;

const between = `
SELECT concat_ws(' ', current_setting('app.current_partner_id', true),
  current_setting('app.actor', true)) AS kept, current_setting('statement_timeout') AS "limit",
  ARRAY(SELECT id::text FROM partners) AS rows
FROM pg_sleep(0.01)`;

describe('the application behind PgBouncer', () => {
  let database: ClonedDatabase;
  let pgbouncer: Pgbouncer;
  let dataSource: DataSource;
  let partners: string[];

  beforeAll(async () => {
    database = await cloneDatabase();
    const directory = path.join(currentTestRun().directory, 'pgbouncer');
    fs.mkdirSync(directory, { mode: 0o711 });
    pgbouncer = await startPgbouncer({
      ...{ directory, poolSize, account: unprivilegedAccount() },
      ...{
        superuserUrl: database.urls.admin,
        deployDir: path.join(rootDir, 'deploy/ha/pgbouncer'),
      },
    });
    const url = Object.assign(new URL(database.urls.api), {
      port: String(pgbouncer.port),
    }).toString();
    const settings = {
      ...{ url, ...limits, applicationName: 'pipelined', poolMin: 0, poolMax: clients },
      ...{ idleTimeoutMs: 30_000, maxLifetimeSeconds: 3_600, acquireTimeoutMs: 30_000 },
    };
    dataSource = await new DataSource(postgresOptions(settings, [])).initialize();
    const found = await queryOnce<{ id: string }>(database.urls.admin, 'SELECT id FROM partners');
    partners = found.map(({ id }) => id);
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await pgbouncer?.stop();
    await database?.stop();
  });

  it('keeps the tenants of 1,000 pipelined transactions apart on 5 sessions, also beside failures', async () => {
    const tenants = new TenantDatabase(dataSource);
    const outcomes = await Promise.allSettled(
      Array.from({ length: transactions }, (_, index) => {
        const partner = partners[index % partners.length] ?? '';
        const scope = { partnerIds: [partner], actor: `operator:${index}` };
        return tenants.statement<Seen>(scope, look, [index % 10 === 0 ? 0 : 1]);
      }),
    );
    const sessions = new Set(
      outcomes
        .flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []))
        .map(sessionOf),
    );
    const told = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.map(sightOf) : String(outcome.reason),
    );
    const wanted = outcomes.map((_, index) => {
      if (index % 10 === 0) return 'error: division by zero';
      const rows = [partners[index % partners.length]];
      return [{ rows, actor: `operator:${index}`, limits: '7s 3s 6s' }];
    });
    expect(told).toEqual(wanted);
    expect(partners.length).toBeGreaterThan(2);
    expect(sessions.size).toBeGreaterThan(1);
    expect(sessions.size).toBeLessThanOrEqual(poolSize);
  });

  it('leaves nothing on a session, whose own time limit is that of the pooler', async () => {
    const found = await Promise.all(Array.from({ length: 30 }, () => dataSource.query(between)));
    expect(found.flat()).toEqual(found.map(() => ({ kept: ' ', limit: '10s', rows: [] })));
  });
});

function sessionOf({ session }: Seen): number {
  return session;
}

function sightOf({ rows, actor, limits: sight }: Seen) {
  return { rows, actor, limits: sight };
}
