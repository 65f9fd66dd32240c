import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';
import type * as Ajv from 'ajv/dist/2020.js';
import type * as Formats from 'ajv-formats';
import type { HeaderObject, JsonSchema, OpenApiDocument, ResponseObject } from './open-api.js';
import { rootDir } from './test-run.js';

/** An answer as it came. */
export interface GivenAnswer {
  status: number;
  headers: Headers;
  body: unknown;
  text: string;
}

interface Route {
  pattern: RegExp;
  operationId: string;
  responses: Record<string, ResponseObject>;
}

interface Side {
  routes: Map<string, Route[]>;
  problem: JsonSchema;
  headers: Record<string, HeaderObject>;
  name: string;
}

/** Header fields that say something of the API: an answer has none of them unless it is documented. */
const ownHeaders = [
  'x-request-id',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'etag',
  'idempotent-replayed',
  'www-authenticate',
  'location',
  'deprecation',
  'sunset',
];

const sides = { '/v1/': 'partner', '/admin/v1/': 'operations' };

/** Jest reads every file anew for every test file; what Node itself loads stays for the process. */
const native = process.getBuiltinModule('node:module').createRequire(join(rootDir, 'package.json'));
const kept = native('./test/support/once-per-process.cjs') as Map<string, unknown>;

/**
 * Compares an answer with the OpenAPI document of its side.
 *
 * Health, metrics, the documents, inbound webhooks and returning payers are not documented there.
 * While the documents are written anew there is nothing to compare with.
 *
 * @throws Error that names everything of the answer which the document does not have
 */
export function checkAnswer(method: string, path: string, answer: GivenAnswer): void {
  if (process.env.UPDATE_DOCS === '1' || method === 'HEAD') return;
  const { pathname } = new URL(path, 'http://any');
  const [, name] = Object.entries(sides).find(([start]) => pathname.startsWith(start)) ?? [];
  if (name === undefined) return;
  const side = once(name, () => readSide(name));
  const route = side.routes.get(method)?.find(({ pattern }) => pattern.test(pathname));
  const found = route ? compare(side, route, answer) : compareUnknown(side, answer);
  if (found.length === 0) return;
  const what = `${method} ${pathname} (${route?.operationId ?? 'no operation'}) ${answer.status}`;
  throw new Error(
    `The answer is not as documented: ${what}\n${found.join('\n')}\n${answer.text.slice(0, 2_000)}`,
  );
}

/** What is wrong with a webhook body, by the document of the partner API. */
export function findWebhookFaults(type: string, body: unknown): string[] {
  return once(`webhook ${type}`, () => {
    const document = readDocument('partner');
    const schema = document.webhooks?.[type]?.post.requestBody?.content['application/json']?.schema;
    if (!schema) return () => [`${type} is no documented webhook`];
    return (given: unknown) => faultsOf(validatorOf('partner', schema), given, 'body');
  })(body);
}

function compare(side: Side, { operationId, responses }: Route, answer: GivenAnswer): string[] {
  const documented = responses[answer.status];
  if (!documented) return [`the status is not one of ${Object.keys(responses).join(', ')}`];
  const kind = answer.headers.get('content-type')?.split(';')[0];
  const contents = Object.keys(documented.content ?? {});
  const faults = compareHeaders(side, documented, answer);
  if (contents.length === 0) {
    return answer.text === '' ? faults : [...faults, 'there is a body where none is documented'];
  }
  const content = kind === undefined ? undefined : documented.content?.[kind];
  if (!content) return [...faults, `content-type: ${kind} is not ${contents.join(', ')}`];
  const key = `${side.name} ${operationId} ${answer.status}`;
  const validate = once(key, () => validatorOf(side.name, content.schema));
  return [...faults, ...faultsOf(validate, answer.body, 'body')];
}

/** Where there is no operation, there is a problem document. */
function compareUnknown(side: Side, { status, body }: GivenAnswer): string[] {
  const validate = once(`${side.name} problem`, () => validatorOf(side.name, side.problem));
  const faults = faultsOf(validate, body, 'body');
  return status < 400 ? [...faults, 'no document has this operation'] : faults;
}

function compareHeaders(side: Side, documented: ResponseObject, answer: GivenAnswer): string[] {
  const expected = Object.entries(documented.headers ?? {}).map(([name, found]) => {
    const header = '$ref' in found ? side.headers[name] : found;
    return [name.toLowerCase(), header] as const;
  });
  const names = expected.map(([name]) => name);
  const surprising = ownHeaders.filter((name) => answer.headers.has(name) && !names.includes(name));
  return [
    ...surprising.map((name) => `${name}: not documented for this status`),
    ...expected.flatMap(([name, header]) => {
      const value = answer.headers.get(name);
      if (value === null) return header?.required ? [`${name}: missing`] : [];
      const { schema = {} } = header ?? {};
      const validate = once(`header ${JSON.stringify(schema)}`, () =>
        validatorOf(side.name, schema),
      );
      const given = schema.type === 'integer' ? Number(value) : value;
      return faultsOf(validate, given, name);
    }),
  ];
}

function faultsOf(validate: ValidateFunction, value: unknown, what: string): string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${what}${instancePath}: ${message} ${JSON.stringify(params)}`,
  );
}

function readSide(name: string): Side {
  const { paths, components } = readDocument(name);
  const routes = new Map<string, Route[]>();
  for (const [path, operations] of Object.entries(paths)) {
    const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    for (const [method, { operationId, responses }] of Object.entries(operations)) {
      const verb = method.toUpperCase();
      routes.set(verb, [...(routes.get(verb) ?? []), { pattern, operationId, responses }]);
    }
  }
  const problem = { $ref: '#/components/schemas/Problem' };
  return { name, routes, problem, headers: components.headers };
}

/** The document with its objects closed: it is open to what will come, its tests are not. */
function readDocument(name: string): OpenApiDocument {
  return once(`document ${name}`, () => {
    const text = readFileSync(join(rootDir, `docs/openapi/${name}.json`), 'utf8');
    const document = JSON.parse(text) as OpenApiDocument;
    for (const schema of Object.values(document.components.schemas)) {
      if (schema.properties) schema.additionalProperties ??= false;
    }
    return document;
  });
}

function validatorOf(name: string, schema: JsonSchema): ValidateFunction {
  const ajv = once(`ajv ${name}`, () => {
    const { Ajv2020 } = native('ajv/dist/2020.js') as typeof Ajv;
    const addFormats = native('ajv-formats') as typeof Formats.default;
    const created = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
    created.addVocabulary(['example', 'x-extensible-enum', 'components']);
    addFormats.default(created);
    const { components } = readDocument(name);
    return created.addSchema({ $id: 'document', components: { schemas: components.schemas } });
  });
  return ajv.compile(rooted(schema));
}

/** References of the document, as from outside of it. */
function rooted(schema: JsonSchema): object {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document#/');
  return JSON.parse(text) as object;
}

function once<Value>(name: string, make: () => Value): Value {
  if (!kept.has(name)) kept.set(name, make());
  return kept.get(name) as Value;
}
