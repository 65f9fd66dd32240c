import type { OpenAPIObject } from '@nestjs/swagger';
import { catalogueEntry, type ErrorCode } from '../errors/error-catalogue.js';
import { type Audience, documentedError, documentedErrors } from '../errors/error-documentation.js';
import { refusalsExtension } from '../errors/refuses.decorator.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Response = Exclude<Operation['responses'][string], { $ref: string } | undefined>;

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

const always: ErrorCode[] = [
  'malformed_request',
  'parameter_invalid',
  'unauthorized',
  'forbidden',
  'rate_limit_exceeded',
  'card_data_not_allowed',
  'internal_error',
  'service_unavailable',
];
const ofBodies: ErrorCode[] = ['payload_too_large', 'unsupported_media_type', 'validation_failed'];
const ofKeys: ErrorCode[] = [
  'idempotency_key_required',
  'idempotency_key_invalid',
  'idempotency_request_in_progress',
  'idempotency_key_reused',
  'idempotency_key_expired',
];

/** Adds to every operation the problem documents that it can answer, and lists the codes of its audiences. */
export function documentErrors(document: OpenAPIObject, audiences: Audience[]): OpenAPIObject {
  listCodes(document, audiences);
  for (const path of Object.values(document.paths)) {
    for (const method of methods) {
      const operation = path[method];
      if (operation) addErrors(operation);
    }
  }
  return document;
}

function listCodes({ components }: OpenAPIObject, audiences: Audience[]): void {
  const problem = components?.schemas?.['Problem'];
  const code = problem && 'properties' in problem ? problem.properties?.['code'] : undefined;
  const met = documentedErrors().filter(({ audience }) => audiences.includes(audience));
  Object.assign(code ?? {}, { 'x-extensible-enum': met.map((each) => each.code) });
}

function addErrors(operation: Operation & { [refusalsExtension]?: ErrorCode[] }): void {
  const codes = [...new Set([...(operation[refusalsExtension] ?? []), ...codesOfForm(operation)])];
  delete operation[refusalsExtension];
  const statuses = [...new Set(codes.map((code) => catalogueEntry(code).status))];
  for (const status of statuses) {
    const ofStatus = codes.filter((code) => catalogueEntry(code).status === status);
    operation.responses[status] = responseOf(ofStatus);
  }
}

/** What can go wrong with a request of this form, whatever it asks for. */
function codesOfForm(operation: Operation): ErrorCode[] {
  const parameters = (operation.parameters ?? []).flatMap((parameter) =>
    'name' in parameter ? [parameter] : [],
  );
  const has = (place: string, ...names: string[]) =>
    parameters.some(
      ({ in: found, name }) => found === place && (names.length === 0 || names.includes(name)),
    );
  return [
    ...always,
    ...(has('query') ? (['validation_failed'] as const) : []),
    ...(has('query', 'cursor', 'after') ? (['cursor_invalid'] as const) : []),
    ...(operation.requestBody ? ofBodies : []),
    ...(has('header', 'Idempotency-Key') ? ofKeys : []),
    ...(has('header', 'If-Match') ? (['version_conflict'] as const) : []),
  ];
}

function responseOf(codes: ErrorCode[]): Response {
  const examples = codes.map((code) => [
    code,
    { summary: catalogueEntry(code).title, value: documentedError(code).example },
  ]);
  const mayRetry = codes.some((code) => catalogueEntry(code).retryable);
  const seconds = { description: 'Seconds to wait.', schema: { type: 'integer' as const } };
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    ...(mayRetry && { headers: { 'Retry-After': seconds } }),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(examples) as Record<string, object>,
      },
    },
  };
}
