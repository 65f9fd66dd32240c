import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error.js';
import { checkCallerText, shortened } from './caller-text.js';
import { countMembers, findDuplicateName } from './duplicate-names.js';
import type { ApiRequest } from './request.js';

const maxDepth = 32;
const webhookLimitBytes = 1024 * 1024;
const bytes = 'application/octet-stream';
const charsets = ['charset=utf-8', 'charset="utf-8"'];
const nameInBody = 'A name in the body';
const byteOrderMark = '\ufeff';

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
  checkType(request, type);
  return body.length === 0 ? undefined : parseJson(body);
}

function checkType({ headers }: FastifyRequest, type: string): void {
  const [, ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  if (type === '*' || parameters.some((each) => !charsets.includes(each.trim()))) {
    throw new ApiError('unsupported_media_type', {
      detail: 'The content type must be application/json; its only parameter is charset=utf-8.',
    });
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new ApiError('unsupported_media_type', {
      detail: 'The body must be sent without a Content-Encoding.',
    });
  }
}

/**
 * Parses an object, each of whose names stands once: a parser would keep the last one, another the first.
 *
 * @throws ApiError
 */
export function parseJson(json: Buffer): object {
  const value = parse(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed('The body must be a JSON object.');
  }
  const members = checkValue(value, '', 0);
  if (members !== countMembers(json)) {
    throw duplicate(findDuplicateName(json.toString(), maxDepth));
  }
  return value;
}

function duplicate(name: string | undefined): ApiError {
  if (name === undefined) return tooDeep();
  checkCallerText(name, nameInBody);
  const param = shortened(name);
  const errors = [{ param, code: 'duplicate_name', message: `${param} must be given once` }];
  return new ApiError('malformed_request', { detail: `Given twice: ${param}.`, errors });
}

function parse(json: Buffer): unknown {
  if (!isUtf8(json)) throw malformed('The body is not valid UTF-8.');
  const text = json.toString();
  if (text.startsWith(byteOrderMark)) {
    throw malformed('The body must not begin with a byte order mark.');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('The body is not valid JSON.');
  }
}

function malformed(detail: string): ApiError {
  return new ApiError('malformed_request', { detail });
}

function tooDeep(): ApiError {
  return malformed(`The body must not be nested deeper than ${maxDepth} levels.`);
}

/**
 * @param path where the value stands, as in `metadata.order`
 * @returns how many members all objects have together
 */
function checkValue(value: unknown, path: string, depth: number): number {
  if (typeof value === 'string') checkCallerText(value, path);
  else if (typeof value === 'number') checkNumber(value, path);
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > maxDepth) throw tooDeep();
  if (Array.isArray(value)) {
    return value.reduce<number>((sum, item) => sum + checkValue(item, path, depth + 1), 0);
  }
  let members = 0;
  for (const [name, member] of Object.entries(value)) {
    checkCallerText(name, nameInBody);
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') {
      throw malformed(`A field may not be named ${name}.`);
    }
    members += 1 + checkValue(member, path ? `${path}.${name}` : name, depth + 1);
  }
  return members;
}

/** A number that a parser rounds is not what was meant; one with many digits may be that of a card. */
function checkNumber(value: number, path: string): void {
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw malformed(
      `The number in ${shortened(path)} is too large to be exact: send it as a string.`,
    );
  }
  if (Math.abs(value) >= 1e12) checkCallerText(String(value), path);
}
