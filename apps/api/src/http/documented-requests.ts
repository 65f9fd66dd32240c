import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf, schemaOf } from './documented-operations.js';

/** Tells what the checks of every route do: ids are UUIDs, and a field that is not named is refused. */
export function documentRequests(document: OpenAPIObject): void {
  for (const { operation } of operationsOf(document)) {
    for (const parameter of operation.parameters ?? []) {
      if (!('name' in parameter) || parameter.in !== 'path') continue;
      parameter.description = 'The `id` of the resource.';
      parameter.schema = { type: 'string', format: 'uuid' };
    }
    const body = operation.requestBody;
    if (!body || !('content' in body)) continue;
    close(document, body.content['application/json']?.schema);
  }
}

function close(document: OpenAPIObject, found: object | undefined): void {
  const schema = schemaOf(document, found);
  if (!schema?.properties) return;
  schema.additionalProperties = false;
  for (const property of Object.values(schema.properties)) {
    const alternatives = 'anyOf' in property ? property.anyOf : undefined;
    for (const each of [property, ...(alternatives ?? [])]) close(document, each);
  }
}
