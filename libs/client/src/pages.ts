/** A page of a list. */
export interface Page<Item = unknown> {
  data: Item[];
  has_more: boolean;
  next_cursor: string | null;
}

/** The first page when it is awaited, and every item of all pages in a `for await`. */
export type Listed<P extends Page> = Promise<P> & AsyncIterable<P['data'][number]>;

/** Reads a list page by page: the first one at once, the others as they are iterated over. */
export function listed<Item, P extends Page<Item>>(
  read: (further: { cursor?: string }) => Promise<P>,
): Promise<P> & AsyncIterable<Item> {
  const first = read({});
  return Object.assign(first, {
    async *[Symbol.asyncIterator](): AsyncGenerator<Item, void> {
      for (let page = await first; ; page = await read({ cursor: page.next_cursor })) {
        yield* page.data;
        if (!page.has_more || page.next_cursor === null) return;
      }
    },
  });
}
