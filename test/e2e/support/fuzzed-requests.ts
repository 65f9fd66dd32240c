import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import type { CallOptions } from '../../support/http.js';
import { addressesOf, type DocumentedCall, type Ids, type Parameter } from './documented-calls.js';
import { exampleBodies } from './fuzz-fixtures.js';
import { brokenBodiesOf, brokenTexts, valuesOf } from './schema-values.js';

/** A request to an operation, but for its key. */
export interface FuzzedRequest {
  address: string;
  options: Pick<CallOptions, 'body' | 'headers' | 'idempotencyKey'>;
}

const texts = [' ', '"', '*', 'W/"1"', '"1", "2"', '"999999999"', 'x'.repeat(300), 'a b', 'é', '0'];

/** Only an answer can tell which of them is one. */
const madeByUs = ['cursor', 'after'];

/** Every body that the document shows, at every address. */
export function exampleRequests(one: DocumentedCall, ids: Ids): FuzzedRequest[] {
  return Object.values(exampleBodies(one)).flatMap((body) =>
    addressesOf(one, ids).map((address) => ({ address, options: { body } })),
  );
}

/** Requests that the document allows. */
export function allowedRequests(one: DocumentedCall, ids: Ids): fc.Arbitrary<FuzzedRequest> {
  const body = one.body ? valuesOf(one.body) : fc.constant(undefined);
  return fc
    .record({ address: fc.constantFrom(...addressesOf(one, ids)), query: queries(one), body })
    .map(({ address, query, body: given }) => ({
      address: withQuery(address, query),
      options: { body: given },
    }));
}

/** Requests that differ from the document in one place, as a rule. */
export function brokenRequests(one: DocumentedCall, ids: Ids): fc.Arbitrary<FuzzedRequest> {
  const valid = allowedRequests(one, ids);
  const change = (arbitrary: fc.Arbitrary<(request: FuzzedRequest) => FuzzedRequest>) =>
    fc.tuple(valid, arbitrary).map(([request, apply]) => apply(request));
  const otherIds = fc.oneof(brokenTexts({ format: 'uuid' }), fc.constant(randomUUID()));
  const bodies = brokenBodiesOf(one.body ?? {}).map(
    (body) =>
      ({ address, options }: FuzzedRequest) => ({
        ...{ address, options: { ...options, body } },
      }),
  );
  const surprise = ({ address, options }: FuzzedRequest) => ({
    ...{ address: withQuery(address, { surprise: '1' }), options },
  });
  const elsewhere = otherIds.map((id) => () => ({
    ...{ address: one.path.replace(/\{\w+\}/, encodeURIComponent(id)), options: {} },
  }));
  return fc.oneof(
    change(fc.constant(surprise)),
    ...(one.method === 'GET' ? [] : [change(bodies)]),
    ...(one.path.includes('{') ? [change(elsewhere)] : []),
    ...one.parameters
      .filter((parameter) => parameter.in !== 'path')
      .map((parameter) => change(breakParameter(parameter))),
  );
}

function breakParameter({
  name,
  in: place,
  schema,
}: Parameter): fc.Arbitrary<(request: FuzzedRequest) => FuzzedRequest> {
  if (place === 'header') {
    return fc.constantFrom(...texts).map((text) => ({ address, options }) => ({
      address,
      options: { ...options, headers: { [name]: text } },
    }));
  }
  return brokenTexts(schema).map((text) => ({ address, options }) => ({
    address: withQuery(address, { [name]: text }),
    options,
  }));
}

function queries({ parameters }: DocumentedCall): fc.Arbitrary<Record<string, unknown>> {
  const optional = parameters.filter(
    ({ name, in: place, required }) => place === 'query' && !required && !madeByUs.includes(name),
  );
  const values = optional.map(({ name, schema }) => [name, valuesOf(schema)]);
  return fc.record(Object.fromEntries(values) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: [],
    noNullPrototype: true,
  });
}

/** Members of an object stand in brackets, as in `metadata[cart]=c-77`. */
function withQuery(address: string, query: Record<string, unknown>): string {
  const url = new URL(address, 'http://any');
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'object' || value === null) url.searchParams.append(name, String(value));
    else {
      for (const [member, text] of Object.entries(value)) {
        url.searchParams.append(`${name}[${member}]`, String(text));
      }
    }
  }
  return url.pathname + url.search;
}
