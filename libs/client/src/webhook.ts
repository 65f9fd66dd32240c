import { verifyWebhook as verifySignature } from '../../webhooks/src/index.js';
import type { Refund, Transaction, WebhookDelivery } from './models.js';

/** What was deleted before the webhook was sent. */
export interface Deleted<Kind extends string> {
  object: Kind;
  id: string;
  deleted: true;
}

/** What every webhook has. */
export interface Envelope<Type extends string, Resource> {
  /** The `webhook-id`: the same in every attempt. */
  id: string;
  type: Type;
  /** When it happened. */
  timestamp: string;
  /** Counts the events of one payment and its refunds without a gap. */
  sequence: number;
  api_version: string;
  livemode: boolean;
  data: {
    /** As it was when the webhook was sent. */
    object: Resource;
    /** The status before; `null` for the first. */
    previous_status: string | null;
  };
}

type Present<Resource> = Resource & { deleted?: never };

/** A payment changed. */
export type TransactionWebhook = Envelope<
  Extract<WebhookDelivery['type'], `transaction.${string}`>,
  Present<Transaction> | Deleted<'transaction'>
>;

/** A refund changed. */
export type RefundWebhook = Envelope<
  Extract<WebhookDelivery['type'], `refund.${string}`>,
  Present<Refund> | Deleted<'refund'>
>;

/** What `partner.testWebhook` sends. */
export type TestWebhook = Envelope<'webhook.test', { object: 'webhook_test'; id: string }>;

/** A webhook, told apart by its `type`. There may be more types than these: answer 200 to them as well. */
export type WebhookEvent = TransactionWebhook | RefundWebhook | TestWebhook;

/** The headers of a request, as Node or as `fetch` has them. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | string[] | undefined>>;

/** How a webhook is verified. */
export interface VerifyOptions {
  /** How old, or how far ahead, its timestamp may be; 300 unless given. */
  toleranceSeconds?: number;
  /** What the timestamp is compared with; the present unless given. */
  now?: Date;
}

/**
 * The webhook that the body holds, once it is certain that the API signed it.
 *
 * @param rawBody the bytes as they arrived: JSON that was parsed and written again has another signature
 * @param secret yours, or several during a rotation
 * @throws WebhookVerificationError that says what is wrong
 * @throws InvalidWebhookSecretError
 */
export function verifyWebhook(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  options: VerifyOptions = {},
): WebhookEvent {
  if (typeof rawBody !== 'string' && !(rawBody instanceof Uint8Array)) {
    throw new TypeError('the raw body is needed, as text or bytes: not JSON that was parsed');
  }
  verifySignature(recordOf(headers), rawBody, secret, options);
  const text = typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody);
  return JSON.parse(text) as WebhookEvent;
}

function recordOf(
  headers: WebhookHeaders,
): Readonly<Record<string, string | string[] | undefined>> {
  const isIterable = (given: WebhookHeaders): given is Headers => Symbol.iterator in given;
  return isIterable(headers) ? Object.fromEntries(headers) : headers;
}
