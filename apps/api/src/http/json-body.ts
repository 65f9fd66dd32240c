import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error.js';
import { containsCardNumber } from './card-data.js';
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
        const value = body.length === 0 ? undefined : parseJson(body.toString('utf8'));
        if (!isWebhook) refuseCardData(value);
        done(null, value);
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

/** @throws ApiError for text in a query that a body may not have either */
export function checkUrl(url: string): void {
  const query = url.slice(url.indexOf('?') + 1);
  if (query === url || !/%|\d{4}/.test(query)) return;
  const text = new URLSearchParams(query).toString().replaceAll('+', ' ');
  const plain = decodeURIComponent(text);
  checkText(plain);
  if (containsCardNumber(plain)) throw new ApiError('card_data_not_allowed');
}

/** @throws ApiError `malformed_request` */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ApiError('malformed_request', { detail: 'The body is not valid JSON.' });
  }
  checkValue(value, 0);
  return value;
}

/** @throws ApiError `card_data_not_allowed` for a card number in any text of the body */
export function refuseCardData(value: unknown): void {
  if (typeof value === 'string' && containsCardNumber(value)) {
    throw new ApiError('card_data_not_allowed');
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    refuseCardData(name);
    refuseCardData(member);
  }
}

function checkValue(value: unknown, depth: number): void {
  if (typeof value === 'string') return checkText(value);
  if (typeof value !== 'object' || value === null) return;
  if (depth > maxDepth) {
    throw new ApiError('malformed_request', { detail: 'The body is nested too deeply.' });
  }
  for (const [name, member] of Object.entries(value)) {
    checkText(name);
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') {
      throw new ApiError('malformed_request', { detail: `A field may not be named ${name}.` });
    }
    checkValue(member, depth + 1);
  }
}

function checkText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    const detail = 'Text may contain neither NUL nor half of a surrogate pair.';
    throw new ApiError('malformed_request', { detail });
  }
}
