import { fromMinor } from '@libs/money';
import { invalid } from './adyen.errors.js';
import type { WireAmount } from './adyen.wire.js';

/** Where Adyen departs from two decimals (docs.adyen.com/development-resources/currency-codes, read 2026). */
const noDecimals = words('CVE DJF GNF IDR JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF');
const threeDecimals = words('BHD IQD JOD KWD LYD OMR TND');
const twoDecimals = words(
  'AED ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CHF CLP CNY ' +
    'COP CRC CUP CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF ILS INR ' +
    'ISK JMD KES KGS KHR KYD KZT LAK LKR MAD MDL MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN ' +
    'NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STN SVC ' +
    'SZL THB TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD XCG YER ZAR ZMW',
);

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** How many decimals an amount in this currency carries on the wire, or `undefined` for an unknown one. */
export function wireDecimals(currency: string): number | undefined {
  if (noDecimals.has(currency)) return 0;
  if (threeDecimals.has(currency)) return 3;
  return twoDecimals.has(currency) ? 2 : undefined;
}

export function checkAmount({ currency, value }: WireAmount): void {
  if (wireDecimals(currency) === undefined) throw invalid('138', 'Unsupported currency specified');
  if (value < 1) throw invalid('137', 'Invalid amount specified');
}

/** In major units: `10.50`. */
export function majorUnits({ currency, value }: WireAmount): string {
  return fromMinor(BigInt(value), wireDecimals(currency) ?? 2);
}

/** As people read it: `10.50 EUR`. */
export function spokenAmount(amount: WireAmount): string {
  return `${majorUnits(amount)} ${amount.currency}`;
}
