import { isIP } from 'node:net';
import { ApiError } from '../errors/api-error.js';
import { isPublicAddress } from './public-address.js';

const mostCharacters = 512;
const lowestOtherPort = 1024;

/** Names that no public DNS answers: RFC 6761, RFC 6762, and what ICANN keeps for private use. */
const privateName = /(?:^|\.)(?:localhost|local|internal)$/;

const emptyLabel = /(?:^|\.)\./;

/** Why webhooks may not go to a URL. */
export interface UrlRefusal {
  code:
    | 'too_long'
    | 'is_url'
    | 'https_required'
    | 'credentials_not_allowed'
    | 'port_not_allowed'
    | 'address_not_public';
  message: string;
}

/**
 * What is wrong with a URL by its text alone. Where its name leads is found out at every connection, since it may
 * lead elsewhere by then.
 *
 * @param allowPrivate http, any port and private addresses, for development
 */
export function findUrlRefusal(text: string, allowPrivate: boolean): UrlRefusal | undefined {
  if (text.length > mostCharacters) {
    return { code: 'too_long', message: `must have at most ${mostCharacters} characters` };
  }
  const url = parse(text);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    return { code: 'is_url', message: 'must be an https URL' };
  }
  if (url.username || url.password) {
    return { code: 'credentials_not_allowed', message: 'must not contain a user or a password' };
  }
  return allowPrivate ? undefined : findPublicRefusal(url);
}

/** `URL.canParse` of Node.js 20 is wrong about `ü`, once it is compiled. */
function parse(text: string): URL | undefined {
  // URL would drop or replace these: what is read and what is connected to would differ.
  if (/[\s\p{C}\\]/u.test(text)) return undefined;
  try {
    const url = new URL(text);
    return emptyLabel.test(url.hostname) ? undefined : url;
  } catch {
    return undefined;
  }
}

/** @throws ApiError `validation_failed` that names `webhook_url`, unless webhooks may go there */
export function checkWebhookUrl(text: string, allowPrivate: boolean): void {
  const refusal = findUrlRefusal(text, allowPrivate);
  if (!refusal) return;
  const message = `webhook_url ${refusal.message}`;
  const errors = [{ param: 'webhook_url', code: refusal.code, message }];
  throw new ApiError('validation_failed', { detail: 'Not acceptable: webhook_url.', errors });
}

function findPublicRefusal({ protocol, port, hostname }: URL): UrlRefusal | undefined {
  if (protocol !== 'https:') {
    return { code: 'https_required', message: 'must begin with https://' };
  }
  if (port && Number(port) < lowestOtherPort) {
    return { code: 'port_not_allowed', message: 'must use port 443, or one from 1024 on' };
  }
  if (isPrivateHost(hostname)) {
    return { code: 'address_not_public', message: 'must lead to a public address' };
  }
  return undefined;
}

/** The parser has turned every notation of an IPv4 address into four decimal numbers. */
function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '');
  if (isIP(host) !== 0) return !isPublicAddress(host);
  return !host.includes('.') || privateName.test(host);
}
