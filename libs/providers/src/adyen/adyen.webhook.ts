import { createHmac, timingSafeEqual } from 'node:crypto';
import { InvalidWebhookError } from '../port.js';
import { isObject, parseJsonObject } from '../transport.js';

/** What Adyen tells of one event, verified. */
export interface AdyenItem {
  pspReference: string;
  originalReference: string;
  merchantAccountCode: string;
  merchantReference: string;
  amount: unknown;
  eventCode: string;
  success: boolean;
  eventDate: Date;
  /** The rest is not signed. */
  reason: string;
  additionalData: Record<string, unknown>;
}

/**
 * The items of a webhook, once each of them is verified: base64 HMAC-SHA256 over eight fields joined by `:`
 * (docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures).
 *
 * @param hmacKey hex
 * @throws InvalidWebhookError when any item is not Adyen's word, or there is none
 */
export function verifiedItems(rawBody: Buffer, hmacKey: string): AdyenItem[] {
  const wrapped = parseJsonObject(rawBody)?.notificationItems;
  if (!Array.isArray(wrapped) || wrapped.length === 0) {
    throw new InvalidWebhookError('the body is no Adyen notification');
  }
  const key = Buffer.from(hmacKey, 'hex');
  return wrapped.map((wrapper: unknown) => {
    const item = isObject(wrapper) ? wrapper.NotificationRequestItem : undefined;
    if (!isObject(item)) throw new InvalidWebhookError('an item has the wrong form');
    return verifiedItem(item, key);
  });
}

/** The text that Adyen signs. */
export function signedText(item: Record<string, unknown>): string {
  const { value, currency } = isObject(item.amount) ? item.amount : {};
  const { pspReference, originalReference, merchantAccountCode, merchantReference } = item;
  const references = [pspReference, originalReference, merchantAccountCode, merchantReference];
  return [...references, value, currency, item.eventCode, item.success].map(plainText).join(':');
}

function verifiedItem(item: Record<string, unknown>, key: Buffer): AdyenItem {
  const additionalData = isObject(item.additionalData) ? item.additionalData : {};
  const expected = createHmac('sha256', key).update(signedText(item), 'utf8').digest();
  if (!isSame(expected, additionalData.hmacSignature)) {
    throw new InvalidWebhookError('the signature of an item does not match');
  }
  const eventDate = new Date(plainText(item.eventDate));
  if (Number.isNaN(eventDate.getTime())) throw new InvalidWebhookError('an item has no date');
  return {
    pspReference: plainText(item.pspReference),
    originalReference: plainText(item.originalReference),
    merchantAccountCode: plainText(item.merchantAccountCode),
    merchantReference: plainText(item.merchantReference),
    amount: item.amount,
    eventCode: plainText(item.eventCode),
    success: plainText(item.success) === 'true',
    eventDate,
    reason: plainText(item.reason),
    additionalData,
  };
}

function plainText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new InvalidWebhookError('a field of an item has the wrong form');
}

function isSame(expected: Buffer, signature: unknown): boolean {
  if (typeof signature !== 'string' || !/^[A-Za-z0-9+/]{43}=$/.test(signature)) return false;
  return timingSafeEqual(expected, Buffer.from(signature, 'base64'));
}
