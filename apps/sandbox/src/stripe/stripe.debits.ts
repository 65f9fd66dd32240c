import type { Failure } from './stripe.records.js';
import type { MethodType } from './stripe.methods.js';

/** What a test bank account does when it is debited. */
export interface DebitBehaviour {
  method: MethodType;
  failure?: Failure;
  outcome: 'settle' | 'settle_fail' | 'settle_never';
  isDisputed?: true;
}

function failing(method: MethodType, code: string, message: string): DebitBehaviour {
  const failure = { type: 'invalid_request_error', code, message } as const;
  return { method, outcome: 'settle_fail', failure };
}

const ach = 'us_bank_account';
const unfunded = "The customer's account has insufficient funds to cover this payment.";
const unauthorised = 'The customer told their bank that this debit was not authorised.';

/** Published at docs.stripe.com/payments/ach-direct-debit and /sepa-debit, read 2026. */
const usBankAccounts: Record<string, DebitBehaviour> = {
  success: { method: ach, outcome: 'settle' },
  accountClosed: failing(ach, 'account_closed', "The customer's bank account has been closed."),
  noAccount: failing(ach, 'no_account', "The customer's bank account could not be found."),
  insufficientFunds: failing(ach, 'insufficient_funds', unfunded),
  debitNotAuthorized: failing(ach, 'debit_not_authorized', unauthorised),
  processing: { method: ach, outcome: 'settle_never' },
  dispute: { method: ach, outcome: 'settle', isDisputed: true },
};

const sepa = 'sepa_debit';
const sepaAccounts: Record<string, DebitBehaviour> = {
  success: { method: sepa, outcome: 'settle' },
  failed: failing(sepa, 'payment_intent_payment_attempt_failed', 'The payment failed.'),
  insufficientFunds: failing(sepa, 'insufficient_funds', unfunded),
  disputed: { method: sepa, outcome: 'settle', isDisputed: true },
};

/** The behaviour of a published test bank account; SEPA's end with a country. */
export function debitOf(token: string): DebitBehaviour | undefined {
  const us = /^pm_usBankAccount_(\w+)$/.exec(token)?.[1];
  if (us !== undefined) return named(usBankAccounts, us);
  const european = /^pm_sepaDebit_([a-zA-Z]+)_[a-z]{2}$/.exec(token)?.[1];
  return european === undefined ? undefined : named(sepaAccounts, european);
}

function named(accounts: Record<string, DebitBehaviour>, name: string): DebitBehaviour | undefined {
  return Object.hasOwn(accounts, name) ? accounts[name] : undefined;
}
