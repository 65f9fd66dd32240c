import { PaymentsClient } from './client.js';

type Row = { id: string };

/** Pages of an endpoint by the cursor that asks for them. */
function clientOf(pages: Record<string, object>, parameter = 'cursor') {
  const asked: string[] = [];
  const pauses: number[] = [];
  const client = new PaymentsClient(
    {
      ...{ apiKey: 'key', baseUrl: 'http://payments.test' },
      async fetch(url, init) {
        init?.signal?.throwIfAborted();
        const { search, searchParams } = new URL(url);
        asked.push(search);
        return Response.json(pages[searchParams.get(parameter) ?? 'first']);
      },
    },
    {
      async pause(ms) {
        pauses.push(ms);
        await new Promise(setImmediate);
      },
      random: () => 0,
    },
  );
  return { client, asked, pauses };
}

const rows = (...ids: string[]) => ids.map((id) => ({ id }));
const page = (ids: string[], next: string | null, has_more = next !== null) => ({
  ...{ object: 'list', data: rows(...ids), has_more, next_cursor: next },
});

async function idsOf(list: AsyncIterable<Row>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of list) ids.push(id);
  return ids;
}

describe('a list of the client', () => {
  const pages = { first: page(['1', '2'], 'b'), b: page([], 'c'), c: page(['3'], null) };

  it('is its first page when it is awaited', async () => {
    const { client, asked } = clientOf(pages);
    expect(await client.refunds.list({ limit: 2 })).toEqual(pages.first);
    expect(asked).toEqual(['?limit=2']);
  });

  it('is every row of every page in a loop, with the same filters', async () => {
    const { client, asked } = clientOf(pages);
    expect(await idsOf(client.transactions.list({ limit: 2 }))).toEqual(['1', '2', '3']);
    expect(asked).toEqual(['?limit=2', '?limit=2&cursor=b', '?limit=2&cursor=c']);
  });

  it('reads no further than the loop goes', async () => {
    const { client, asked } = clientOf(pages);
    for await (const { id } of client.auditLogs.list()) if (id === '2') break;
    expect(asked).toHaveLength(1);
  });
});

describe('the feed of events', () => {
  const pages = { first: page(['1'], 'b'), b: page(['2'], 'c', false), c: page([], 'c', false) };

  it('goes on with after, and ends where there is nothing more', async () => {
    const { client, asked } = clientOf(pages, 'after');
    expect(await idsOf(client.events.list())).toEqual(['1', '2']);
    expect(asked).toEqual(['', '?after=b']);
  });

  it('is followed until the signal, with a pause where there is nothing new', async () => {
    const { client, asked, pauses } = clientOf(pages, 'after');
    const ending = new AbortController();
    const { signal } = ending;
    const seen: (string | null)[] = [];
    for await (const { data, next_cursor } of client.events.follow({ signal, pollMs: 700 })) {
      seen.push(...data.map(({ id }) => id), next_cursor);
      pages.c = seen.includes('2') ? page(['3'], 'd', false) : pages.c;
      if (next_cursor === 'd') ending.abort();
    }
    expect(seen).toEqual(['1', 'b', '2', 'c', '3', 'd']);
    expect(asked).toEqual(['?limit=100', '?limit=100&after=b', '?limit=100&after=c']);
    expect(pauses).toEqual([700, 700]);
  });

  it('is followed from where the cursor says, and stays there while nothing comes', async () => {
    const quiet = { d: page([], 'd', false), e: page(['9'], 'e', false) };
    const { client, asked, pauses } = clientOf(quiet, 'after');
    const following = client.events.follow({ after: 'd' });
    const next = following.next();
    while (pauses.length < 3) await new Promise(setImmediate);
    quiet.d = page(['9'], 'e', false);
    expect(await next).toMatchObject({ value: { data: [{ id: '9' }] } });
    await following.return();
    expect(new Set(asked)).toEqual(new Set(['?limit=100&after=d']));
  });
});
