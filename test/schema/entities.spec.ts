import 'reflect-metadata';
import { DataSource, getMetadataArgsStorage } from 'typeorm';
import { postgresOptions } from '@libs/database';
import '../../apps/api/src/app.module.js';
import '../../apps/api/src/worker.module.js';
import { startScratchDatabase, type ScratchDatabase } from './support/scratch-database.js';

interface Column {
  table: string;
  column: string;
  type: string;
  nullable: boolean;
}

/** Tables of the migration tool, and partitions, are no tables of ours. */
const tablesOfOurs = `
  SELECT c.oid, c.relname FROM pg_class AS c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT c.relispartition AND c.relname <> 'schema_migrations'
    AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')`;

const columnsOfOurs = `
  SELECT t.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
    NOT a.attnotnull AS nullable
  FROM (${tablesOfOurs}) AS t
  JOIN pg_attribute AS a ON a.attrelid = t.oid
  WHERE a.attnum > 0 AND NOT a.attisdropped
  ORDER BY 1, 2`;

describe('the entities and the migrated database', () => {
  let scratch: ScratchDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    scratch = await startScratchDatabase();
    // The storage is the worker's: what another test file imported before stands in front.
    const { tables } = getMetadataArgsStorage();
    const entities = [...new Map(tables.map(({ name, target }) => [name, target])).values()];
    const settings = { url: scratch.url, poolMin: 0, poolMax: 2 } as never;
    dataSource = new DataSource({ ...postgresOptions(settings, entities as never) });
    await dataSource.initialize();
  });

  afterAll(async () => {
    await dataSource?.destroy();
    await scratch?.stop();
  });

  it('have the same tables', async () => {
    const rows = await dataSource.query<{ relname: string }[]>(tablesOfOurs);
    const mapped = dataSource.entityMetadatas.map((metadata) => metadata.tableName);
    expect(mapped.sort()).toEqual(rows.map((row) => row.relname).sort());
  });

  it('have the same columns, of the same types, nullable in the same places', async () => {
    const rows = await dataSource.query<Column[]>(columnsOfOurs);
    expect(mappedColumns(dataSource)).toEqual(rows);
  });
});

function mappedColumns(dataSource: DataSource): Column[] {
  const columns = dataSource.entityMetadatas.flatMap((metadata) =>
    metadata.columns.map((column) => ({
      table: metadata.tableName,
      column: column.databaseName,
      type: typeOf(column),
      nullable: column.isNullable,
    })),
  );
  return columns.sort((a, b) => (`${a.table} ${a.column}` < `${b.table} ${b.column}` ? -1 : 1));
}

const longNames: Record<string, string> = {
  varchar: 'character varying',
  char: 'character',
  timestamptz: 'timestamp with time zone',
  int: 'integer',
};

function typeOf(column: DataSource['entityMetadatas'][number]['columns'][number]): string {
  const type = column.type === 'enum' ? String(column.enumName) : String(column.type);
  const size = column.length || [column.precision, column.scale].filter(Number.isInteger).join(',');
  const sized = ['varchar', 'char', 'numeric'].includes(type) && size ? `(${size})` : '';
  const name = column.type === Number || type === 'Number' ? 'integer' : (longNames[type] ?? type);
  return `${name}${sized}${column.isArray ? '[]' : ''}`;
}
