import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error.js';
import { checkCallerText, checkText } from './caller-text.js';
import type { ApiRequest } from './request.js';

const maxDepth = 32;

/**
 * Reads JSON bodies, and refuses text that PostgreSQL or a partner's parser can't carry.
 *
 * The bytes are kept for webhooks, whose signature covers them.
 */
export function readJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer, done) => {
      const isWebhook = request.url.startsWith('/webhooks/');
      if (isWebhook) (request as ApiRequest).rawBody = body;
      try {
        const check = isWebhook ? checkText : checkCallerText;
        done(null, body.length === 0 ? undefined : parseJson(body.toString('utf8'), check));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

/** @throws ApiError `malformed_request`, or what the check throws for a text or a name in it */
export function parseJson(text: string, check: (text: string) => void): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ApiError('malformed_request', { detail: 'The body is not valid JSON.' });
  }
  checkValue(value, 0, check);
  return value;
}

function checkValue(value: unknown, depth: number, check: (text: string) => void): void {
  if (typeof value === 'string') return check(value);
  if (typeof value !== 'object' || value === null) return;
  if (depth > maxDepth) {
    throw new ApiError('malformed_request', { detail: 'The body is nested too deeply.' });
  }
  for (const [name, member] of Object.entries(value)) {
    check(name);
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') {
      throw new ApiError('malformed_request', { detail: `A field may not be named ${name}.` });
    }
    checkValue(member, depth + 1, check);
  }
}
