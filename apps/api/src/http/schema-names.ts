import type { OpenAPIObject } from '@nestjs/swagger';

const schemas = '#/components/schemas/';
const roleOfClass = /Dto$/;

/** Names the schemas as callers know them: `Transaction`, where the class is `TransactionDto`. */
export function publishSchemaNames(document: OpenAPIObject): OpenAPIObject {
  const named = JSON.parse(JSON.stringify(document), (name, value: unknown) =>
    name === '$ref' && typeof value === 'string' && value.startsWith(schemas)
      ? value.replace(roleOfClass, '')
      : value,
  ) as OpenAPIObject;
  const { components } = named;
  const entries = Object.entries(components?.schemas ?? {});
  return {
    ...named,
    components: {
      ...components,
      schemas: Object.fromEntries(
        entries.map(([name, schema]) => [name.replace(roleOfClass, ''), schema]),
      ),
    },
  };
}
