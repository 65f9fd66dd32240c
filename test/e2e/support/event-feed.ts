import pg from 'pg';
import type { List } from '../../factories/payments.js';
import { createPayment, insertRefund } from '../../schema/support/rows.js';
import { call } from '../../support/http.js';
import type { TestSystem } from '../../support/system.js';

/** What the feed says of an event, as far as the tests read it. */
export interface Event {
  id: string;
  transaction_id: string;
  refund_id: string | null;
  sequence: number;
  event_type: string;
  from_status: string | null;
  status: string | null;
  provider_response: object | null;
  error_message: string | null;
  created_by: string;
  request_id: string | null;
}

/** Follows the feed in small pages, and tells the writers how far it is. */
export class FeedReader {
  readonly seen: Event[] = [];
  private pages = 0;
  private after: string | null = null;
  private waiting: { page: number; go: () => void }[] = [];

  constructor(private readonly system: TestSystem) {}

  async readOn(): Promise<number> {
    const path = `/v1/events?limit=3${this.after === null ? '' : `&after=${this.after}`}`;
    const { body } = await call<List<Event>>(this.system, 'GET', path);
    this.seen.push(...body.data);
    this.after = body.next_cursor;
    this.pages++;
    const ready = this.waiting.filter(({ page }) => page <= this.pages);
    this.waiting = this.waiting.filter(({ page }) => page > this.pages);
    for (const { go } of ready) go();
    return body.data.length;
  }

  /** Reads on until the work is done. */
  async during(work: Promise<unknown>): Promise<void> {
    const done = new AbortController();
    const ended = work.finally(() => done.abort());
    while (!done.signal.aborted) await this.readOn();
    await ended;
  }

  pagesLater(count: number): Promise<void> {
    return new Promise((go) => this.waiting.push({ page: this.pages + count, go }));
  }
}

const rounds = 4;

/**
 * Writers that each hold a database transaction open, for as many pages of the reader as their number says, and end
 * every third one by a rollback. Each transaction makes a payment and refunds a part of one that it shares with the
 * others, so that who began first is not always who wrote first.
 */
export async function writeAtOnce(
  system: TestSystem,
  { count, partnerId, reader }: { count: number; partnerId: string; reader: FeedReader },
): Promise<void> {
  const clients = Array.from(
    { length: count },
    () => new pg.Client({ connectionString: system.database.admin }),
  );
  await Promise.all(clients.map((client) => client.connect()));
  try {
    const shared: string[] = [];
    for (const client of clients.slice(0, 3)) shared.push(await createPayment(client, partnerId));
    const write = async (client: pg.Client, index: number) => {
      for (let round = 0; round < rounds; round++) {
        await client.query('BEGIN');
        await createPayment(client, partnerId, { status: 'cancelled' });
        if (index % 2 === 0) await reader.pagesLater(1 + (index % 3));
        const part = { amount: '0.01', status: 'completed', by: 'provider:stripe' } as const;
        await insertRefund(client, shared[(index + round) % shared.length] ?? '', part);
        if (index % 4 === 0) await reader.pagesLater(2);
        await client.query((index + round) % 3 === 0 ? 'ROLLBACK' : 'COMMIT');
      }
    };
    await Promise.all(clients.map(write));
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}
