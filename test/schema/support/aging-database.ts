import type pg from 'pg';
import { TestLifecycle } from '../../support/lifecycle.js';
import { createPartner } from './rows.js';
import { type ScratchDatabase, startScratchDatabase } from './scratch-database.js';

const secondMs = 1_000;

/** A database with one partner, its life cycle, and a clock that tests set. */
export class AgingDatabase {
  private constructor(
    readonly database: ScratchDatabase,
    readonly owner: pg.Client,
    readonly lifecycle: TestLifecycle,
    readonly partner: string,
  ) {}

  static async start(): Promise<AgingDatabase> {
    const database = await startScratchDatabase();
    const owner = await database.connect();
    const lifecycle = await TestLifecycle.connect(database.urlOf('payments_worker'));
    return new AgingDatabase(database, owner, lifecycle, await createPartner(owner));
  }

  async rowsOf<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
    return (await this.owner.query<Row>(text, values)).rows;
  }

  /** The second before and the second after the moment `at` of the first row. */
  async around(text: string): Promise<[Date, Date]> {
    const [row] = await this.rowsOf<{ at: Date }>(text);
    const atMs = row.at.getTime();
    return [new Date(atMs - secondMs), new Date(atMs + secondMs)];
  }

  async hold(transaction: string | null): Promise<void> {
    await this.owner.query(
      `INSERT INTO legal_holds (partner_id, transaction_id, reason, placed_by)
       VALUES ($1, $2, 'a case', 'ada')`,
      [this.partner, transaction],
    );
  }

  async release(): Promise<void> {
    await this.owner.query(`UPDATE legal_holds SET released_by = 'ada', released_at = now()
      WHERE released_at IS NULL`);
  }

  async stop(): Promise<void> {
    await this.lifecycle.close();
    await this.database.stop();
  }
}
