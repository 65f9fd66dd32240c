import { fromMinor, toMinor } from '@libs/money';
import { issue } from './paypal.errors.js';

export interface Money {
  readonly currency: string;
  readonly minor: number;
}

export interface WireMoney {
  currency_code: string;
  value: string;
}

/** Published at developer.paypal.com/api/rest/reference/currency-codes, read 2026. */
const twoDecimals = new Set(
  'AUD BRL CAD CNY CZK DKK EUR HKD ILS MYR MXN NZD NOK PHP PLN GBP SGD SEK CHF THB USD'.split(' '),
);
const noDecimals = new Set(['HUF', 'JPY', 'TWD']);

const numeric = /^-?(?:\d+|\d*\.\d+)$/;
/** Of every currency: what `MAX_VALUE_EXCEEDED` says, in hundredths. */
const largest = 999_999_999n;

/** How many decimals an amount in this currency carries on the wire, or `undefined` for an unknown one. */
export function wireDecimals(currency: string): number | undefined {
  if (noDecimals.has(currency)) return 0;
  return twoDecimals.has(currency) ? 2 : undefined;
}

/** Reads an amount, or throws PayPal's error for one that it does not take. */
export function readMoney({ currency_code, value }: WireMoney, field: string): Money {
  const decimals = wireDecimals(currency_code);
  if (decimals === undefined) {
    throw issue('CURRENCY_NOT_SUPPORTED', {
      field: `${field}/currency_code`,
      value: currency_code,
    });
  }
  const where = { field: `${field}/value`, value };
  if (!numeric.test(value)) throw issue('INVALID_PARAMETER_SYNTAX', where);
  if (value.startsWith('-')) throw issue('CANNOT_BE_NEGATIVE', where);
  const given = value.split('.')[1]?.length ?? 0;
  if (given > decimals) {
    throw issue(decimals === 0 ? 'DECIMALS_NOT_SUPPORTED' : 'DECIMAL_PRECISION', where);
  }
  const text = value.replace(/^\./, '0.');
  const minor = toMinor(text, decimals);
  if (minor === 0n) throw issue('CANNOT_BE_ZERO_OR_NEGATIVE', where);
  if (toMinor(text, 2) > largest) throw issue('MAX_VALUE_EXCEEDED', where);
  return { currency: currency_code, minor: Number(minor) };
}

export function wireMoney({ currency, minor }: Money): WireMoney {
  return {
    currency_code: currency,
    value: fromMinor(BigInt(minor), wireDecimals(currency) ?? 2),
  };
}

/** As people read it: `10.50 USD`. */
export function shownMoney(money: Money): string {
  const { currency_code, value } = wireMoney(money);
  return `${value} ${currency_code}`;
}
