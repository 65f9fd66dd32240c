/** One entry a code: its HTTP status, its title, and what the caller should do about it. */
interface CatalogueEntry {
  status: number;
  title: string;
  /** Shown on the code's documentation page. */
  advice: string;
  /** The answer of a decided request: stored, and replayed for the same idempotency key. */
  final?: true;
  retryable?: true;
}

/** Every error that the API can answer, declared once. */
export const errorCatalogue = {
  malformed_request: {
    status: 400,
    title: 'The request is malformed',
    advice: 'Send valid JSON with the documented fields only.',
  },
  parameter_invalid: {
    status: 400,
    title: 'A parameter has the wrong form',
    advice: '`errors` names each parameter and what it should be.',
  },
  cursor_invalid: {
    status: 400,
    title: 'The cursor was not issued by this API',
    advice: 'Use `next_cursor` of the previous page as it is, with the same filters.',
  },
  cursor_expired: {
    status: 410,
    title: 'Events after this cursor left the feed',
    advice:
      'The feed goes back 1 year. Begin it anew without a cursor, and read older events from their payments.',
  },
  idempotency_key_required: {
    status: 400,
    title: 'The Idempotency-Key header is missing',
    advice: 'Send a key of your own for each operation, and the same one when you retry it.',
  },
  idempotency_key_invalid: {
    status: 400,
    title: 'The Idempotency-Key header is not usable',
    advice: 'Use 1 to 255 printable ASCII characters; a UUID is fine.',
  },
  webhook_signature_invalid: {
    status: 400,
    title: 'The signature of the webhook does not verify',
    advice: 'Sign the raw body with the secret of this account, with the present time.',
  },
  unauthorized: {
    status: 401,
    title: 'The API key is missing or not valid',
    advice: 'Send `Authorization: Bearer <key>` with a key that is not revoked.',
  },
  forbidden: {
    status: 403,
    title: 'The API key may not do this',
    advice: 'Use a key with the scope that the operation needs.',
  },
  route_not_found: {
    status: 404,
    title: 'There is no such endpoint',
    advice: 'Compare method and path with the documentation.',
  },
  transaction_not_found: {
    status: 404,
    title: 'There is no such transaction',
    advice: 'Check the id; a transaction is visible to its own partner only.',
  },
  refund_not_found: {
    status: 404,
    title: 'There is no such refund',
    advice: 'Check the id; a refund is visible to its own partner only.',
  },
  partner_not_found: {
    status: 404,
    title: 'There is no such partner',
    advice: 'Check the id.',
  },
  webhook_delivery_not_found: {
    status: 404,
    title: 'There is no such webhook delivery',
    advice: 'Compare the id with `GET /v1/webhook-deliveries`.',
  },
  provider_not_found: {
    status: 404,
    title: 'There is no such payment provider here',
    advice: 'Check the address that the provider was given.',
  },
  request_timeout: {
    status: 408,
    title: 'The request did not arrive in time',
    advice: 'Send all of it at once, and repeat it with the same Idempotency-Key.',
    retryable: true,
  },
  idempotency_request_in_progress: {
    status: 409,
    title: 'The first request with this key is still running',
    advice: 'Wait as long as Retry-After says and send the same request again.',
    retryable: true,
  },
  transaction_not_cancellable: {
    status: 409,
    title: 'The transaction can no longer be cancelled',
    advice:
      'Read it: only one that is pending or processing can be cancelled. Refund one that is paid.',
    final: true,
  },
  transaction_not_confirmable: {
    status: 409,
    title: 'The transaction can not be confirmed',
    advice: 'Only a pending transaction, made with `confirm: false`, can be confirmed.',
    final: true,
  },
  transaction_archived: {
    status: 409,
    title: 'The transaction is archived',
    advice: 'It can be read, but not refunded any more. Pay back by other means.',
    final: true,
  },
  transaction_not_deletable: {
    status: 409,
    title: 'The transaction is still open',
    advice: 'Wait until the transaction and its refunds are settled.',
  },
  transaction_not_settleable: {
    status: 409,
    title: 'The transaction is not one to be settled by hand',
    advice: 'Only a payment of the provider `manual` that is processing is settled by people.',
  },
  refund_not_settleable: {
    status: 409,
    title: 'The refund is not one to be settled by hand',
    advice: 'Only an open refund of the provider `manual` is settled by people.',
  },
  evidence_already_used: {
    status: 409,
    title: 'The evidence has settled something else',
    advice: 'Name what proves this payment or refund alone, as in one line of a bank statement.',
  },
  email_taken: {
    status: 409,
    title: 'Another partner has this email',
    advice: 'Use another address, or change the partner that has it.',
  },
  version_conflict: {
    status: 412,
    title: 'The resource was changed in between',
    advice: 'Read it again and repeat with its new ETag.',
  },
  webhook_url_missing: {
    status: 409,
    title: 'There is no URL to send webhooks to',
    advice: 'Set `webhook_url` first.',
  },
  payload_too_large: {
    status: 413,
    title: 'The request body is too large',
    advice: 'Send at most 256 kB.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The content type is not supported',
    advice: 'Send `Content-Type: application/json`.',
  },
  validation_failed: {
    status: 422,
    title: 'A value is not acceptable',
    advice: '`errors` names each parameter and what it should be.',
  },
  amount_invalid: {
    status: 422,
    title: 'The amount is not acceptable',
    advice: 'Keep to the bounds and decimals that `GET /v1/currencies` lists.',
  },
  currency_not_supported: {
    status: 422,
    title: 'The currency is not supported',
    advice: '`GET /v1/currencies` lists the currencies that are active.',
  },
  payment_method_not_supported: {
    status: 422,
    title: 'The payment method is not supported',
    advice: '`GET /v1/payment-methods` lists the methods that are active.',
  },
  no_provider_available: {
    status: 422,
    title: 'No payment provider can take this payment',
    advice: 'Use another payment method, currency or provider.',
  },
  card_data_not_allowed: {
    status: 422,
    title: 'The request contains what looks like a card number',
    advice: 'Never send card numbers. Send the token that the provider gave you.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The key was used for a different request',
    advice: 'Use a new key for a new operation. `mismatched_fields` names what differs.',
  },
  idempotency_key_expired: {
    status: 422,
    title: 'The key was used before, and its answer is no longer stored',
    advice: 'Read `transaction_id` instead of repeating the request.',
  },
  transaction_not_refundable: {
    status: 422,
    title: 'The transaction can not be refunded',
    advice: 'Read it: only one that is completed or partially refunded can be refunded.',
    final: true,
  },
  refund_exceeds_amount: {
    status: 422,
    title: 'The refund is larger than what is left',
    advice: '`refundable` says how much can still be refunded.',
    final: true,
  },
  headers_too_large: {
    status: 431,
    title: 'The header fields are too large',
    advice: 'Send at most 16 kB of them, the address included.',
  },
  rate_limit_exceeded: {
    status: 429,
    title: 'Too many requests',
    advice: 'Wait as long as Retry-After says.',
    retryable: true,
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong on our side',
    advice: 'Repeat the request with the same Idempotency-Key, and tell us its `request_id`.',
    retryable: true,
  },
  service_unavailable: {
    status: 503,
    title: 'The service can not answer at the moment',
    advice: 'Repeat the request with the same Idempotency-Key after Retry-After.',
    retryable: true,
  },
} as const satisfies Record<string, CatalogueEntry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errorCatalogue;

export function catalogueEntry(code: ErrorCode): CatalogueEntry {
  return errorCatalogue[code];
}
