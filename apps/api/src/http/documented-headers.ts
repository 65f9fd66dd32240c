import type { OpenAPIObject } from '@nestjs/swagger';
import {
  answersOf,
  type Answer,
  type Operation,
  operationsOf,
  schemaOf,
  takes,
} from './documented-operations.js';

type Headers = NonNullable<Answer['headers']>;

const string = { type: 'string' as const };
const headers = {
  'X-Request-Id': {
    description: 'Names the request: yours when you sent a UUID, else one of ours.',
    required: true,
    schema: { ...string, format: 'uuid' },
  },
  'RateLimit-Policy': {
    description: 'The budget that the request was counted against: `q` requests in `w` seconds.',
    required: true,
    schema: { ...string, pattern: '^"[a-z]+";q=\\d+;w=\\d+$', example: '"partner";q=100;w=60' },
  },
  RateLimit: {
    description: 'What is left of it: `r` requests within the next `t` seconds.',
    required: true,
    schema: { ...string, pattern: '^"[a-z]+";r=\\d+;t=\\d+$', example: '"partner";r=99;t=60' },
  },
  'Retry-After': {
    description: 'Seconds to wait.',
    required: true,
    schema: { type: 'integer' as const, minimum: 0, example: 1 },
  },
  ETag: {
    description: 'The version of the resource, for `If-Match` and `If-None-Match`.',
    required: true,
    schema: { ...string, pattern: '^(W/)?"\\d+"$', example: '"3"' },
  },
  'Idempotent-Replayed': {
    description: 'Present when the key came before: this is the answer of then.',
    required: false,
    schema: { ...string, enum: ['true'] },
  },
  'WWW-Authenticate': {
    description: 'How to authenticate.',
    required: true,
    schema: { ...string, enum: ['Bearer'] },
  },
};

type HeaderName = keyof typeof headers;

/** Statuses that may be answered before anybody knows who calls, and those that always are. */
const uncounted: Record<string, number[]> = { maybe: [400, 500, 503], always: [408, 431] };

/** Tells the header fields of every answer. */
export function documentHeaders(document: OpenAPIObject): void {
  for (const { operation } of operationsOf(document)) {
    for (const [status, answer] of answersOf(operation)) {
      answer.headers = { ...limitsOf(status), ...ownOf(document, operation, status, answer) };
    }
  }
  const text = JSON.stringify(document.paths);
  const named = Object.entries(headers).filter(([name]) => text.includes(`"${referenceOf(name)}"`));
  document.components = { ...document.components, headers: Object.fromEntries(named) };
}

function limitsOf(status: number): Headers {
  const always = { 'X-Request-Id': header('X-Request-Id') };
  if (uncounted['always']?.includes(status)) return always;
  const isCounted = !uncounted['maybe']?.includes(status);
  return {
    ...always,
    'RateLimit-Policy': header('RateLimit-Policy', isCounted),
    RateLimit: header('RateLimit', isCounted),
  };
}

function ownOf(
  document: OpenAPIObject,
  operation: Operation,
  status: number,
  answer: Answer,
): Headers {
  const isReplayed = takes(operation, 'header', 'Idempotency-Key');
  const own: [HeaderName, boolean | undefined][] = [
    ['ETag', status === 304 || (status < 300 && hasVersion(document, answer))],
    ['Idempotent-Replayed', isReplayed && (status < 300 || status === 409 || status === 422)],
    ['Retry-After', status === 429 || status === 503 || (isReplayed && status === 409)],
    ['WWW-Authenticate', status === 401],
  ];
  const isOptional = isReplayed || takes(operation, 'query', 'expand');
  return Object.fromEntries(
    own
      .filter(([, applies]) => applies)
      .map(([name]) => [name, header(name, status >= 400 ? status !== 409 : !isOptional)]),
  );
}

function header(name: HeaderName, isRequired = true): Headers[string] {
  if (isRequired) return { $ref: referenceOf(name) };
  return { ...headers[name], required: false };
}

function referenceOf(name: string): string {
  return `#/components/headers/${name}`;
}

function hasVersion(document: OpenAPIObject, { content }: Answer): boolean {
  const schema = schemaOf(document, content?.['application/json']?.schema);
  return schema?.properties?.['version'] !== undefined;
}
