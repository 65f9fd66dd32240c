type Json = unknown;

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const shop = 'https://corner-shop.example';
const seconds: Record<string, string> = { created_at: '00.000', started_at: '00.110' };
const later = /^(?:expires_at|previous\w+)$/;

/** What differs from run to run under a name of its own, and what stands for it. */
const standIns: Record<string, Json> = {
  api_key: 'Zk3vQ9aB_…',
  api_key_prefix: 'Zk3vQ9aB',
  prefix: 'Zk3vQ9aB',
  webhook_secret: 'whsec_…',
  next_cursor: 'MjAyNi0xMS0wMlQwOTozMA',
  duration_ms: 12,
  body_hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'webhook-timestamp': '1793611801',
};

/** Ids that providers make, with what stays of them. */
const providerIds: [RegExp, string][] = [
  [/(?<=client_secret=)\w+/g, '3SVqG2LkdIwHu7ix'],
  [/\b(pi|re|ch|pm|cus|src|py|pyr|mandate|seti|evt|txn)_[A-Za-z0-9]{6,}/g, '$1_3SVqG2LkdIwHu7ix'],
  [/http:\/\/127\.0\.0\.1:\d+\/hooks/g, `${shop}/webhooks`],
  [/http:\/\/127\.0\.0\.1:\d+/g, 'https://sandbox.example'],
  [/(?<=\/payer\/\w+\/)[A-Z0-9]{12,}$/g, '3SVqG2LkdIwHu7ix'],
  [/\bshop-\d+@example\.com/g, 'payments@corner-shop.example'],
];

/** An id without a prefix that tells what it is. */
const ownForm: [RegExp, string] = [/^[A-Z0-9]{10,}$/g, '3SVQG2LKDIWHU7IX'];

/**
 * An answer with all that differs from run to run replaced, so that it can be compared and shown: ids,
 * times, secrets, and the addresses of this machine. Of a long list the first two stay.
 */
export function steadyAnswer(answer: Json): Json {
  const ids = new Map<string, string>();
  const events = new Map<string, string>();
  return walk('', answer);

  function walk(name: string, value: Json): Json {
    if (value === null) return null;
    if (name in standIns) return standIns[name];
    if (Array.isArray(value)) return walkList(name, value);
    if (typeof value === 'object') {
      const members = Object.entries(value).map(([key, member]) => [key, walk(key, member)]);
      return Object.fromEntries(members) as Json;
    }
    return typeof value === 'string' ? steadyText(name, value) : steadyNumber(value);
  }

  /** From the oldest on, so that what is newer has the higher number. */
  function walkList(name: string, items: Json[]): Json[] {
    const shown = shortened(items);
    if (!isNewestFirst(items)) return shown.map((each) => walk(name, each));
    return shown
      .toReversed()
      .map((each) => walk(name, each))
      .toReversed();
  }

  function steadyText(name: string, text: string): string {
    if (moment.test(text)) return steadyTime(name);
    if (/^(?:event_)?id$/.test(name) && /^\d+$/.test(text)) {
      return keep(events, text, (count) => String(2041 + count));
    }
    const known = text.replaceAll(uuid, (id) =>
      keep(ids, id, (count) => `01a204f6-8b1f-7c3a-8000-${String(count + 1).padStart(12, '0')}`),
    );
    const patterns = /^provider_(?:transaction|refund)_id$/.test(name)
      ? [...providerIds, ownForm]
      : providerIds;
    return patterns.reduce(
      (given, [pattern, instead]) => given.replaceAll(pattern, instead),
      known,
    );
  }
}

/** The first ones of a page that is long. */
function shortened(items: Json[]): Json[] {
  return items.length > 6 ? items.slice(0, 2) : items;
}

function isNewestFirst(items: Json[]): boolean {
  const [first, last] = [items[0], items.at(-1)].map(
    (each) => (each as { created_at?: string } | null | undefined)?.created_at,
  );
  return first !== undefined && last !== undefined && first > last;
}

function steadyTime(name: string): string {
  if (later.test(name)) return '2026-11-03T09:30:00.000Z';
  return `2026-11-02T09:30:${seconds[name] ?? '01.250'}Z`;
}

/** Seconds since 1970, as providers tell times. */
function steadyNumber(value: Json): Json {
  return typeof value === 'number' && value > 1.7e9 && value < 2e9 ? 1_793_611_800 : value;
}

function keep(known: Map<string, string>, text: string, make: (count: number) => string): string {
  const found = known.get(text) ?? make(known.size);
  known.set(text, found);
  return found;
}
