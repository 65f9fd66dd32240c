import pg from 'pg';
import { createPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { sizes } from '../support/sizes.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { charges } from './support/sandbox.js';
import { until } from './support/until.js';

const poolSize = 5;
const env = { POOL_MIN: '4', POOL_MAX: String(4 * poolSize), POOL_PROCESSES: '4' };

/** Between two statements of a database transaction a session is idle for a moment, however busy the machine. */
const heldAfterMs = 1_000;

interface Sample {
  sessions: number;
  held: number;
}

/** Looks at the API's sessions over and over. The sandbox sleeps longer than a held one may take to show. */
class Witness {
  private readonly samples: Sample[] = [];
  private readonly stopping = new AbortController();
  private readonly watching: Promise<void>;

  constructor(private readonly client: pg.Client) {
    this.watching = this.watch();
  }

  get mostSessions(): number {
    return Math.max(...this.samples.map((sample) => sample.sessions));
  }

  get mostHeld(): number {
    return Math.max(...this.samples.map((sample) => sample.held));
  }

  get looks(): number {
    return this.samples.length;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.watching;
    await this.client.end();
  }

  private async watch(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const { rows } = await this.client.query<Sample>(
        `SELECT count(*)::int AS sessions, count(*) FILTER (WHERE state LIKE 'idle in transaction%'
           AND clock_timestamp() - state_change > $1::int * interval '1 ms')::int AS held
         FROM pg_stat_activity, pg_sleep(0.02)
         WHERE datname = current_database() AND usename = 'payments_api'`,
        [heldAfterMs],
      );
      this.samples.push(...rows);
    }
  }
}

describe('the connection pool', () => {
  let system: TestSystem;
  let witness: Witness;

  beforeAll(async () => {
    system = await startSystem({ env, worker: 0 });
  });
  afterAll(() => system?.stop());
  beforeEach(async () => {
    const client = new pg.Client({ connectionString: system.database.admin });
    await client.connect();
    witness = new Witness(client);
  });
  afterEach(() => witness.stop());

  it('of 5 carries 50 payments while the provider takes 2 s, and holds no transaction', async () => {
    const { paymentsInFlight } = sizes;
    const paying = Promise.all(
      Array.from({ length: paymentsInFlight }, () =>
        createPayment(system, { payment_method_token: 'pm_sandbox_slow_2000ms' }),
      ),
    );
    const text = `SELECT count(*)::int AS count FROM transactions WHERE status = 'processing'`;
    const inFlight = async () => {
      const [row] = await queryOnce<{ count: number }>(system.database.admin, text);
      return row?.count ?? 0;
    };
    // More than the pool has at once: a pool that is held over the call never gets there.
    const most = await until('payments in flight', inFlight, (count) => count > 4 * poolSize);
    expect(most).toBeGreaterThan(4 * poolSize);
    const payments = await paying;
    expect(payments.map((payment) => payment.status)).toEqual(
      Array(paymentsInFlight).fill('completed'),
    );
    expect(await charges(system)).toHaveLength(paymentsInFlight);
    expect(witness.looks).toBeGreaterThan(20);
    expect(witness.mostHeld).toBe(0);
    expect(witness.mostSessions).toBeLessThanOrEqual(poolSize);
    expect(witness.mostSessions).toBeGreaterThan(0);
  });

  it('would be seen by this witness if it held a transaction', async () => {
    const client = new pg.Client({ connectionString: system.database.api });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT 1');
      const held = () => Promise.resolve(witness.mostHeld);
      expect(await until('the witness', held, (count) => count > 0)).toBe(1);
    } finally {
      await client.end();
    }
  });
});
