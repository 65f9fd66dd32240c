import type { OpenAPIObject } from '@nestjs/swagger';
import { ApiError } from '../errors/api-error.js';
import { catalogueEntry, type ErrorCode } from '../errors/error-catalogue.js';
import { toProblem } from '../errors/problem.dto.js';
import { refusalsExtension } from '../errors/refuses.decorator.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Response = Exclude<Operation['responses'][string], { $ref: string } | undefined>;

const exampleRequestId = '01a204f6-8b21-75d4-9000-cf3e3ac1518e';
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

/** Adds to every operation the problem documents that it can answer, with an example of each. */
export function documentErrors(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths)) {
    for (const method of methods) {
      const operation = path[method];
      if (operation) addErrors(operation);
    }
  }
  return document;
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
    { summary: catalogueEntry(code).title, value: toProblem(new ApiError(code), exampleRequestId) },
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
