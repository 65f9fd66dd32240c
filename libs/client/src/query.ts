type Value = string | number | boolean | Record<string, string> | undefined;

/** `?status=failed&metadata[cart]=c-77`; nothing for what is undefined. */
export function writeQuery(query: object = {}): string {
  const pairs = Object.entries(query as Record<string, Value>).flatMap(([name, value]) =>
    pairsOf(name, value),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

function pairsOf(name: string, value: Value): [string, string][] {
  if (value === undefined) return [];
  if (typeof value !== 'object') return [[name, String(value)]];
  return Object.entries(value).map(([key, each]) => [`${name}[${key}]`, each]);
}
