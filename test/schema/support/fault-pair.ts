import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { LoginRole } from '../../../migrations/roles.js';
import { withLogin } from '../../support/databases.js';
import { createPartner } from './rows.js';
import { type ScratchDatabase, startScratchDatabase } from './scratch-database.js';

const seedSql = readFileSync(join(import.meta.dirname, '../seed.sql'), 'utf8');

/** The owner's DDL as it stands and our migrated database, side by side on one server. */
export interface FaultPair {
  /** Superuser of the database that holds the owner's DDL and nothing else. */
  seed: pg.Client;
  /** Superuser of the migrated database. */
  ours: pg.Client;
  /** A partner of each. */
  seedPartner: string;
  partner: string;
  database: ScratchDatabase;
  /** One more connection to the owner's DDL, as superuser unless a role is named; `payments_api` may do all there. */
  connectToSeed(role?: LoginRole): Promise<pg.Client>;
  stop(): Promise<void>;
}

export async function startFaultPair(): Promise<FaultPair> {
  const database = await startScratchDatabase();
  const ours = await database.connect();
  const seedUrl = await database.createDatabase('seed');
  const seed = await database.connectTo(seedUrl);
  await seed.query(seedSql);
  await seed.query('GRANT ALL ON ALL TABLES IN SCHEMA public TO payments_api');
  await seed.query('GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO payments_api');
  const connectToSeed = (role?: LoginRole) =>
    database.connectTo(role ? withLogin(seedUrl, role) : seedUrl);
  return {
    seed,
    ours,
    seedPartner: await createSeedPartner(seed),
    partner: await createPartner(ours),
    database,
    connectToSeed,
    stop: () => database.stop(),
  };
}

export async function createSeedPartner(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO partners (name, email, api_key_hash, api_key_prefix)
     VALUES ('Shop', $1 || '@example.com', $1, left($1, 8)) RETURNING id`,
    [randomUUID()],
  );
  return rows[0].id;
}

export interface SeedPaymentWish {
  status?: string;
  amount?: string;
  currency?: string;
}

/** A payment of the owner's design; nothing there guards how it comes into its status. */
export async function createSeedPayment(
  client: pg.Client,
  partnerId: string,
  wish: SeedPaymentWish = {},
): Promise<string> {
  const { status = 'completed', amount = '100', currency = 'USD' } = wish;
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO transactions (partner_id, idempotency_key, amount, currency, payment_method,
       provider, status, customer_email)
     VALUES ($1, gen_random_uuid(), $2, $3, 'card', 'stripe', $4, 'payer@example.com') RETURNING id`,
    [partnerId, amount, currency, status],
  );
  return rows[0].id;
}

export async function insertSeedRefund(
  client: pg.Client,
  transactionId: string,
  wish: SeedPaymentWish = {},
): Promise<string> {
  const { status = 'pending', amount = '60', currency = 'USD' } = wish;
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO refunds (transaction_id, amount, currency, reason, status)
     VALUES ($1, $2, $3, 'returned', $4) RETURNING id`,
    [transactionId, amount, currency, status],
  );
  return rows[0].id;
}

export async function settleSeedRefund(
  client: pg.Client,
  id: string,
  status: string,
): Promise<void> {
  await client.query('UPDATE refunds SET status = $2 WHERE id = $1', [id, status]);
}

/** The first value of the only row. */
export async function valueOf<T = string>(
  client: pg.Client,
  sql: string,
  values: unknown[] = [],
): Promise<T> {
  const { rows } = await client.query<Record<string, T>>(sql, values);
  if (rows.length !== 1) throw new Error(`${rows.length} rows instead of one`);
  return Object.values(rows[0])[0];
}
