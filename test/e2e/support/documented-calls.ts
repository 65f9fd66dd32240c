import { randomUUID } from 'node:crypto';
import { call } from '../../support/http.js';
import type { CallTarget } from '../../support/http.js';
import type { JsonSchema } from '../../support/open-api.js';

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: JsonSchema;
}

/** One operation of an OpenAPI document. */
export interface DocumentedCall {
  operationId: string;
  method: string;
  path: string;
  parameters: Parameter[];
  body: JsonSchema | undefined;
  /** Bodies that stand in the document, by their names. */
  examples?: Record<string, unknown>;
}

interface MediaType {
  schema: JsonSchema;
  examples?: Record<string, { value: unknown }>;
}

interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, MediaType> };
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
}

/** The ids by which an address can be filled, by the path that ends with their parameter. */
export type Ids = Record<string, string[]>;

/** Every operation of a document that the system serves. */
export async function readCalls(system: CallTarget, url: string): Promise<DocumentedCall[]> {
  const served = (await call<Document>(system, 'GET', url, { key: null })).body;
  const { paths } = resolve(served, served) as Document;
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId, parameters, requestBody }]) => ({
      ...{ operationId, path, method: method.toUpperCase(), parameters: parameters ?? [] },
      ...bodyOf(requestBody?.content['application/json']),
    })),
  );
}

function bodyOf(json: MediaType | undefined): Pick<DocumentedCall, 'body' | 'examples'> {
  if (!json?.examples) return { body: json?.schema };
  const named = Object.entries(json.examples).map(([name, { value }]) => [name, value]);
  return { body: json.schema, examples: Object.fromEntries(named) as Record<string, unknown> };
}

/** What nobody told this suite: how to fill a path, or a query or header that has to be there. */
export function unknownsOf({ path, parameters }: DocumentedCall, ids: Ids): string[] {
  const places = placesOf(path).filter((place) => !ids[place]?.length);
  const others = parameters.filter(
    (each) =>
      each.in !== 'path' &&
      each.required &&
      each.name !== 'Idempotency-Key' &&
      !(each.in === 'query' && each.schema.example !== undefined),
  );
  return [...places, ...others.map(({ name }) => `${path} ${name}`)];
}

/** Every address that the ids make of the path. */
export function addressesOf(
  { path, parameters }: Pick<DocumentedCall, 'path' | 'parameters'>,
  ids: Ids,
): string[] {
  return placesOf(path).reduce(
    (addresses, place) => {
      const parameter = place.slice(place.lastIndexOf('{'));
      return (ids[place] ?? []).flatMap((id) =>
        addresses.map((address) => address.replace(parameter, id)),
      );
    },
    [path + exampleQuery(parameters)],
  );
}

/** The query that has to be there, by its examples. */
function exampleQuery(parameters: Parameter[]): string {
  const required = parameters.filter((each) => each.in === 'query' && each.required);
  const query = new URLSearchParams();
  for (const { name, schema } of required) query.append(name, String(schema.example));
  return query.size > 0 ? `?${query.toString()}` : '';
}

/** As many ids that nothing has. */
export function absentIds(ids: Ids): Ids {
  const absent = (all: string[]) => all.map(() => randomUUID());
  return Object.fromEntries(Object.entries(ids).map(([place, all]) => [place, absent(all)]));
}

/** A body of the examples of its schema; undefined when the operation takes none. */
export function exampleBody({ operationId, body }: DocumentedCall) {
  if (!body) return undefined;
  const fields = Object.entries(body.properties ?? {}).flatMap(([name, schema]) => {
    const value = schema.example ?? schema.default ?? schema.enum?.[0];
    if (value !== undefined) return [[name, value]];
    if (!body.required?.includes(name)) return [];
    throw new Error(`${operationId}: the document has no example of ${name}`);
  });
  return Object.fromEntries(fields) as Record<string, unknown>;
}

/** `/v1/things/{id}/parts/{part}` holds `/v1/things/{id}` and itself. */
function placesOf(path: string): string[] {
  return [...path.matchAll(/\{\w+\}/g)].map(({ 0: name, index }) =>
    path.slice(0, index + name.length),
  );
}

function resolve(node: unknown, document: Document): unknown {
  if (Array.isArray(node)) return node.map((each) => resolve(each, document));
  if (typeof node !== 'object' || node === null) return node;
  const { $ref: reference } = node as { $ref?: string };
  if (reference === undefined) {
    const parts = Object.entries(node).map(([key, part]) => [key, resolve(part, document)]);
    return Object.fromEntries(parts) as unknown;
  }
  const names = reference.slice('#/'.length).split('/');
  const target = names.reduce<unknown>(
    (part, name) => (part as Record<string, unknown> | undefined)?.[name],
    document,
  );
  return resolve(target, document);
}
