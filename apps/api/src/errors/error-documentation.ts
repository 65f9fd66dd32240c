import { ApiError, type ErrorDetails } from './api-error.js';
import { catalogueEntry, errorCatalogue, type ErrorCode } from './error-catalogue.js';
import { type Problem, toProblem } from './problem.dto.js';

/** Who meets a code: partners, internal teams alone, or payment providers that call us. */
export type Audience = 'partners' | 'operations' | 'providers';

interface Documentation {
  /** When it happens. */
  when: string;
  /** Partners unless given. */
  audience?: Audience;
  /** What the example carries beside its code. */
  example?: ErrorDetails;
}

const exampleUrl = 'https://payments.example';
const exampleRequestId = '01a204f6-8b21-75d4-9000-cf3e3ac1518e';
const exampleTransactionId = '01a204f6-8b1f-7c3a-8000-5d2f8e6b7a10';

const about: Record<ErrorCode, Documentation> = {
  malformed_request: {
    when: 'The body is not a JSON object in UTF-8, gives a name twice, is nested too deeply, or holds text that can not be stored; or the address holds an id that is none.',
    example: {
      detail: 'Given twice: amount.',
      errors: [{ param: 'amount', code: 'duplicate_name', message: 'amount must be given once' }],
    },
  },
  parameter_invalid: {
    when: 'A field of the body or a parameter of the query is not known to this endpoint, or a parameter is given twice.',
    example: {
      detail: 'Unknown: amout.',
      errors: [
        { param: 'amout', code: 'unknown_parameter', message: 'amout is not a known parameter' },
      ],
    },
  },
  cursor_invalid: {
    when: '`cursor` or `after` was changed, was made for other filters or for another list, or belongs to another partner.',
  },
  cursor_expired: {
    when: '`after` is older than the oldest events of the feed, and newer ones of yours have left it since: they are in the histories of their payments. A cursor after which nothing happened never expires.',
  },
  idempotency_key_required: {
    when: 'A POST came without the header. Nothing was done.',
  },
  idempotency_key_invalid: {
    when: 'The header is empty, longer than 255 characters, begins or ends with a space, or holds other characters than printable ASCII.',
  },
  webhook_signature_invalid: {
    when: 'A webhook of a provider was not signed with the secret that is configured for its account, or its time is too far from ours.',
    audience: 'providers',
  },
  unauthorized: {
    when: 'The header is missing or in another form, or the key is unknown, revoked, expired, or of a partner that is not active. The answer is the same in each case.',
  },
  forbidden: {
    when: 'The key is valid but lacks the scope: a key that may only read was used to change something.',
  },
  route_not_found: {
    when: 'No endpoint has this method and path.',
  },
  transaction_not_found: {
    when: 'No transaction has this id, or it belongs to another partner, or it was deleted.',
  },
  refund_not_found: {
    when: 'No refund has this id, or it belongs to another partner, or its transaction was deleted.',
  },
  partner_not_found: {
    when: 'No partner has this id, or it was deleted.',
    audience: 'operations',
  },
  webhook_delivery_not_found: {
    when: 'No webhook delivery has this id, or it belongs to another partner.',
  },
  provider_not_found: {
    when: 'A webhook came to the address of a provider or account that is not configured.',
    audience: 'providers',
  },
  request_timeout: {
    when: 'The headers or the body of the request did not arrive as a whole in the time that they have. Nothing was done.',
  },
  idempotency_request_in_progress: {
    when: 'Two requests with the same key overlap. The first one goes on; this one did nothing.',
  },
  transaction_not_cancellable: {
    when: 'The transaction is neither pending nor processing any more: it was paid, has failed, or was cancelled.',
  },
  transaction_not_confirmable: {
    when: 'The transaction is not pending any more: it was confirmed before, cancelled, or has expired.',
  },
  transaction_archived: {
    when: 'The transaction was moved to the archive, where it can be read and nothing else.',
  },
  transaction_not_deletable: {
    when: 'The transaction is pending or processing, or one of its refunds is.',
    audience: 'operations',
  },
  transaction_not_settleable: {
    when: 'The transaction belongs to a provider that settles it by itself, or it is settled already.',
    audience: 'operations',
  },
  refund_not_settleable: {
    when: 'The refund belongs to a provider that settles it by itself, or it is settled already.',
    audience: 'operations',
  },
  evidence_already_used: {
    when: '`evidence_reference` was given for another payment or refund.',
    audience: 'operations',
  },
  email_taken: {
    when: 'A partner is made with the address of another one, in whatever case.',
    audience: 'operations',
  },
  version_conflict: {
    when: '`If-Match` names a version that is no longer the current one.',
  },
  webhook_url_missing: {
    when: 'A test event or a delivery was asked for, and the partner has no webhook URL to send it to.',
  },
  payload_too_large: {
    when: 'The body has more than 256 kB.',
  },
  unsupported_media_type: {
    when: 'The body is not sent as `application/json`, is in another charset than UTF-8, or is compressed.',
  },
  validation_failed: {
    when: 'A field is missing or has a value that it can not have. Nothing was done.',
    example: {
      detail: 'Not acceptable: amount.',
      errors: [
        {
          param: 'amount',
          code: 'matches',
          message: 'amount must be a decimal string like "10.50"',
        },
      ],
    },
  },
  amount_invalid: {
    when: 'The amount is outside of the bounds of its currency, or has more decimals than it has.',
  },
  currency_not_supported: {
    when: 'No active currency has this code.',
  },
  payment_method_not_supported: {
    when: 'The payment method is not active.',
  },
  no_provider_available: {
    when: 'No provider that is configured takes this payment method, currency and token; or the one that is named does not.',
  },
  card_data_not_allowed: {
    when: 'A text of the body, the query, the path, the Idempotency-Key or the User-Agent passes as the number of a card. The text is neither stored nor logged.',
    example: {
      detail: 'Found in: description.',
      errors: [
        {
          param: 'description',
          code: 'card_number',
          message: 'description must not contain a card number',
        },
      ],
    },
  },
  idempotency_key_reused: {
    when: 'The key came before with another body or for another resource. The first request stands.',
    example: { mismatched_fields: ['amount'] },
  },
  idempotency_key_expired: {
    when: 'The key came before, longer ago than answers are stored. Nothing is done a second time.',
    example: { transaction_id: exampleTransactionId },
  },
  transaction_not_refundable: {
    when: 'The transaction is pending, processing, failed or cancelled.',
  },
  refund_exceeds_amount: {
    when: 'The refund, with all others that are open or completed, is more than was paid.',
    example: { refundable: '6.50' },
  },
  headers_too_large: {
    when: 'The address and the header fields have more than 16 kB together.',
  },
  rate_limit_exceeded: {
    when: 'More requests came within a minute than the partner may make, or too many with a wrong key from one address.',
  },
  internal_error: {
    when: 'We made a mistake. What the request did is recorded, and a retry with the same key goes on from there.',
  },
  service_unavailable: {
    when: 'The database, or something else that we need, can not be reached or is too busy. What the request did is recorded, and a retry with the same key goes on from there.',
  },
};

/** All that is told about a code, on its page and in the documents. */
export interface DocumentedError {
  code: ErrorCode;
  status: number;
  title: string;
  advice: string;
  when: string;
  audience: Audience;
  /** Whether the answer is kept for its Idempotency-Key. */
  stored: string;
  retry: string;
  example: Problem;
}

export function documentedError(code: ErrorCode): DocumentedError {
  const { status, title, advice, final, retryable } = catalogueEntry(code);
  const { when, audience = 'partners', example } = about[code];
  return {
    ...{ code, status, title, advice, when, audience },
    stored: final
      ? 'Stored: the same key gets this answer again.'
      : 'Not stored: the key stays as it was.',
    retry: retryable
      ? 'The same request may succeed later: repeat it with the same key.'
      : 'Repeating the same request gives the same answer.',
    example: toProblem(new ApiError(code, example), exampleRequestId, exampleUrl),
  };
}

export function documentedErrors(): DocumentedError[] {
  return (Object.keys(errorCatalogue) as ErrorCode[]).map(documentedError);
}
