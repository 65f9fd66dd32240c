import type { FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error.js';
import { containsCardNumber } from './card-data.js';

/** @throws ApiError for text that PostgreSQL or a partner's parser can't carry */
function checkText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    const detail = 'Text may contain neither NUL nor half of a surrogate pair.';
    throw new ApiError('malformed_request', { detail });
  }
}

/** @throws ApiError for text that nobody may send us, card numbers included */
export function checkCallerText(text: string): void {
  checkText(text);
  if (containsCardNumber(text)) throw new ApiError('card_data_not_allowed');
}

/** Names of the prototype of an object, as a parameter or as a member of one. */
const prototypeName = /(?:^|\[)(?:__proto__|constructor|prototype)(?:[[\]]|$)/;

/** Whose caller chooses its User-Agent; the others are browsers of payers, providers and probes. */
const ofCallers = /^\/(?:admin\/)?v\d+\//;

/** Checks address and User-Agent, which is kept, as a body is checked. */
export function checkHead({ url, headers }: Pick<FastifyRequest, 'url' | 'headers'>): void {
  const start = url.indexOf('?');
  checkCallerText(decoded(start < 0 ? url : url.slice(0, start)));
  if (start >= 0) checkQuery(url.slice(start));
  const agent = headers['user-agent'] ?? '';
  if (!containsCardNumber(agent)) return;
  if (ofCallers.test(url)) throw new ApiError('card_data_not_allowed');
  delete headers['user-agent'];
}

function checkQuery(query: string): void {
  for (const [name, value] of new URLSearchParams(query)) {
    checkCallerText(name);
    if (prototypeName.test(name)) {
      throw new ApiError('malformed_request', { detail: `A parameter may not be named ${name}.` });
    }
    checkCallerText(value);
  }
}

/** What the router can't decode finds no route. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
