import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error.js';
import { checkCallerText } from './caller-text.js';
import type { ApiRequest } from './request.js';

const maxDepth = 32;
const webhookLimitBytes = 1024 * 1024;
const bytes = 'application/octet-stream';

/**
 * Reads JSON bodies, and refuses text that PostgreSQL or a partner's parser can't carry.
 *
 * The body of a webhook stays what it is, whatever its type: the signature covers its bytes.
 */
export function readBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (isWebhook(route.url)) route.bodyLimit = webhookLimitBytes;
  });
  fastify.addHook('onRequest', (request, _reply, next) => {
    // A type that is not well-formed would be refused before any parser sees the body.
    if (isWebhook(request.routeOptions.url)) request.headers['content-type'] = bytes;
    next();
  });
  fastify.removeAllContentTypeParsers();
  for (const type of ['application/json', '*']) {
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (request, body: Buffer, done) => {
      try {
        done(null, readBody(request, body, type));
      } catch (error) {
        done(error as Error);
      }
    });
  }
}

function isWebhook(route: string | undefined): boolean {
  return route?.startsWith('/webhooks/') ?? false;
}

function readBody(request: FastifyRequest, body: Buffer, type: string): unknown {
  if (isWebhook(request.routeOptions.url)) {
    (request as ApiRequest).rawBody = body;
    return undefined;
  }
  if (type === '*') throw new ApiError('unsupported_media_type');
  return body.length === 0 ? undefined : parseJson(body.toString('utf8'), checkCallerText);
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
