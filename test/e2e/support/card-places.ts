import { randomUUID } from 'node:crypto';
import type { CallOptions } from '../../support/http.js';
import { type DocumentedCall, exampleBody, type Schema } from './documented-calls.js';

/** A number that passes as a card's and stands nowhere else in the tests. */
export const cardNumber = '4000 0566 5566 5556';

/** A call with the card number in one place. */
interface CardCall {
  place: string;
  address: string;
  options: CallOptions;
}

/** The call with the card number in each text that its document has a place for, and in the headers that are kept. */
export function textPlaces(one: DocumentedCall, id: string): CardCall[] {
  const { operationId, path, parameters } = one;
  const valid = path.replace('{id}', id);
  const body = exampleBody(one);
  const at = (name: string, address: string, options: CallOptions): CardCall => ({
    ...{ place: `${operationId} ${name}`, address, options: { body, ...options } },
  });
  const encoded = encodeURIComponent(cardNumber);
  const queries = parameters.filter((each) => each.in === 'query');
  const hasKey = parameters.some(({ name }) => name === 'Idempotency-Key');
  const headers = ['user-agent', ...(hasKey ? ['idempotency-key'] : [])];
  return [
    ...queries.map(({ name, schema }) => {
      const member = schema.type === 'object' ? `${name}[note]` : name;
      return at(`?${name}`, `${valid}?${member}=${encoded}`, {});
    }),
    ...(path === valid ? [] : [at('path', path.replace('{id}', encoded), {})]),
    ...headers.map((name) => at(name, valid, { headers: { [name]: cardNumber } })),
    ...bodiesWithCard(body, one.body).map(([name, filled]) =>
      at(name, valid, { body: filled, idempotencyKey: randomUUID() }),
    ),
  ];
}

/** The body with the card number in each of its fields, and in each field of those. */
function bodiesWithCard(body: unknown, schema: Schema | undefined): [string, unknown][] {
  return Object.entries(schema?.properties ?? {}).flatMap(([name, field]) => {
    const own = { ...(body as object | undefined) };
    const inside = bodiesWithCard(undefined, field).map(([member, value]): [string, unknown] => [
      `${name}.${member}`,
      { ...own, [name]: value },
    ]);
    const value = [field.type].flat().includes('object') ? { note: cardNumber } : cardNumber;
    return [[name, { ...own, [name]: value }] as [string, unknown], ...inside];
  });
}
