import { verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { InvalidWebhookError } from '../port.js';

const dayMs = 24 * 60 * 60 * 1000;
const toleranceMs = 300_000;
/**
 * PayPal sends a webhook up to 25 times over 3 days, and does not say that it signs anew each time: its own record of
 * a delivery keeps one transmission id. A younger limit would refuse what is late and true. What is repeated within
 * it is recognised by the event's id.
 */
const longestDeliveryMs = 4 * dayMs;

type Headers = Record<string, string | undefined>;

/** What a webhook's headers say of its signature. */
export interface PayPalTransmission {
  id: string;
  time: string;
  signature: Buffer;
  certificateUrl: string;
}

/**
 * The signature's headers, as far as they can be judged without its certificate.
 *
 * @throws InvalidWebhookError for a header that is missing or malformed, another algorithm than RSA with SHA-256, and
 * a time that is more than 4 days old or more than 300 s ahead
 */
export function toTransmission(headers: Headers, nowMs: number): PayPalTransmission {
  const id = header(headers, 'paypal-transmission-id', /^[\w-]{1,50}$/);
  const time = header(headers, 'paypal-transmission-time', /^[\d:.TZ+-]{1,100}$/);
  const signature = header(headers, 'paypal-transmission-sig', /^[A-Za-z0-9+/]{1,1000}={0,2}$/);
  const certificateUrl = header(headers, 'paypal-cert-url', /^\S{1,500}$/);
  if (header(headers, 'paypal-auth-algo', /^\w{1,100}$/) !== 'SHA256withRSA') {
    throw new InvalidWebhookError('the signature is not made with SHA256withRSA');
  }
  const sentMs = Date.parse(time);
  if (Number.isNaN(sentMs)) throw new InvalidWebhookError('the transmission time is no time');
  if (nowMs - sentMs > longestDeliveryMs) {
    throw new InvalidWebhookError('the transmission is more than 4 days old');
  }
  if (sentMs - nowMs > toleranceMs) {
    throw new InvalidWebhookError('the transmission time is more than 300 s ahead');
  }
  return { id, time, signature: Buffer.from(signature, 'base64'), certificateUrl };
}

/**
 * What PayPal signs: `transmission id|transmission time|webhook id|CRC-32 of the body as a decimal number`
 * (developer.paypal.com/api/rest/webhooks/rest).
 */
export function signedText(
  { id, time }: Pick<PayPalTransmission, 'id' | 'time'>,
  webhookId: string,
  rawBody: Buffer,
): string {
  return `${id}|${time}|${webhookId}|${crc32(rawBody)}`;
}

/** @throws InvalidWebhookError when the signature is not one of this key over this body */
export function verifySignature(
  transmission: PayPalTransmission,
  webhookId: string,
  rawBody: Buffer,
  key: KeyObject,
): void {
  const text = Buffer.from(signedText(transmission, webhookId, rawBody));
  if (!verify('RSA-SHA256', text, key, transmission.signature)) {
    throw new InvalidWebhookError('the signature does not match');
  }
}

function header(headers: Headers, name: string, form: RegExp): string {
  const value = headers[name];
  if (!value) throw new InvalidWebhookError(`there is no ${name}`);
  if (!form.test(value)) throw new InvalidWebhookError(`${name} is malformed`);
  return value;
}
