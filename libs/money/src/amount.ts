/** Thrown for text that is not a plain decimal, or has more decimals than its currency carries. */
export class InvalidAmountError extends Error {
  override readonly name = 'InvalidAmountError';
}

const plainDecimal = /^\d{1,15}(?:\.(\d{1,18}))?$/;

/**
 * Minor units of a decimal string in major units.
 *
 * @param amount decimal string in major units, as in `"10.50"`; no sign, exponent or grouping
 * @param decimals how many decimals the currency carries: 2 for USD, 0 for JPY
 * @returns minor units, as in `1050n`
 * @throws InvalidAmountError when the text is no plain decimal or would have to be rounded
 */
export function toMinor(amount: string, decimals: number): bigint {
  const match = plainDecimal.exec(amount);
  if (!match) throw new InvalidAmountError(`not a decimal amount: ${amount.slice(0, 40)}`);
  const fraction = (match[1] ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) {
    throw new InvalidAmountError(`${amount} has more than ${decimals} decimals`);
  }
  const [whole] = amount.split('.');
  return BigInt(whole + fraction.padEnd(decimals, '0'));
}

/**
 * Decimal string in major units with exactly the currency's decimals.
 *
 * @param minor minor units, as in `1050n`; may be negative
 * @param decimals how many decimals the currency carries
 * @returns `"10.50"` for `(1050n, 2)`, `"500"` for `(500n, 0)`
 */
export function fromMinor(minor: bigint, decimals: number): string {
  const sign = minor < 0n ? '-' : '';
  const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, '0');
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/**
 * The amount with exactly the currency's decimals: the wire format of every amount we answer.
 *
 * @param amount decimal string in major units, as the database gives it (`"10.5000"`)
 * @param decimals how many decimals the currency carries
 * @throws InvalidAmountError when that would lose a digit
 */
export function formatAmount(amount: string, decimals: number): string {
  return fromMinor(toMinor(amount, decimals), decimals);
}
