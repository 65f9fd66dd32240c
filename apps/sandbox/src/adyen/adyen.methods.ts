import { checked, textOf } from './adyen.bodies.js';
import { AdyenError, invalid } from './adyen.errors.js';
import type { Payment } from './adyen.records.js';
import { nameOfTestCode, refusalNamed, refusals } from './adyen.refusals.js';
import { structures } from './adyen.structures.js';
import { behaviourOf, brandOf, type TokenBehaviour, withoutCard } from './adyen.tokens.js';
import type { WireObject } from './adyen.wire.js';

export type Instrument = Pick<Payment, 'method' | 'brand' | 'token'>;

/** The methods that need no card, and the currencies that they pay in. */
const others = {
  ideal: { structure: structures.IdealDetails, currencies: ['EUR'] },
  alipay: { structure: structures.PaymentDetails },
  bankTransfer_IBAN: { structure: structures.PaymentDetails, currencies: ['EUR'] },
} as const;

/** What pays, as a request names it. */
export function instrumentOf(body: WireObject): Instrument {
  const method = (body['paymentMethod'] ?? {}) as WireObject;
  const type = textOf(method, 'type');
  if (type === undefined) throw invalid('14_004', 'Missing payment method details');
  if (type === 'scheme') return cardOf(body, checked(method, structures.CardDetails));
  if (!isOther(type)) throw unsupported(type, body);
  const { structure, ...limits } = others[type];
  checked(method, structure);
  const currency = (body['amount'] as WireObject)['currency'];
  if ('currencies' in limits && !limits.currencies.some((known) => known === currency)) {
    throw unsupported(type, body);
  }
  return { method: type, brand: type };
}

function isOther(type: string): type is keyof typeof others {
  return Object.hasOwn(others, type);
}

function unsupported(type: string, body: WireObject): AdyenError {
  const currency = String((body['amount'] as WireObject)['currency']);
  const message = `Could not find an acquirer account for the provided txvariant (${type}), currency (${currency}), and action (AUTH).`;
  return new AdyenError(500, '905_1', message, 'configuration');
}

function cardOf(body: WireObject, card: WireObject): Instrument {
  const stored = textOf(card, 'storedPaymentMethodId');
  const wanted = testValueOf(body, card);
  if (stored === undefined) {
    const number = textOf(card, 'number') ?? textOf(card, 'encryptedCardNumber') ?? '';
    if (!/^(?:test_)?\d{12,19}$/.test(number.replaceAll(' ', ''))) {
      throw invalid('101', 'Invalid card number');
    }
    return { method: 'scheme', brand: 'visa', token: wanted };
  }
  if (textOf(body, 'shopperReference') === undefined) throw invalid('800', 'Contract not found');
  if (!behaviourOf(stored)) throw invalid('803', 'PaymentDetail not found');
  return { method: 'scheme', brand: brandOf(stored), token: wanted ?? stored };
}

/** The result that the test environment is asked for, by number or by the card holder's name. */
function testValueOf(body: WireObject, card: WireObject): string | undefined {
  const additional = (body['additionalData'] ?? {}) as WireObject;
  const code = textOf(additional, 'RequestedTestAcquirerResponseCode');
  const byCode = code === undefined ? undefined : nameOfTestCode(code);
  const holder = textOf(card, 'holderName') ?? '';
  const byName = refusalNamed(holder) || holder === 'PENDING' ? holder : undefined;
  return byCode ?? byName;
}

export function behaviourOfInstrument({ method, token }: Instrument): TokenBehaviour {
  if (method === 'ideal' || method === 'alipay') return withoutCard.redirect;
  if (method === 'bankTransfer_IBAN') return withoutCard.transfer;
  return behaviourOf(token ?? 'visa') as TokenBehaviour;
}

/** A card that must be challenged is refused by its bank when the merchant wants no challenge. */
export function unchallenged(behaviour: TokenBehaviour, body: WireObject): TokenBehaviour {
  const wishes = (body['authenticationData'] ?? {}) as WireObject;
  const isCard = (body['paymentMethod'] as WireObject)['type'] === 'scheme';
  if (!isCard || wishes['attemptAuthentication'] !== 'never') return behaviour;
  return behaviour.outcome === 'redirect'
    ? { ...behaviour, outcome: 'refuse', refusal: refusals.AUTHENTICATION_REQUIRED }
    : behaviour;
}
