import { fromMinor } from '@libs/money';
import { invalidRequest } from './stripe.errors.js';

const zeroDecimal = words('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf');
/** Sent with two decimals that must be 00. */
const wholeUnits = words('isk ugx');
/** Sent with three decimals, the last of which must be 0. */
const threeDecimal = words('bhd jod kwd omr tnd');
const twoDecimal = words(
  'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf ' +
    'chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ' +
    'ils inr jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn ' +
    'nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd ' +
    'std szl thb tjs top try ttd twd tzs uah uyu uzs wst xcd yer zar zmw',
);

const largest = 99_999_999;
const largestRupiah = 999_999_999_999;

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** How many decimals an amount in this currency carries on the wire, or `undefined` for an unknown one. */
export function wireDecimals(currency: string): number | undefined {
  if (zeroDecimal.has(currency)) return 0;
  if (threeDecimal.has(currency)) return 3;
  return wholeUnits.has(currency) || twoDecimal.has(currency) ? 2 : undefined;
}

/** In major units: `10.50`. */
export function majorUnits(amount: number, currency: string): string {
  return fromMinor(BigInt(amount), wireDecimals(currency) ?? 2);
}

/** Throws Stripe's error for a currency or amount that it does not take. */
export function checkAmount(amount: number, currency: string): void {
  if (wireDecimals(currency) === undefined) {
    throw invalidRequest(`Invalid currency: ${currency}.`, 'currency');
  }
  if (amount < 1) {
    throw invalidRequest(
      'This value must be greater than or equal to 1.',
      'amount',
      'parameter_invalid_integer',
    );
  }
  if (amount > (currency === 'idr' ? largestRupiah : largest)) {
    throw invalidRequest(
      'Amount is larger than this currency allows.',
      'amount',
      'amount_too_large',
    );
  }
  checkStep(amount, currency);
}

/** Throws when an amount has digits that this currency can't carry. */
export function checkStep(amount: number, currency: string): void {
  const step = stepOf(currency);
  if (amount % step !== 0) {
    throw invalidRequest(`Amounts in ${currency} must be divisible by ${step}.`, 'amount');
  }
}

function stepOf(currency: string): number {
  if (threeDecimal.has(currency)) return 10;
  return wholeUnits.has(currency) ? 100 : 1;
}
