import { ApiError } from '../errors/api-error.js';
import { containsCardNumber } from './card-data.js';

/** More than any field takes, and so little that no check of it takes long. */
const maxLength = 10_000;

/** @throws ApiError for text that PostgreSQL or a partner's parser can't carry */
function checkText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    const detail = 'Text may contain neither NUL nor half of a surrogate pair.';
    throw new ApiError('malformed_request', { detail });
  }
}

/** @throws ApiError for text that nobody may send us, card numbers included */
export function checkCallerText(text: string): void {
  if (text.length > maxLength) {
    const detail = `No text may be longer than ${maxLength} characters.`;
    throw new ApiError('validation_failed', { detail });
  }
  checkText(text);
  if (containsCardNumber(text)) throw new ApiError('card_data_not_allowed');
}

/** Names of the prototype of an object, as a parameter or as a member of one. */
const prototypeName = /(?:^|\[)(?:__proto__|constructor|prototype)(?:[[\]]|$)/;

/** Checks the names and values of a query as those of a body are checked. */
export function checkQuery(url: string): void {
  const start = url.indexOf('?');
  if (start < 0) return;
  for (const [name, value] of new URLSearchParams(url.slice(start))) {
    checkCallerText(name);
    if (prototypeName.test(name)) {
      throw new ApiError('malformed_request', { detail: `A parameter may not be named ${name}.` });
    }
    checkCallerText(value);
  }
}
