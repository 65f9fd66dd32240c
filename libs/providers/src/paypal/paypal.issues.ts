import { type CodeRow, codeRows, codesOf } from '../code-table.js';

/** What the issues of a 400 or 422 say that are no declines (orders/v2 and payments/v2, errors, read 2026). */
export const payPalIssues: readonly CodeRow[] = [
  // After these the payment may have been taken: by an earlier call, or by one that is under way.
  ...codeRows(
    'DUPLICATE_INVOICE_ID DUPLICATE_REQUEST_ID ORDER_ALREADY_CAPTURED ORDER_ALREADY_COMPLETED ' +
      'ORDER_COMPLETION_IN_PROGRESS PREVIOUS_REQUEST_IN_PROGRESS',
    'outcome_unknown',
  ),
  // About our own account.
  ...codeRows(
    'AUTH_CAPTURE_NOT_ENABLED NOT_ENABLED_FOR_CARD_PROCESSING PAYEE_ACCOUNT_INVALID ' +
      'PAYEE_ACCOUNT_LOCKED_OR_CLOSED PAYEE_ACCOUNT_RESTRICTED PAYEE_NOT_ENABLED_FOR_CARD_PROCESSING',
    'provider_misconfigured',
    'other_provider',
  ),
  // The money of a refund can't be given back.
  ...codeRows(
    'CAPTURE_FULLY_REFUNDED MAX_NUMBER_OF_REFUNDS_EXCEEDED PARTIAL_REFUND_NOT_ALLOWED ' +
      'PAYER_ACCOUNT_LOCKED_OR_CLOSED PENDING_CAPTURE REFUND_AMOUNT_EXCEEDED REFUND_AMOUNT_TOO_LOW ' +
      'REFUND_FAILED_INSUFFICIENT_FUNDS REFUND_IS_RESTRICTED REFUND_NOT_ALLOWED ' +
      'REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK REFUND_TIME_LIMIT_EXCEEDED TRANSACTION_DISPUTED',
    'refund_failed',
  ),
  // Our request was wrong: its form, its amount, its instrument, the state of what it is about.
  ...codeRows(
    'INVALID_REQUEST INVALID_ARRAY_MAX_ITEMS INVALID_ARRAY_MIN_ITEMS INVALID_PARAMETER_SYNTAX ' +
      'INVALID_PARAMETER_VALUE INVALID_STRING_LENGTH MALFORMED_REQUEST_JSON MISSING_REQUIRED_PARAMETER ' +
      'NOT_SUPPORTED PAYPAL_REQUEST_ID_REQUIRED INCOMPATIBLE_PARAMETER_VALUE VALIDATION_ERROR ' +
      'AMOUNT_MISMATCH CANNOT_BE_NEGATIVE CANNOT_BE_ZERO_OR_NEGATIVE CURRENCY_MISMATCH ' +
      'CURRENCY_NOT_SUPPORTED CURRENCY_NOT_SUPPORTED_FOR_CARD_TYPE CURRENCY_NOT_SUPPORTED_FOR_COUNTRY ' +
      'DECIMALS_NOT_SUPPORTED DECIMAL_PRECISION INVALID_CURRENCY_CODE MAX_VALUE_EXCEEDED ' +
      'REFUND_CAPTURE_CURRENCY_MISMATCH ACTION_DOES_NOT_MATCH_INTENT ORDER_ALREADY_AUTHORIZED ' +
      'ORDER_NOT_APPROVED UNSUPPORTED_INTENT UNSUPPORTED_INTENT_FOR_PAYMENT_SOURCE ' +
      'CANCEL_URL_REQUIRED RETURN_URL_REQUIRED MULTIPLE_PAYMENT_SOURCES PAYMENT_SOURCE_CANNOT_BE_USED ' +
      'PAYMENT_SOURCE_INFO_CANNOT_BE_VERIFIED PAYMENT_SOURCE_NOT_SUPPORTED BILLING_AGREEMENT_NOT_FOUND ' +
      'CARD_EXPIRY_REQUIRED CARD_NUMBER_REQUIRED IDENTIFIER_NOT_FOUND INVALID_SECURITY_CODE_LENGTH ' +
      'MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE TOKEN_ID_NOT_FOUND VAULT_INSTRUCTION_REQUIRED',
    'provider_rejected',
    'never',
  ),
];

export const unsettledIssues = codesOf(payPalIssues, 'outcome_unknown');
export const accountIssues = codesOf(payPalIssues, 'provider_misconfigured');
export const refundRefusals = codesOf(payPalIssues, 'refund_failed');
const mapped = new Set(payPalIssues.map(({ code }) => code));

/** Whether a table of ours says what the issue means. */
export function isMappedIssue(issue: string): boolean {
  return mapped.has(issue);
}
