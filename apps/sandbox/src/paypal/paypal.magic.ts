import { type Fault, faultNamed, faultScripts } from '../faults.js';
import type { MagicValue } from '../provider.js';
import type { Instrument } from './paypal.records.js';

/** What a magic instrument does when it is charged, and when its capture is refunded. */
export interface InstrumentBehaviour {
  outcome: 'succeed' | 'decline' | 'authenticate' | 'settle' | 'settle_fail' | 'late_success';
  /** The processor's answer to a card that is declined. */
  responseCode: string;
  refund: 'succeed' | 'pending' | 'fail' | 'late_fail';
  dispute?: 'won' | 'lost';
  /** The payer's bank takes the money back later. */
  reversed?: boolean;
  fault: Fault;
}

const plain: InstrumentBehaviour = {
  outcome: 'succeed',
  responseCode: '0500',
  refund: 'succeed',
  fault: {},
};

function declined(responseCode: string): InstrumentBehaviour {
  return { ...plain, outcome: 'decline', responseCode };
}

/** Published at developer.paypal.com/tools/sandbox/card-testing, read 2026: names on a card and what they get. */
const cardNames: Record<string, string> = {
  'CCREJECT-REFUSED': '0500',
  'CCREJECT-SF': '9500',
  'CCREJECT-EC': '5400',
  'CCREJECT-IRC': '5180',
  'CCREJECT-IF': '5120',
  'CCREJECT-LS': '9520',
  'CCREJECT-IA': '1330',
  'CCREJECT-BANK_ERROR': '5100',
  'CCREJECT-CVV_F': '00N7',
};

const prefix = 'sandbox-paypal-';

/** The one thing that PayPal can't answer, for those who try what they make of a code that is new. */
export const unpublishedCode = 'ZZZZ';

const vaulted: Record<string, InstrumentBehaviour & { says: string }> = {
  visa: { ...plain, says: 'Succeeds.' },
  declined: { ...declined('0500'), says: 'Declined, 0500 do not honor.' },
  'insufficient-funds': { ...declined('5120'), says: 'Declined, 5120 insufficient funds.' },
  'lost-or-stolen': { ...declined('9520'), says: 'Declined, 9520 lost or stolen.' },
  expired: { ...declined('5400'), says: 'Declined, 5400 expired card.' },
  cvc: { ...declined('00N7'), says: 'Declined, 00N7 CVV2 failure.' },
  fraud: { ...declined('9500'), says: 'Declined, 9500 suspected fraud.' },
  invalid: { ...declined('1330'), says: 'Declined, 1330 invalid account.' },
  'processing-error': { ...declined('8000'), says: 'Declined, 8000 processor system error.' },
  'unknown-decline': {
    ...declined(unpublishedCode),
    says: 'Declined with a code that PayPal does not publish.',
  },
  pending: { ...plain, outcome: 'settle', says: 'The capture is PENDING, then COMPLETED.' },
  'pending-fail': {
    ...plain,
    outcome: 'settle_fail',
    says: 'The capture is PENDING, then DECLINED.',
  },
  '3ds': {
    ...plain,
    outcome: 'authenticate',
    says: 'PAYER_ACTION_REQUIRED: the payer approves or declines on a page. Then capture the order.',
  },
  'refund-pending': { ...plain, refund: 'pending', says: 'Refunds are PENDING, then COMPLETED.' },
  'refund-fail': { ...plain, refund: 'fail', says: 'Refunds are PENDING, then FAILED.' },
  'dispute-won': { ...plain, dispute: 'won', says: 'Succeeds; a dispute is opened and won.' },
  'dispute-lost': { ...plain, dispute: 'lost', says: 'Succeeds; a dispute is opened and lost.' },
  reversed: { ...plain, reversed: true, says: 'Succeeds; the bank takes the money back later.' },
};

/** What a vault id stands for, or `undefined` for one that does not exist. */
export function behaviourOfToken(token: string): InstrumentBehaviour | undefined {
  if (!token.startsWith(prefix)) return undefined;
  const name = token.slice(prefix.length);
  if (Object.hasOwn(vaulted, name)) return vaulted[name];
  const fault = faultNamed(name.replaceAll('-', '_'));
  return fault && underFault({ ...plain, fault }, fault);
}

export function behaviourOf(instrument: Instrument | undefined): InstrumentBehaviour {
  if (instrument?.token !== undefined) return behaviourOfToken(instrument.token) ?? plain;
  const name = instrument?.cardName ?? '';
  return Object.hasOwn(cardNames, name) ? declined(cardNames[name]) : plain;
}

/** The behaviour once a fault has had its say. */
export function underFault(behaviour: InstrumentBehaviour, fault: Fault): InstrumentBehaviour {
  return {
    ...behaviour,
    outcome: fault.outcome ?? behaviour.outcome,
    refund: fault.refund ?? behaviour.refund,
  };
}

const vaultIds: MagicValue[] = Object.entries(vaulted).map(([name, { says }]) => ({
  value: prefix + name,
  says,
}));

const names: MagicValue[] = Object.entries(cardNames).map(([value, code]) => ({
  value,
  says: `As the name on a card: the order is COMPLETED, its capture DECLINED with ${code}.`,
}));

const scripts: MagicValue[] = Object.entries(faultScripts).map(([name, { says }]) => ({
  value: prefix + name.replaceAll('_', '-'),
  says,
}));
scripts.push({ value: `${prefix}slow-2000ms`, says: 'Waits that long, then succeeds.' });

export const magicValues = [
  { title: 'Vault ids, of a card or of a wallet', values: vaultIds },
  { title: 'Names on a card', values: names },
  { title: 'Fault scripts', values: scripts },
];
