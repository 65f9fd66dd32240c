import { createHash, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { PaypalIdentity } from './paypal.identity.js';
import { timeOf } from './paypal.wire.js';

/** What is signed: developer.paypal.com/api/rest/webhooks/rest, read 2026. */
export function signedMessage(
  transmissionId: string,
  transmissionTime: string,
  webhookId: string,
  payload: string,
): string {
  return [transmissionId, transmissionTime, webhookId, crc32(payload)].join('|');
}

/** The headers of one transmission of a webhook. */
export function signatureHeaders(
  identity: PaypalIdentity,
  webhookId: string,
  publicUrl: string,
  payload: string,
  nowMs: number,
): Record<string, string> {
  const { key, name } = identity.signing();
  const id = transmissionIdOf(payload, nowMs);
  const time = timeOf(nowMs);
  const message = signedMessage(id, time, webhookId, payload);
  return {
    'paypal-transmission-id': id,
    'paypal-transmission-time': time,
    'paypal-transmission-sig': sign('sha256', Buffer.from(message), key).toString('base64'),
    'paypal-cert-url': `${publicUrl}/v1/notifications/certs/${name}`,
    'paypal-auth-algo': 'SHA256withRSA',
    'user-agent': 'PayPal/AUHD-214.0 (sandbox)',
  };
}

function transmissionIdOf(payload: string, nowMs: number): string {
  const hash = createHash('sha256').update(`${nowMs} ${payload}`).digest('hex');
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
