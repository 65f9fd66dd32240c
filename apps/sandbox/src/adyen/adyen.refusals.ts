/** Why a payment was not authorised, in Adyen's words. */
export interface Refusal {
  readonly resultCode: 'Refused' | 'Error' | 'Cancelled';
  readonly reason: string;
  /** A number, as text. */
  readonly code: string;
}

function refused(
  code: number,
  reason: string,
  resultCode: Refusal['resultCode'] = 'Refused',
): Refusal {
  return { resultCode, reason, code: String(code) };
}

/** By holder name; the code is `RequestedTestAcquirerResponseCode` (docs.adyen.com, testing result codes, read 2026). */
export const refusals = {
  UNKNOWN: refused(0, 'Unknown', 'Error'),
  DECLINED: refused(2, 'Refused'),
  REFERRAL: refused(3, 'Referral'),
  ERROR: refused(4, 'Acquirer Error', 'Error'),
  BLOCK_CARD: refused(5, 'Blocked Card'),
  CARD_EXPIRED: refused(6, 'Expired Card'),
  INVALID_AMOUNT: refused(7, 'Invalid Amount'),
  INVALID_CARD_NUMBER: refused(8, 'Invalid Card Number'),
  ISSUER_UNAVAILABLE: refused(9, 'Issuer Unavailable'),
  NOT_SUPPORTED: refused(10, 'Not supported'),
  NOT_3D_AUTHENTICATED: refused(11, '3D Not Authenticated'),
  NOT_ENOUGH_BALANCE: refused(12, 'Not enough balance'),
  ACQUIRER_FRAUD: refused(14, 'Acquirer Fraud'),
  CANCELLED: refused(15, 'Cancelled'),
  SHOPPER_CANCELLED: refused(16, 'Shopper Cancelled'),
  INVALID_PIN: refused(17, 'Invalid Pin'),
  PIN_TRIES_EXCEEDED: refused(18, 'Pin tries exceeded'),
  PIN_VALIDATION_NOT_POSSIBLE: refused(19, 'Pin validation not possible'),
  FRAUD: refused(20, 'FRAUD'),
  NOT_SUBMITTED: refused(21, 'Not Submitted'),
  FRAUD_CANCELLED: refused(22, 'FRAUD-CANCELLED', 'Cancelled'),
  TRANSACTION_NOT_PERMITTED: refused(23, 'Transaction Not Permitted'),
  CVC_DECLINED: refused(24, 'CVC Declined'),
  RESTRICTED_CARD: refused(25, 'Restricted Card'),
  REVOCATION_OF_AUTH: refused(26, 'Revocation Of Auth'),
  DECLINED_NON_GENERIC: refused(27, 'Declined Non Generic'),
  WITHDRAWAL_AMOUNT_EXCEEDED: refused(28, 'Withdrawal amount exceeded'),
  WITHDRAWAL_COUNT_EXCEEDED: refused(29, 'Withdrawal count exceeded'),
  ISSUER_SUSPECTED_FRAUD: refused(31, 'Issuer Suspected Fraud'),
  AVS_DECLINED: refused(32, 'AVS Declined'),
  PIN_REQUIRED: refused(33, 'Card requires online pin'),
  NO_CHECKING_ACCOUNT: refused(34, 'No checking account available on Card'),
  NO_SAVINGS_ACCOUNT: refused(35, 'No savings account available on Card'),
  MOBILE_PIN_REQUIRED: refused(36, 'Mobile PIN required'),
  CONTACTLESS_FALLBACK: refused(37, 'Contactless fallback'),
  AUTHENTICATION_REQUIRED: refused(38, 'Authentication required'),
  RREQ_NOT_RECEIVED: refused(39, 'RReq not received from DS'),
  BAN_CURRENT_AID: refused(40, 'Current AID is in Penalty Box.'),
  CVM_REQUIRED: refused(41, 'CVM Required Restart Payment'),
  THREED_SECURE_ERROR: refused(42, '3DS Authentication Error'),
  ONLINE_PIN_REQUIRED: refused(43, 'Online PIN required'),
  TRY_ANOTHER_INTERFACE: refused(44, 'Try another interface'),
  CHIP_DOWNGRADE_MODE: refused(45, 'Chip downgrade mode'),
  ERPS_BLOCK: refused(46, 'Transaction blocked by Adyen to prevent excessive retry fees'),
} as const satisfies Record<string, Refusal>;

export function refusalNamed(name: string): Refusal | undefined {
  return Object.hasOwn(refusals, name) ? refusals[name as keyof typeof refusals] : undefined;
}

/** The name that a value of `RequestedTestAcquirerResponseCode` stands for. */
export function nameOfTestCode(code: string): string | undefined {
  if (code === '1') return 'APPROVED';
  if (code === '13') return 'PENDING';
  return Object.entries(refusals).find(([, refusal]) => refusal.code === code)?.[0];
}
