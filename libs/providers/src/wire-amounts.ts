import { InvalidAmountError, toMinor } from '@libs/money';
import { ProviderError } from './port.js';

/** How a currency is counted on a provider's wire, where amounts are integers. */
export interface WireScale {
  /** Digits after the point on the wire. */
  exponent: number;
  /** What an amount on the wire must be divisible by. */
  step: bigint;
  /** Digits after the point in our own text. */
  decimals: number;
}

/**
 * The rows of a table of scales.
 *
 * @param codes ISO 4217 codes, separated by blanks
 */
export function scaleRows(codes: string, scale: WireScale): [string, WireScale][] {
  return codes.split(' ').map((code) => [code, scale]);
}

/**
 * An amount in units of the wire.
 *
 * @param amount decimal string in major units
 * @throws ProviderError `rejected` when it would have to be rounded
 */
export function wireAmount(amount: string, exponent: number): bigint {
  try {
    return toMinor(amount, exponent);
  } catch (error) {
    if (error instanceof InvalidAmountError) throw notRepresentable(error.message);
    throw error;
  }
}

/** The refusal of an amount before anything is sent. */
export function notRepresentable(message: string): ProviderError {
  return new ProviderError('rejected', message, { code: 'amount_not_representable' });
}

/** Whether the conversion takes its amount. */
export function isRepresentable(convert: () => unknown): boolean {
  try {
    convert();
    return true;
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'rejected') return false;
    throw error;
  }
}
