import { issue } from './paypal.errors.js';
import { behaviourOfToken } from './paypal.magic.js';
import type { Instrument } from './paypal.records.js';
import type { CardRequest, OrderRequest } from './paypal.requests.js';

type Source = NonNullable<OrderRequest['payment_source']>;

/** Published at developer.paypal.com/tools/sandbox/card-testing, read 2026; real cards have no business here. */
const testCards = new Set([
  '4005519200000004',
  '4012000033330026',
  '4012000077777777',
  '4012888888881881',
  '4217651111111119',
  '4500600000000061',
  '4772129056533503',
  '4915805038587737',
]);

/** Whether creating the order takes the money: nobody needs to approve. */
export function isPaidAtOnce({ payment_source: source = {} }: OrderRequest): boolean {
  return (
    source.card !== undefined || source.token !== undefined || source.paypal?.vault_id !== undefined
  );
}

export function instrumentOf(source: Source): Instrument | undefined {
  const { card, paypal, token, ...rest } = source;
  const given = [card, paypal, token, ...Object.values(rest)].filter((one) => one !== undefined);
  if (given.length > 1) throw issue('INVALID_PARAMETER_VALUE', { field: '/payment_source' });
  if (card) return cardInstrument(card);
  const id = paypal?.vault_id ?? token?.id;
  if (id !== undefined) return { kind: 'paypal', token: known(id) };
  return paypal && { kind: 'paypal' };
}

function cardInstrument({ vault_id, name, number }: CardRequest): Instrument {
  if (vault_id !== undefined) return { kind: 'card', token: known(vault_id), cardName: name };
  const field = '/payment_source/card/number';
  if (number === undefined) throw issue('MISSING_REQUIRED_PARAMETER', { field });
  if (!testCards.has(number)) throw issue('VALIDATION_ERROR', { field });
  return { kind: 'card', cardName: name, lastDigits: number.slice(-4) };
}

function known(token: string): string {
  if (behaviourOfToken(token)) return token;
  throw issue('TOKEN_ID_NOT_FOUND');
}
