import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { v7 as uuidv7 } from 'uuid';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const prefixLength = 8;
const secretLength = 43;
const checksumLength = 6;
const form = /^([0-9A-Za-z]{8})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/** A key of 256 random bits, with a random prefix that names it and a checksum against typing errors. */
export function generateApiKey(): string {
  const body = `${randomText(prefixLength)}_${randomText(secretLength)}`;
  return body + checksum(body);
}

/** What the database keeps of a key that is about to be made. */
export interface NewApiKey {
  id: string;
  prefix: string;
  hash: string;
}

/** A key for whom it is made, and what is stored of it. */
export function createApiKey(pepper: Buffer): { apiKey: string; row: NewApiKey } {
  const apiKey = generateApiKey();
  const prefix = apiKey.slice(0, prefixLength);
  return { apiKey, row: { id: uuidv7(), prefix, hash: hashApiKey(apiKey, pepper) } };
}

/** The prefix of a key whose checksum is right; anything else is no key of ours. */
export function prefixOf(apiKey: string): string | undefined {
  const match = form.exec(apiKey);
  if (!match || checksum(apiKey.slice(0, -checksumLength)) !== match[3]) return undefined;
  return match[1];
}

/** What is stored of a key. A key is random enough that a slow hash would only slow us down. */
export function hashApiKey(apiKey: string, pepper: Buffer): string {
  return createHmac('sha256', pepper).update(apiKey).digest('hex');
}

export function equalHashes(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function randomText(length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let digit = 0; digit < checksumLength; digit++) {
    text = alphabet[rest % alphabet.length] + text;
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}
