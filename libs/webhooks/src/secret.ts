import { randomBytes } from 'node:crypto';

const prefix = 'whsec_';
const newSecretBytes = 32;
const fewestBytes = 24;
const mostBytes = 64;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A secret that is not `whsec_` and 24 to 64 bytes in base64. The message doesn't repeat it. */
export class InvalidWebhookSecretError extends Error {
  override readonly name = 'InvalidWebhookSecretError';
}

/** A new secret of 256 bits: `whsec_` and base64, as Standard Webhooks writes it. */
export function createWebhookSecret(): string {
  return `${prefix}${randomBytes(newSecretBytes).toString('base64')}`;
}

/** @throws InvalidWebhookSecretError */
export function keyOf(secret: string): Buffer {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : '';
  const key = Buffer.from(base64.test(text) ? text : '', 'base64');
  if (key.length >= fewestBytes && key.length <= mostBytes) return key;
  throw new InvalidWebhookSecretError(
    `a webhook secret is ${prefix} and ${fewestBytes} to ${mostBytes} bytes in base64`,
  );
}
