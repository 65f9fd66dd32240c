import type { FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error.js';
import { containsCardNumber } from './card-data.js';

/** More than any field takes, and so little that no check of it takes long. */
const maxLength = 10_000;
const mostNameCharacters = 200;

/**
 * @param where names the text in the answer, which does not repeat it
 * @throws ApiError for text that nobody may send us, card numbers included
 */
export function checkCallerText(text: string, where: string): void {
  if (text.length > maxLength) throw tooLong(where);
  if (text.includes('\0') || !text.isWellFormed()) {
    const detail = `${shortened(where)} may contain neither NUL nor half of a surrogate pair.`;
    throw new ApiError('malformed_request', { detail });
  }
  if (containsCardNumber(text)) throw cardNumberIn(where);
}

function tooLong(where: string): ApiError {
  const param = shortened(where);
  const message = `${param} must not be longer than ${maxLength} characters`;
  const errors = [{ param, code: 'max_length', message }];
  return new ApiError('validation_failed', { detail: `Not acceptable: ${param}.`, errors });
}

function cardNumberIn(where: string): ApiError {
  const param = shortened(where);
  const message = `${param} must not contain a card number`;
  const errors = [{ param, code: 'card_number', message }];
  return new ApiError('card_data_not_allowed', { detail: `Found in: ${param}.`, errors });
}

/** A name may be as long as the body; the answer is not. */
export function shortened(name: string): string {
  return name.slice(0, mostNameCharacters);
}

/** Names of the prototype of an object, as a parameter or as a member of one. */
const prototypeName = /(?:^|\[)(?:__proto__|constructor|prototype)(?:[[\]]|$)/;

/** Whose caller chooses its User-Agent; the others are browsers of payers, providers and probes. */
const ofCallers = /^\/(?:admin\/)?v\d+\//;

/** Checks address and User-Agent, which is kept, as a body is checked. */
export function checkHead({ url, headers }: Pick<FastifyRequest, 'url' | 'headers'>): void {
  const start = url.indexOf('?');
  checkCallerText(decoded(start < 0 ? url : url.slice(0, start)), 'The path');
  if (start >= 0) checkQuery(url.slice(start));
  const agent = headers['user-agent'] ?? '';
  if (!containsCardNumber(agent)) return;
  if (ofCallers.test(url)) throw cardNumberIn('User-Agent');
  delete headers['user-agent'];
}

function checkQuery(query: string): void {
  for (const [name, value] of new URLSearchParams(query)) {
    checkCallerText(name, 'A name in the query');
    if (prototypeName.test(name)) {
      throw new ApiError('malformed_request', { detail: `A parameter may not be named ${name}.` });
    }
    checkCallerText(value, name);
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
