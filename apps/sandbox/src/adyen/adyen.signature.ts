import { createHmac } from 'node:crypto';
import type { WireAmount } from './adyen.wire.js';

/** What Adyen signs of a notification's item. */
export interface SignedFields {
  pspReference: string;
  originalReference?: string;
  merchantAccountCode: string;
  merchantReference: string;
  amount: WireAmount;
  eventCode: string;
  success: string;
}

/**
 * `additionalData.hmacSignature` of one item (docs.adyen.com, "Verify HMAC signatures", read 2026). Values are joined
 * as they are: Adyen's libraries once escaped `\` and `:`, and no longer do.
 *
 * @param hmacKey in hexadecimal
 */
export function signatureOf(item: SignedFields, hmacKey: string): string {
  const text = [
    item.pspReference,
    item.originalReference ?? '',
    item.merchantAccountCode,
    item.merchantReference,
    item.amount.value,
    item.amount.currency,
    item.eventCode,
    item.success,
  ].join(':');
  return createHmac('sha256', Buffer.from(hmacKey, 'hex')).update(text, 'utf8').digest('base64');
}
