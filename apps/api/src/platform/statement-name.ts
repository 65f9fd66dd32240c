const changes = /\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+([a-z_]{3,63})\b/g;
const firstTable = /\bFROM\s+([a-z_]{3,63})\b/;
const most = 3;

/** What a statement does to which tables, as in `INSERT transactions, UPDATE idempotency_keys`. Nothing else of it. */
export function statementName(text: string): string {
  const found = new Set(
    [...text.matchAll(changes)].map(([, what = '', table]) => `${what.split(/\s/)[0]} ${table}`),
  );
  if (found.size > 0) return [...found].slice(0, most).join(', ');
  const table = firstTable.exec(text)?.[1];
  return table === undefined ? 'SELECT' : `SELECT ${table}`;
}
