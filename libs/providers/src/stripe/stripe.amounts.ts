import { fromMinor } from '@libs/money';
import { ProviderError } from '../port.js';
import {
  isRepresentable,
  notRepresentable,
  scaleRows,
  wireAmount,
  type WireScale,
} from '../wire-amounts.js';

const twoDecimals =
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC ' +
  'CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD ' +
  'KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP ' +
  'PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS ' +
  'WST XCD YER ZAR ZMW';
const noDecimals = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF';
/** Sent times 100 although they have no decimals. */
const wholeUnitsTimes100 = 'ISK UGX';
/** Their last digit must be 0. */
const threeDecimals = 'BHD JOD KWD OMR TND';

const scales = new Map<string, WireScale>([
  ...scaleRows(twoDecimals, { exponent: 2, step: 1n, decimals: 2 }),
  ...scaleRows(noDecimals, { exponent: 0, step: 1n, decimals: 0 }),
  ...scaleRows(wholeUnitsTimes100, { exponent: 2, step: 100n, decimals: 0 }),
  ...scaleRows(threeDecimals, { exponent: 3, step: 10n, decimals: 3 }),
]);

/** Eight digits, and twelve in rupiahs (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). */
const largest = 99_999_999n;
const largestRupiahs = 999_999_999_999n;

/** ISO 4217 codes that Stripe takes charges in (docs.stripe.com/currencies). */
export const stripeCurrencies: readonly string[] = [...scales.keys()].sort();

/**
 * An amount as Stripe wants it.
 *
 * @param amount decimal string in major units: `"10.50"`
 * @param currency ISO 4217 code, upper case
 * @returns an integer: 1050 for USD 10.50, 500 for JPY 500 and for ISK 5
 * @throws ProviderError `rejected` for what has more digits than Stripe takes, or would be rounded; nothing was sent
 */
export function toStripeAmount(amount: string, currency: string): number {
  const { exponent, step } = scaleOf(currency);
  const wire = wireAmount(amount, exponent);
  if (wire % step !== 0n) {
    throw notRepresentable(
      `Stripe takes ${currency} only in steps of ${step} of its smallest unit`,
    );
  }
  if (wire > (currency === 'IDR' ? largestRupiahs : largest)) {
    throw notRepresentable('the amount is too large for Stripe');
  }
  return Number(wire);
}

/** Whether `toStripeAmount` would take it. */
export function canBeSentToStripe(amount: string, currency: string): boolean {
  return isRepresentable(() => toStripeAmount(amount, currency));
}

/**
 * An amount of Stripe's as a decimal string in major units.
 *
 * @param wire Stripe's integer
 * @param currency ISO 4217 code, in either case
 * @throws ProviderError `outcome_unknown` for a currency or an amount that Stripe never sends
 */
export function fromStripeAmount(wire: number, currency: string): string {
  const scale = scales.get(currency.toUpperCase());
  if (!scale || !Number.isSafeInteger(wire)) {
    throw new ProviderError('outcome_unknown', 'Stripe sent an amount that makes no sense');
  }
  const text = fromMinor(BigInt(wire), scale.exponent);
  const isWhole = scale.decimals === 0 && /\.0+$/.test(text);
  return isWhole ? text.replace(/\.0+$/, '') : text;
}

function scaleOf(currency: string): WireScale {
  const scale = scales.get(currency);
  if (!scale) throw notRepresentable(`Stripe takes no charges in ${currency.slice(0, 8)}`);
  return scale;
}
