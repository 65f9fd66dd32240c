import type { OpenAPIObject } from '@nestjs/swagger';
import { catalogueEntry, type ErrorCode } from '../errors/error-catalogue.js';
import { type Audience, documentedError, documentedErrors } from '../errors/error-documentation.js';
import { refusalsExtension } from '../errors/refuses.decorator.js';
import { type Answer, type Operation, operationsOf, takes } from './documented-operations.js';

const always: ErrorCode[] = [
  'malformed_request',
  'parameter_invalid',
  'unauthorized',
  'forbidden',
  'rate_limit_exceeded',
  'request_timeout',
  'headers_too_large',
  'card_data_not_allowed',
  'internal_error',
  'service_unavailable',
];
const ofWrites: ErrorCode[] = ['payload_too_large', 'unsupported_media_type'];
const ofKeys: ErrorCode[] = [
  'idempotency_key_required',
  'idempotency_key_invalid',
  'idempotency_request_in_progress',
  'idempotency_key_reused',
  'idempotency_key_expired',
];

/** Adds to every operation the problem documents that it can answer, and lists the codes of its audiences. */
export function documentErrors(document: OpenAPIObject, audiences: Audience[]): void {
  listCodes(document, audiences);
  for (const { method, operation } of operationsOf(document)) {
    addErrors(operation, codesOfForm(operation, method));
  }
}

function listCodes({ components }: OpenAPIObject, audiences: Audience[]): void {
  const problem = components?.schemas?.['Problem'];
  const code = problem && 'properties' in problem ? problem.properties?.['code'] : undefined;
  const met = documentedErrors().filter(({ audience }) => audiences.includes(audience));
  Object.assign(code ?? {}, { 'x-extensible-enum': met.map((each) => each.code) });
}

function addErrors(
  operation: Operation & { [refusalsExtension]?: ErrorCode[] },
  codesOfForm: ErrorCode[],
): void {
  const codes = [...new Set([...(operation[refusalsExtension] ?? []), ...codesOfForm])];
  delete operation[refusalsExtension];
  const statuses = [...new Set(codes.map((code) => catalogueEntry(code).status))];
  for (const status of statuses) {
    const ofStatus = codes.filter((code) => catalogueEntry(code).status === status);
    operation.responses[status] = answerOf(ofStatus);
  }
}

/** What can go wrong with a request of this form, whatever it asks for. */
function codesOfForm(operation: Operation, method: string): ErrorCode[] {
  const hasValues = operation.requestBody !== undefined || takes(operation, 'query');
  return [
    ...always,
    ...(hasValues ? (['validation_failed'] as const) : []),
    ...(takes(operation, 'query', 'cursor', 'after') ? (['cursor_invalid'] as const) : []),
    ...(method === 'get' ? [] : ofWrites),
    ...(takes(operation, 'header', 'Idempotency-Key') ? ofKeys : []),
    ...(takes(operation, 'header', 'If-Match') ? (['version_conflict'] as const) : []),
  ];
}

function answerOf(codes: ErrorCode[]): Answer {
  const examples = codes.map((code) => [
    code,
    { summary: catalogueEntry(code).title, value: documentedError(code).example },
  ]);
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(examples) as Record<string, object>,
      },
    },
  };
}
