import { type CodeRow, codeRows, unmappedMeaning } from '../code-table.js';
import type { DeclineCode, RawDecline, RetryAdvice } from '../port.js';

type Verdict = readonly [DeclineCode, RetryAdvice];

const customer = 'after_customer_action';

/**
 * What PayPal and card issuers decline with: `processor_response.response_code`, `status_details.reason` or `status` of
 * a capture, and the `issue` of a 422; `3DS_` is ours, before the status of a failed authentication (developer.paypal.com/api/rest/reference/orders/v2/errors, and the enumerations of Orders
 * v2). Codes that say that a request of ours was wrong are not here: they are errors, not declines.
 */
const verdictsOfCodes: readonly (readonly [codes: string, ...Verdict])[] = [
  ['5120', 'insufficient_funds', customer],
  ['1380 5400 PPEF PPEX CARD_EXPIRED REFERENCED_CARD_EXPIRED', 'expired_card', customer],
  ['0390 1312 1330 1335 1352 5140 5180 5930 5950 6300 7800', 'invalid_card', customer],
  ['PP06 PPAE PPCT PPDI PPFI PPFR PPMC PPPM', 'invalid_card', customer],
  ['CARD_BRAND_NOT_SUPPORTED CARD_CLOSED', 'invalid_card', customer],
  ['AGREEMENT_ALREADY_CANCELLED', 'invalid_card', customer],
  ['00N7 1382 5110 PCVV PPC2', 'incorrect_cvc', customer],
  ['5150 9520', 'lost_or_stolen', 'never'],
  ['9500 9510 DECLINED_BY_RISK_FRAUD_FILTERS COMPLIANCE_VIOLATION', 'suspected_fraud', 'never'],
  ['PAYEE_BLOCKED_TRANSACTION TRANSACTION_BLOCKED_BY_PAYEE', 'suspected_fraud', 'never'],
  ['0890 5130 5135 5500 5650 7700 7710 7900 PPD3', 'authentication_failed', customer],
  ['3DS_N 3DS_R PAYER_ACTION_REQUIRED', 'authentication_failed', customer],
  ['0800 0880 0960 1360 1384 8000 8100 8110 9100', 'processing_error', 'same_provider'],
  ['PPEL PPER PPNL PPNT', 'processing_error', 'same_provider'],
  ['5800 8010 8020 8030 9600 FAILED', 'processing_error', 'other_provider'],
  ['5920 8220', 'provider_unavailable', 'same_provider'],
  ['5910', 'provider_unavailable', 'other_provider'],
  ['0500 10BR 5100 5210 5700 5900 9540 PPDT PPSE', 'card_declined', 'other_provider'],
  ['DECLINED OTHER PAYMENT_DENIED TRANSACTION_REFUSED', 'card_declined', 'other_provider'],
  ['TRANSACTION_LIMIT_EXCEEDED', 'card_declined', 'other_provider'],
  ['TRANSACTION_RECEIVING_LIMIT_EXCEEDED', 'card_declined', 'other_provider'],
  ['DOMESTIC_TRANSACTION_REQUIRED', 'card_declined', 'other_provider'],
  ['0100 0580 0R00 1310 1393 5160 5170 5190 5710 9530', 'card_declined', customer],
  ['PPAB PPAD PPAI PPAV PPAX', 'card_declined', customer],
  ['INSTRUMENT_DECLINED PAYER_CANNOT_PAY', 'card_declined', customer],
  ['REDIRECT_PAYER_FOR_ALTERNATE_FUNDING', 'card_declined', customer],
  ['PAYER_ACCOUNT_RESTRICTED PAYER_ACCOUNT_LOCKED_OR_CLOSED', 'card_declined', customer],
  ['5200 PPRN MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED', 'card_declined', 'never'],
];

/** The same, a row for each code. */
export const payPalDeclines: readonly CodeRow[] = verdictsOfCodes.flatMap((row) =>
  codeRows(...row),
);

const verdicts = new Map<string, Verdict>(
  verdictsOfCodes.flatMap(([codes, code, retry]) =>
    codes.split(' ').map((raw) => [raw, [code, retry] as const] as const),
  ),
);

/** Advice of the card network: it outranks the table (`processor_response.payment_advice_code`). */
const adviceCodes = new Map<string, RetryAdvice>([
  ['01', customer],
  ['02', 'same_provider'],
  ['03', 'never'],
  ['21', 'never'],
  ...['24', '25', '26', '27', '28', '29', '30'].map((code) => [code, 'same_provider'] as const),
]);

/** Whether a 422 with this issue says that the payment was declined. */
export function isDeclineIssue(issue: string): boolean {
  return verdicts.has(issue);
}

/** What PayPal says about a decline. */
export interface PayPalDecline {
  code: string;
  message?: string;
  adviceCode?: string;
}

/** A decline in our words, with PayPal's beside them. */
export function toDecline({ code: rawCode, message, adviceCode }: PayPalDecline): {
  code: DeclineCode;
  retry: RetryAdvice;
  raw: RawDecline;
  unmapped?: string;
} {
  const known = verdicts.get(rawCode);
  const [code, usualAdvice] = known ?? unmappedMeaning;
  const raw = { code: rawCode.slice(0, 100), message: (message ?? '').slice(0, 300) };
  const retry = adviceCodes.get(adviceCode ?? '') ?? usualAdvice;
  return { code, retry, raw, ...(known ? {} : { unmapped: raw.code }) };
}
