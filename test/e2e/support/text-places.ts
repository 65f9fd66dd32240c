import { randomUUID } from 'node:crypto';
import type { CallOptions } from '../../support/http.js';
import type { JsonSchema } from '../../support/open-api.js';
import { type DocumentedCall, exampleBody } from './documented-calls.js';

/** A call with the text in one place. */
interface TextCall {
  place: string;
  address: string;
  options: CallOptions;
}

/** The call with a text in each place that its document has for one, and in the headers that are kept. */
export function textPlaces(one: DocumentedCall, id: string, text: string): TextCall[] {
  const { operationId, path, parameters } = one;
  const valid = path.replace('{id}', id);
  const body = exampleBody(one);
  const at = (name: string, address: string, options: CallOptions): TextCall => ({
    ...{ place: `${operationId} ${name}`, address, options: { body, ...options } },
  });
  const encoded = encodeURIComponent(text);
  const queries = parameters.filter((each) => each.in === 'query');
  const hasKey = parameters.some(({ name }) => name === 'Idempotency-Key');
  const headers = ['user-agent', ...(hasKey ? ['idempotency-key'] : [])];
  return [
    ...queries.map(({ name, schema }) => {
      const member = schema.type === 'object' ? `${name}[note]` : name;
      return at(`?${name}`, `${valid}?${member}=${encoded}`, {});
    }),
    ...(path === valid ? [] : [at('path', path.replace('{id}', encoded), {})]),
    ...headers.map((name) => at(name, valid, { headers: { [name]: text } })),
    ...bodiesWith(text, body, one.body).map(([name, filled]) =>
      at(name, valid, { body: filled, idempotencyKey: randomUUID() }),
    ),
  ];
}

/** The body with the text in each of its fields, and in each field of those. */
function bodiesWith(
  text: string,
  body: unknown,
  schema: JsonSchema | undefined,
): [string, unknown][] {
  return Object.entries(schema?.properties ?? {}).flatMap(([name, field]) => {
    const own = { ...(body as object | undefined) };
    const inside = bodiesWith(text, undefined, field).map(([member, value]): [string, unknown] => [
      `${name}.${member}`,
      { ...own, [name]: value },
    ]);
    const value = [field.type].flat().includes('object') ? { note: text } : text;
    return [[name, { ...own, [name]: value }] as [string, unknown], ...inside];
  });
}
