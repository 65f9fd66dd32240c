import type { EventFilters, EventPage } from './models.js';
import { type Listed, listed } from './pages.js';
import type { CallOptions, Transport } from './transport.js';

/** How the feed is followed. */
export interface FollowOptions extends CallOptions {
  /** Where to go on: the `next_cursor` that was kept last; the first event of all unless given. */
  after?: string | undefined;
  /** How many events a page has at most; 100 unless given. */
  limit?: number | undefined;
  /** How long to wait when there is nothing new; 5 seconds unless given. */
  pollMs?: number | undefined;
}

const longestPage = 100;
const defaultPollMs = 5_000;

/** The feed of everything that happened: in a stable order and without gaps. */
export class Events {
  constructor(private readonly transport: Transport) {}

  /** What happened so far after a cursor, the oldest first. */
  list(query?: EventFilters, options?: CallOptions): Listed<EventPage> {
    return listed(({ cursor }) => {
      const after = cursor ?? query?.after;
      return this.transport.send('listEvents', { query: { ...query, after } }, options);
    });
  }

  /** Pages of the feed as they come, until the signal. Keep `next_cursor` with what a page changed. */
  async *follow({
    after,
    limit = longestPage,
    pollMs = defaultPollMs,
    ...options
  }: FollowOptions = {}): AsyncGenerator<EventPage, void> {
    const { signal } = options;
    let cursor = after;
    try {
      for (;;) {
        const query = { limit, after: cursor };
        const page = await this.transport.send('listEvents', { query }, options);
        if (page.data.length > 0) yield page;
        cursor = page.next_cursor ?? cursor;
        if (!page.has_more) await this.transport.surroundings.pause(pollMs, signal);
      }
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  }
}
