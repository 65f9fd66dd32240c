import type pg from 'pg';

/** What a database is made of: a readable definition by kind and name, as in `column partners.email`. */
export type Catalog = Map<string, string>;

const columns = `
SELECT 'column ' || c.relname || '.' || a.attname AS name,
  format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
    || COALESCE(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') AS definition
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`;

const tables = `
SELECT 'table ' || relname AS name, 'table' AS definition FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`;

const labels = `
SELECT 'label ' || typname || '.' || enumlabel AS name, 'label' AS definition
FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid`;

const constraints = `
SELECT 'constraint ' || r.relname || '.' || c.conname AS name, pg_get_constraintdef(c.oid) AS definition
FROM pg_constraint AS c JOIN pg_class AS r ON r.oid = c.conrelid
WHERE c.connamespace = 'public'::regnamespace AND NOT r.relispartition AND c.contype IN ('c', 'f', 'p', 'u')`;

const indexes = `
SELECT 'index ' || i.indexname AS name,
  regexp_replace(i.indexdef, '^CREATE (UNIQUE )?INDEX \\S+ ON (ONLY )?', '\\1') AS definition
FROM pg_indexes AS i JOIN pg_class AS r ON r.relname = i.indexname
WHERE i.schemaname = 'public' AND NOT r.relispartition`;

const triggers = `
SELECT 'trigger ' || r.relname || '.' || t.tgname AS name,
  regexp_replace(pg_get_triggerdef(t.oid), '^.*?(BEFORE|AFTER)', '\\1') AS definition
FROM pg_trigger AS t JOIN pg_class AS r ON r.oid = t.tgrelid
WHERE NOT t.tgisinternal AND NOT r.relispartition`;

const functions = `
SELECT 'function ' || proname AS name, pg_get_function_result(oid) AS definition FROM pg_proc AS p
WHERE pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = p.oid AND deptype = 'e')`;

const policies = `SELECT 'policy ' || tablename || '.' || policyname AS name, cmd AS definition FROM pg_policies`;

const rows = `
SELECT 'row payment_methods.' || code AS name, name AS definition FROM payment_methods
UNION ALL SELECT 'row currencies.' || code, concat_ws(' ', name, symbol, decimal_places) FROM currencies`;

/** Reads everything that the seed design can name. */
export async function readCatalog(client: pg.Client): Promise<Catalog> {
  const catalog: Catalog = new Map();
  const parts = [
    tables,
    columns,
    labels,
    constraints,
    indexes,
    triggers,
    functions,
    policies,
    rows,
  ];
  for (const sql of parts) {
    const result = await client.query<{ name: string; definition: string }>(sql);
    for (const { name, definition } of result.rows) {
      catalog.set(name, definition.replaceAll('public.', '').replaceAll('  ', ' '));
    }
  }
  return catalog;
}

/** The names of the seed that are missing in ours, or mean something else there. */
export function deviationsOf(seed: Catalog, ours: Catalog): string[] {
  return [...seed]
    .filter(([name, definition]) => ours.get(name) !== definition)
    .map(([name]) => (ours.has(name) ? `changed ${name}` : `dropped ${name}`))
    .toSorted();
}
