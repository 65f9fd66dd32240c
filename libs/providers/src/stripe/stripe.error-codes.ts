import { type CodeRow, codeRows, codesOf } from '../code-table.js';

/** What the codes of a 400 or 404 say that are no declines (docs.stripe.com/error-codes, read 2026). */
export const stripeErrorCodes: readonly CodeRow[] = [
  ...codeRows('idempotency_error idempotency_key_in_use lock_timeout', 'outcome_unknown'),
  // The money of a refund can't be given back.
  ...codeRows(
    'amount_too_large balance_insufficient charge_already_refunded charge_disputed insufficient_funds ' +
      'refund_disputed_payment',
    'refund_failed',
  ),
  ...codeRows(
    'invalid_request_error parameter_invalid_empty parameter_invalid_integer parameter_invalid_string_blank ' +
      'parameter_invalid_string_empty parameter_missing parameter_unknown parameters_exclusive missing ' +
      'invalid_characters email_invalid url_invalid country_code_invalid country_unsupported ' +
      'postal_code_invalid incorrect_postal_code state_unsupported shipping_address_invalid ' +
      'resource_missing resource_already_exists livemode_mismatch testmode_charges_only ' +
      'secret_key_required platform_account_required not_allowed_on_standard_account ' +
      'tls_version_unsupported capability_not_active action_blocked request_blocked ' +
      'amount_too_large amount_too_small invalid_charge_amount charge_exceeds_transaction_limit ' +
      'balance_invalid_parameter charge_already_captured charge_invalid_parameter charge_not_refundable ' +
      'intent_invalid_state intent_verification_method_missing status_transition_invalid ' +
      'payment_intent_action_required payment_intent_incompatible_payment_method ' +
      'payment_intent_invalid_parameter payment_intent_unexpected_state ' +
      'payment_method_billing_details_address_missing payment_method_configuration_failures ' +
      'payment_method_currency_mismatch payment_method_invalid_parameter ' +
      'payment_method_invalid_parameter_testmode payment_method_restricted payment_method_unactivated ' +
      'payment_method_unexpected_state payment_method_unsupported_type invalid_card_type ' +
      'invalid_source_usage token_already_used token_card_network_invalid token_in_use ' +
      'alipay_upgrade_required bank_account_bad_routing_numbers bank_account_exists ' +
      'routing_number_invalid sepa_unsupported_account billing_invalid_mandate ' +
      'india_recurring_payment_mandate_canceled invalid_mandate_reference_prefix_format ' +
      'customer_max_payment_methods',
    'provider_rejected',
    'never',
  ),
];

/** After these the call may have been done: by an earlier one, or by one that is under way. */
export const unsettledCodes = codesOf(stripeErrorCodes, 'outcome_unknown');
/** Codes of a 400 that say that money can't be given back, not that our request is wrong. */
export const refundRefusals = codesOf(stripeErrorCodes, 'refund_failed');
const mapped = new Set(stripeErrorCodes.map(({ code }) => code));

/** Whether the table says what the code of a refused call means. */
export function isMappedErrorCode(code: string): boolean {
  return mapped.has(code);
}
