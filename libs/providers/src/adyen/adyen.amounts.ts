import { fromMinor } from '@libs/money';
import type { Money } from '../port.js';
import {
  isRepresentable,
  notRepresentable,
  scaleRows,
  wireAmount,
  type WireScale,
} from '../wire-amounts.js';

const twoDecimals =
  'AED ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CHF CNY COP CRC CUP CZK DKK DOP ' +
  'DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF ILS INR JMD KES KGS KHR KYD KZT LAK LKR MAD ' +
  'MDL MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB ' +
  'SAR SBD SCR SEK SGD SHP SLE SOS SRD STN SVC SZL THB TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD XCG YER ZAR ZMW';
const noDecimals = 'DJF GNF JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF';
const threeDecimals = 'BHD IQD JOD KWD LYD OMR TND';
/** Two decimals at Adyen, none in ISO 4217. */
const twoInsteadOfNone = 'CLP ISK';
/** None at Adyen, two in ISO 4217. */
const noneInsteadOfTwo = 'CVE IDR';

const scales = new Map<string, WireScale>([
  ...scaleRows(twoDecimals, { exponent: 2, step: 1n, decimals: 2 }),
  ...scaleRows(noDecimals, { exponent: 0, step: 1n, decimals: 0 }),
  ...scaleRows(threeDecimals, { exponent: 3, step: 1n, decimals: 3 }),
  ...scaleRows(twoInsteadOfNone, { exponent: 2, step: 100n, decimals: 0 }),
  ...scaleRows(noneInsteadOfTwo, { exponent: 0, step: 1n, decimals: 2 }),
]);

/** ISO 4217 codes that Adyen takes charges in (docs.adyen.com/development-resources/currency-codes). */
export const adyenCurrencies: readonly string[] = [...scales.keys()].sort();

/** An amount on Adyen's wire. */
export interface AdyenAmount {
  currency: string;
  value: number;
}

/**
 * An amount as Adyen wants it.
 *
 * @param amount decimal string in major units: `"10.50"`
 * @param currency ISO 4217 code, upper case
 * @returns 1050 for USD 10.50, 500 for JPY 500 and for ISK 5, 5 for IDR 5.00
 * @throws ProviderError `rejected` for what Adyen can't be sent without rounding; nothing was sent
 */
export function toAdyenAmount(amount: string, currency: string): AdyenAmount {
  const scale = scales.get(currency);
  if (!scale) throw notRepresentable(`Adyen takes no charges in ${currency.slice(0, 8)}`);
  const wire = wireAmount(amount, scale.exponent);
  if (wire % scale.step !== 0n) throw notRepresentable(`${currency} has no fractions`);
  if (wire > BigInt(Number.MAX_SAFE_INTEGER))
    throw notRepresentable('the amount is too large for Adyen');
  return { currency, value: Number(wire) };
}

/** Whether `toAdyenAmount` would take it. */
export function canBeSentToAdyen(amount: string, currency: string): boolean {
  return isRepresentable(() => toAdyenAmount(amount, currency));
}

/** An amount of Adyen's in our words; `undefined` for what is no amount, or in a currency that we don't know. */
export function fromAdyenAmount(amount: unknown): Money | undefined {
  const { value, currency } = (amount ?? {}) as Partial<Record<keyof AdyenAmount, unknown>>;
  const scale = typeof currency === 'string' ? scales.get(currency) : undefined;
  if (!scale || typeof value !== 'number' || !Number.isSafeInteger(value)) return undefined;
  const text = fromMinor(BigInt(value), scale.exponent);
  return { amount: withDecimals(text, scale.decimals), currency: String(currency) };
}

/** `5.00` with none is `5`, `5` with two is `5.00`; a fraction that is not 0 stays. */
function withDecimals(text: string, decimals: number): string {
  const [whole = '', fraction = ''] = text.split('.');
  const kept = fraction.replace(/0+$/, '').padEnd(decimals, '0');
  return kept === '' ? whole : `${whole}.${kept}`;
}
