import { type CodeRow, unmappedMeaning } from '../code-table.js';
import type { DeclineCode, RawDecline, RetryAdvice } from '../port.js';

type Row = readonly [code: string, reason: string, ours: DeclineCode, retry: RetryAdvice];

const customer = 'after_customer_action';
const same = 'same_provider';
const other = 'other_provider';

/**
 * Why Adyen refuses (docs.adyen.com/development-resources/refusal-reasons), and what it is to us. An answer has the
 * code and the reason, a webhook the reason alone.
 */
const refusals: readonly Row[] = [
  ['2', 'Refused', 'card_declined', other],
  ['3', 'Referral', 'card_declined', customer],
  ['4', 'Acquirer Error', 'processing_error', other],
  ['5', 'Blocked Card', 'lost_or_stolen', 'never'],
  ['6', 'Expired Card', 'expired_card', customer],
  ['7', 'Invalid Amount', 'card_declined', customer],
  ['8', 'Invalid Card Number', 'invalid_card', customer],
  ['9', 'Issuer Unavailable', 'provider_unavailable', same],
  ['10', 'Not supported', 'card_declined', other],
  ['11', '3D Not Authenticated', 'authentication_failed', customer],
  ['12', 'Not enough balance', 'insufficient_funds', customer],
  ['14', 'Acquirer Fraud', 'suspected_fraud', 'never'],
  ['15', 'Cancelled', 'authentication_failed', customer],
  ['16', 'Shopper Cancelled', 'authentication_failed', customer],
  ['17', 'Invalid Pin', 'authentication_failed', customer],
  ['18', 'Pin tries exceeded', 'authentication_failed', customer],
  ['19', 'Pin validation not possible', 'authentication_failed', customer],
  ['20', 'FRAUD', 'suspected_fraud', 'never'],
  ['21', 'Not Submitted', 'processing_error', same],
  ['22', 'FRAUD-CANCELLED', 'suspected_fraud', 'never'],
  ['23', 'Transaction Not Permitted', 'card_declined', other],
  ['24', 'CVC Declined', 'incorrect_cvc', customer],
  ['25', 'Restricted Card', 'card_declined', 'never'],
  ['26', 'Revocation Of Auth', 'card_declined', 'never'],
  ['27', 'Declined Non Generic', 'card_declined', other],
  ['28', 'Withdrawal amount exceeded', 'insufficient_funds', customer],
  ['29', 'Withdrawal count exceeded', 'insufficient_funds', customer],
  ['31', 'Issuer Suspected Fraud', 'suspected_fraud', 'never'],
  ['32', 'AVS Declined', 'card_declined', customer],
  ['33', 'Card requires online pin', 'authentication_failed', customer],
  ['34', 'No checking account available on Card', 'invalid_card', customer],
  ['35', 'No savings account available on Card', 'invalid_card', customer],
  ['36', 'Mobile pin required', 'authentication_failed', customer],
  ['37', 'Contactless fallback', 'card_declined', customer],
  ['38', 'Authentication required', 'authentication_failed', customer],
  ['39', 'RReq not received from DS', 'authentication_failed', customer],
  ['40', 'Current AID is in Penalty Box', 'card_declined', customer],
  ['41', 'CVM Required Restart Payment', 'authentication_failed', customer],
  ['42', '3DS Authentication Error', 'authentication_failed', customer],
  ['43', 'Online PIN required', 'authentication_failed', customer],
  ['44', 'Try another interface', 'card_declined', customer],
  ['45', 'Chip downgrade mode', 'card_declined', customer],
  ['46', 'Transaction blocked by Adyen to prevent excessive retry fees', 'card_declined', 'never'],
];

/** Error codes of a 422 that speak of the payer's card, not of our request (docs.adyen.com, error codes). */
const cardErrors: readonly Row[] = [
  ['101', 'Invalid card number', 'invalid_card', customer],
  ['103', 'CVC is not the right length', 'incorrect_cvc', customer],
  ['129', 'Expiry Date Invalid', 'expired_card', customer],
];

/** Both, as one table. */
export const adyenDeclines: readonly CodeRow[] = [...refusals, ...cardErrors].map(
  ([code, name, ours, retry]) => ({ code, name, ours, retry }),
);

/** What Adyen says about a refusal. */
export interface AdyenRefusal {
  refusalReasonCode?: string;
  refusalReason?: string;
}

/** A refusal in our words, with Adyen's beside them. One that we don't know is `processing_error`, and `unmapped`. */
export function toDecline({ refusalReasonCode, refusalReason }: AdyenRefusal): {
  code: DeclineCode;
  retry: RetryAdvice;
  raw: RawDecline;
  unmapped?: string;
} {
  const reason = (refusalReason ?? '').slice(0, 300);
  const row = refusals.find(([code, name]) =>
    refusalReasonCode ? code === refusalReasonCode : isSame(name, reason),
  );
  const raw = {
    code: row?.[0] ?? (refusalReasonCode || reason || 'unknown').slice(0, 100),
    message: reason,
  };
  if (row) return { code: row[2], retry: row[3], raw };
  const [code, retry] = unmappedMeaning;
  return { code, retry, raw, unmapped: raw.code };
}

/** The decline in an error answer that speaks of the payer's card; `undefined` for any other error. */
export function declineOfError(
  errorCode: string | undefined,
): ReturnType<typeof toDecline> | undefined {
  const row = cardErrors.find(([code]) => code === errorCode);
  return row && { code: row[2], retry: row[3], raw: { code: row[0], message: row[1] } };
}

function isSame(one: string, two: string): boolean {
  return one.toLowerCase() === two.trim().toLowerCase();
}
