import { fromMinor, toMinor } from '@libs/money';
import { ProviderError } from '../port.js';
import type { Money } from '../port.js';
import { isRepresentable, notRepresentable, wireAmount } from '../wire-amounts.js';

const twoDecimals =
  'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD ILS MXN MYR NOK NZD PHP PLN SEK SGD THB USD';
const noDecimals = 'HUF JPY TWD';

/** In major units of every currency: what PayPal says with its issue MAX_VALUE_EXCEEDED. */
const largest = { amount: 999_999_999n, decimals: 2 };

const decimalsOf = new Map<string, number>([
  ...twoDecimals.split(' ').map((code) => [code, 2] as const),
  ...noDecimals.split(' ').map((code) => [code, 0] as const),
]);

/** ISO 4217 codes that PayPal takes payments in (developer.paypal.com/api/rest/reference/currency-codes). */
export const payPalCurrencies: readonly string[] = [...decimalsOf.keys()].sort();

/** An amount on PayPal's wire. */
export interface PayPalMoney {
  currency_code: string;
  /** Decimal string in major units. */
  value: string;
}

/**
 * An amount as PayPal wants it.
 *
 * @param amount decimal string in major units: `"10.50"`
 * @param currency ISO 4217 code, upper case
 * @throws ProviderError `rejected` for what is more than PayPal takes, or would be rounded; nothing was sent
 */
export function toPayPalMoney(amount: string, currency: string): PayPalMoney {
  const decimals = decimalsOf.get(currency);
  if (decimals === undefined)
    throw notRepresentable(`PayPal takes no payments in ${currency.slice(0, 8)}`);
  const value = fromMinor(wireAmount(amount, decimals), decimals);
  if (toMinor(value, largest.decimals) > largest.amount)
    throw notRepresentable('the amount is too large for PayPal');
  return { currency_code: currency, value };
}

/** Whether `toPayPalMoney` would take it. */
export function canBeSentToPayPal(amount: string, currency: string): boolean {
  return isRepresentable(() => toPayPalMoney(amount, currency));
}

/**
 * An amount of PayPal's in our words.
 *
 * @throws ProviderError `outcome_unknown` for what is no amount
 */
export function fromPayPalMoney(money: unknown): Money {
  const { currency_code: currency, value } = (money ?? {}) as Partial<PayPalMoney>;
  const isAmount = typeof value === 'string' && /^\d{1,15}(?:\.\d{1,3})?$/.test(value);
  if (!isAmount || typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) {
    throw new ProviderError('outcome_unknown', 'PayPal sent an amount that makes no sense');
  }
  return { amount: value, currency };
}
