import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';

/**
 * Makes entities of the rows that raw SQL returns.
 *
 * @param target the entity whose columns the row has, by their database names
 * @returns a function from one row to one entity; columns that the row lacks stay undefined
 */
export function rowReader<Entity extends ObjectLiteral>(
  dataSource: DataSource,
  target: EntityTarget<Entity>,
): (row: Record<string, unknown>) => Entity {
  const columns = dataSource
    .getMetadata(target)
    .columns.map((column) => [column.databaseName, column.propertyName] as const);
  return (row) =>
    Object.fromEntries(columns.map(([name, property]) => [property, row[name]])) as Entity;
}
