import * as fc from 'fast-check';
import type { JsonSchema } from '../../support/open-api.js';

type Values = fc.Arbitrary<unknown>;

/** Nobody listens there: what is made up is never looked up, and never asked. */
const deadUrl = 'http://127.0.0.1:9';
const longestText = 80;
const wrongValues: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e15, '', ' ', '0', '-1.00', '1e3', 'NaN', [], [[]], {}],
  ...[
    { a: 1 },
    ['x'],
    '\u202Eevil',
    '😀'.repeat(30),
    'é\u0301',
    'x'.repeat(5_000),
    '0'.repeat(300),
  ],
  ...['2026-13-45T99:99:99Z', '00000000-0000-0000-0000-000000000000', 'http://', "' OR 1=1 --"],
];

/** Values that a schema allows, mostly its example where it has one. */
export function valuesOf(schema: JsonSchema): Values {
  const { example } = schema;
  const generated = generate(schema);
  if (example === undefined || example === null) return generated;
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(example) },
    { weight: 1, arbitrary: generated },
  );
}

/** A body that the schema allows but for one thing. */
export function brokenBodiesOf(schema: JsonSchema): Values {
  const properties = Object.entries(schema.properties ?? {});
  const valid = valuesOf({ ...schema, example: undefined });
  const wrong = fc.constantFrom(...wrongValues);
  const kinds: Values[] = [
    fc
      .tuple(valid, fc.string({ minLength: 1, maxLength: 20 }), wrong)
      .map(([body, name, value]) => ({
        ...(body as object),
        ...Object.fromEntries([[name, value]]),
      })),
    wrong,
    fc.constant('{"amount": '),
    fc.constant({ description: 'long '.repeat(60_000) }),
  ];
  const ofFields = properties.flatMap(([name, property]) => [
    fc.tuple(valid, fc.oneof(wrong, beyond(property))).map(([body, value]) => ({
      ...(body as object),
      ...Object.fromEntries([[name, value]]),
    })),
    ...(schema.required?.includes(name)
      ? [valid.map((body) => without(body as object, name))]
      : []),
  ]);
  return fc.oneof(...kinds, ...ofFields, ...ofFields);
}

/** Texts for a parameter, most of them outside of what its schema allows. */
export function brokenTexts(schema: JsonSchema): fc.Arbitrary<string> {
  const texts = wrongValues.filter(
    (value) => typeof value === 'string' || typeof value === 'number',
  );
  return fc.oneof(
    fc.constantFrom(...texts.map(String)),
    beyond(schema).map(String),
    fc.string({ unit: 'grapheme', maxLength: longestText }),
  );
}

function generate(schema: JsonSchema): Values {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(valuesOf));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const types = [schema.type ?? 'object'].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema)));
}

function ofType(type: string, schema: JsonSchema): Values {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 2 ** 31 });
    case 'string':
      return textsOf(schema);
    case 'object':
      return objectsOf(schema);
    default:
      throw new Error(`No values are known of the type ${type}.`);
  }
}

function textsOf({ format, pattern, minLength = 0, maxLength = longestText }: JsonSchema): Values {
  if (pattern !== undefined)
    return fc.stringMatching(new RegExp(pattern), { maxLength: longestText });
  switch (format) {
    case 'uuid':
      return fc.uuid();
    case 'date-time':
      return fc
        .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString());
    case 'email':
      return fc.stringMatching(/^[a-z]{1,10}$/).map((name) => `${name}@shop.example`);
    case 'uri':
      return fc.webPath().map((path) => `${deadUrl}${path}`);
    default:
      return fc.string({
        unit: 'grapheme',
        minLength,
        maxLength: Math.min(maxLength, longestText),
      });
  }
}

function objectsOf({ properties, required = [], additionalProperties }: JsonSchema): Values {
  if (properties) {
    const members = Object.entries(properties).map(([name, property]) => [
      name,
      valuesOf(property),
    ]);
    return fc.record(Object.fromEntries(members) as Record<string, Values>, {
      requiredKeys: required,
      noNullPrototype: true,
    });
  }
  const ofString = typeof additionalProperties === 'object';
  const names = fc.stringMatching(/^[a-z_]{1,20}$/);
  const values = fc.string({ maxLength: longestText });
  return ofString ? fc.dictionary(names, values, { noNullPrototype: true }) : fc.constant({});
}

/** Values just outside of the bounds of a schema. */
function beyond({ minimum, maximum, maxLength, enum: values }: JsonSchema): Values {
  return fc.constantFrom<unknown>(
    'x'.repeat((maxLength ?? 999) + 1),
    (minimum ?? 0) - 1,
    (maximum ?? 2 ** 40) + 1,
    values ? `${String(values[0])}x` : 'é',
  );
}

function without(body: object, name: string): object {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));
}
