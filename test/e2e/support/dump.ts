import pg from 'pg';

/** Where a text was found: `table.column`. */
export type Place = string;

const columns = `
SELECT c.table_name AS table, c.column_name AS column
FROM information_schema.columns AS c
JOIN information_schema.tables AS t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
  AND c.data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'inet', 'ARRAY')
ORDER BY 1, 2`;

/** Every place in the database that contains one of the texts, whatever their case. */
export async function findPlaces(databaseUrl: string, texts: string[]): Promise<Place[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ table: string; column: string }>(columns);
    const places: Place[] = [];
    for (const { table, column } of rows) {
      const [name, from] = [pg.escapeIdentifier(column), pg.escapeIdentifier(table)];
      const found = await client.query(
        `SELECT 1 FROM ${from}, unnest($1::text[]) AS wanted
         WHERE strpos(lower(${name}::text), lower(wanted)) > 0 LIMIT 1`,
        [texts],
      );
      if (found.rowCount) places.push(`${table}.${column}`);
    }
    return places;
  } finally {
    await client.end();
  }
}
