import { fromMinor } from '@libs/money';
import { invalid } from './adyen.errors.js';
import type { WireAmount } from './adyen.wire.js';

/** Where Adyen departs from two decimals (docs.adyen.com/development-resources/currency-codes, read 2026). */
const noDecimals = words('CVE DJF GNF IDR JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF');
const threeDecimals = words('BHD IQD JOD KWD LYD OMR TND');
const twoDecimals = words(
  'AED ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CHF CLP CNY ' +
    'COP CRC CUP CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF ILS INR ' +
    'ISK JMD KES KGS KHR KYD KZT LAK LBP LKR MAD MDL MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN ' +
    'NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STN SVC ' +
    'SZL THB TOP TRY TTD TWD TZS UAH USD UYU UZS VEF WST XCD YER ZAR ZMW',
);

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

function decimalsOf(currency: string): number | undefined {
  if (noDecimals.has(currency)) return 0;
  if (threeDecimals.has(currency)) return 3;
  return twoDecimals.has(currency) ? 2 : undefined;
}

export function checkAmount({ currency, value }: WireAmount): void {
  if (decimalsOf(currency) === undefined) throw invalid('138', 'Unsupported currency specified');
  if (value < 1) throw invalid('137', 'Invalid amount specified');
}

/** In major units, for people. */
export function spokenAmount({ currency, value }: WireAmount): string {
  return `${fromMinor(BigInt(value), decimalsOf(currency) ?? 2)} ${currency}`;
}
