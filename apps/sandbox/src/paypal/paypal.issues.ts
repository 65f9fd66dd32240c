interface Issue {
  status: 400 | 403 | 404 | 409 | 422 | 429 | 500;
  says: string;
}

/** Issues published for Orders v2 and Payments v2, as far as the sandbox answers them or can be asked to. */
export const issues = {
  INVALID_ARRAY_MAX_ITEMS: {
    status: 400,
    says: 'The number of items in an array parameter is too large.',
  },
  INVALID_ARRAY_MIN_ITEMS: {
    status: 400,
    says: 'The number of items in an array parameter is too small.',
  },
  INVALID_PARAMETER_SYNTAX: {
    status: 400,
    says: 'The value of a field does not conform to the expected format.',
  },
  INVALID_PARAMETER_VALUE: { status: 400, says: 'The value of a field is invalid.' },
  INVALID_STRING_LENGTH: {
    status: 400,
    says: 'The value of a field is either too short or too long.',
  },
  MALFORMED_REQUEST_JSON: { status: 400, says: 'The request JSON is not well formed.' },
  MISSING_REQUIRED_PARAMETER: { status: 400, says: 'A required field / parameter is missing.' },
  NOT_SUPPORTED: { status: 400, says: 'A field used is not currently supported.' },
  PAYPAL_REQUEST_ID_REQUIRED: {
    status: 400,
    says: 'A PayPal-Request-Id is required to create an order that is paid with its payment_source.',
  },
  PERMISSION_DENIED: {
    status: 403,
    says: 'You do not have permission to access or perform operations on this resource.',
  },
  INVALID_RESOURCE_ID: {
    status: 404,
    says: 'Specified resource ID does not exist. Please check the resource ID and try again.',
  },
  PREVIOUS_REQUEST_IN_PROGRESS: {
    status: 409,
    says: 'A previous request with this PayPal-Request-Id is still in progress.',
  },
  CANNOT_BE_NEGATIVE: { status: 422, says: 'Must be greater than or equal to zero.' },
  CANNOT_BE_ZERO_OR_NEGATIVE: { status: 422, says: 'Must be greater than zero.' },
  CAPTURE_FULLY_REFUNDED: { status: 422, says: 'The capture has already been fully refunded.' },
  CARD_EXPIRED: { status: 422, says: 'The card is expired.' },
  CURRENCY_NOT_SUPPORTED: { status: 422, says: 'Currency code is not currently supported.' },
  DECIMALS_NOT_SUPPORTED: { status: 422, says: 'Currency does not support decimals.' },
  DECIMAL_PRECISION: {
    status: 422,
    says: 'If the currency supports decimals, only two decimal place precision is supported.',
  },
  DUPLICATE_INVOICE_ID: { status: 422, says: 'Duplicate Invoice ID detected.' },
  INSTRUMENT_DECLINED: {
    status: 422,
    says: "The instrument presented was either declined by the processor or bank, or it can't be used for this payment.",
  },
  MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED: {
    status: 422,
    says: 'You have exceeded the maximum number of payment attempts.',
  },
  MAX_NUMBER_OF_REFUNDS_EXCEEDED: {
    status: 422,
    says: 'You have exceeded the maximum number of refund attempts for this capture.',
  },
  MAX_VALUE_EXCEEDED: { status: 422, says: 'Should be less than or equal to 9999999.99.' },
  ORDER_ALREADY_CAPTURED: {
    status: 422,
    says: "Order already captured. If 'intent=CAPTURE' only one capture per order is allowed.",
  },
  ORDER_NOT_APPROVED: { status: 422, says: 'Payer has not yet approved the Order for payment.' },
  PAYEE_BLOCKED_TRANSACTION: {
    status: 422,
    says: 'The Fraud settings for this seller are such that this payment cannot be executed.',
  },
  PAYER_ACCOUNT_LOCKED_OR_CLOSED: {
    status: 422,
    says: 'The payer account cannot be used for this transaction.',
  },
  PAYER_ACTION_REQUIRED: {
    status: 422,
    says: 'Payer needs to act before the payment can go on.',
  },
  PAYER_CANNOT_PAY: { status: 422, says: 'Payer cannot pay for this transaction.' },
  PENDING_CAPTURE: {
    status: 422,
    says: 'Cannot initiate a refund as the capture is pending.',
  },
  REFUND_AMOUNT_EXCEEDED: {
    status: 422,
    says: 'The refund amount must be less than or equal to the capture amount that has not yet been refunded.',
  },
  REFUND_CAPTURE_CURRENCY_MISMATCH: {
    status: 422,
    says: 'Refund must be in the same currency as the capture.',
  },
  REFUND_FAILED_INSUFFICIENT_FUNDS: {
    status: 422,
    says: 'Capture could not be refunded due to insufficient funds.',
  },
  REFUND_NOT_ALLOWED: { status: 422, says: 'This capture cannot be refunded.' },
  REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK: {
    status: 422,
    says: 'Refunds are not allowed on this capture due to a chargeback on the card or bank.',
  },
  TOKEN_ID_NOT_FOUND: {
    status: 422,
    says: 'Specified token was not found. Verify the token and try the request again.',
  },
  TRANSACTION_REFUSED: { status: 422, says: 'The request was refused.' },
  VALIDATION_ERROR: { status: 422, says: 'Invalid card number.' },
  RATE_LIMIT_REACHED: { status: 429, says: 'Too many requests. Blocked due to rate limiting.' },
  INTERNAL_SERVER_ERROR: { status: 500, says: 'An internal server error has occurred.' },
} as const satisfies Record<string, Issue>;

export type IssueCode = keyof typeof issues;

export function isIssue(code: string): code is IssueCode {
  return Object.hasOwn(issues, code);
}

/** What PayPal calls an error, by its HTTP status. */
export const errorNames: Record<number, { name: string; message: string }> = {
  400: {
    name: 'INVALID_REQUEST',
    message: 'Request is not well-formed, syntactically incorrect, or violates schema.',
  },
  401: {
    name: 'AUTHENTICATION_FAILURE',
    message:
      'Authentication failed due to missing authorization header, or invalid authentication credentials.',
  },
  403: {
    name: 'NOT_AUTHORIZED',
    message: 'Authorization failed due to insufficient permissions.',
  },
  404: { name: 'RESOURCE_NOT_FOUND', message: 'The specified resource does not exist.' },
  409: {
    name: 'RESOURCE_CONFLICT',
    message: 'The server has detected a conflict while processing this request.',
  },
  415: {
    name: 'UNSUPPORTED_MEDIA_TYPE',
    message: "The server does not support the request payload's media type.",
  },
  422: {
    name: 'UNPROCESSABLE_ENTITY',
    message:
      'The requested action could not be performed, semantically incorrect, or failed business validation.',
  },
  429: {
    name: 'RATE_LIMIT_REACHED',
    message: 'Too many requests. Blocked due to rate limiting.',
  },
  500: { name: 'INTERNAL_SERVER_ERROR', message: 'An internal server error has occurred.' },
};
