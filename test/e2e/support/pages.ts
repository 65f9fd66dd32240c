import type { List } from '../../factories/payments.js';
import { call } from '../../support/http.js';
import type { CallTarget } from '../../support/http.js';

const mostPages = 1_000;

/** Every item of a list, page after page; `path` holds filters and limit. */
export async function readAllPages<Item>(
  target: CallTarget,
  path: string,
  options: { key?: string; cursorName?: 'cursor' | 'after' } = {},
): Promise<Item[]> {
  const { key, cursorName = 'cursor' } = options;
  const items: Item[] = [];
  let next = path;
  for (let page = 0; page < mostPages; page++) {
    const { status, body, text } = await call<List<Item>>(target, 'GET', next, { key });
    if (status !== 200) throw new Error(`the page answered ${status} ${text}`);
    items.push(...body.data);
    if (!body.has_more) return items;
    const joint = path.includes('?') ? '&' : '?';
    next = `${path}${joint}${cursorName}=${encodeURIComponent(body.next_cursor ?? '')}`;
  }
  throw new Error(`${path} has more than ${mostPages} pages`);
}
