import type { SandboxParts } from '../provider.js';
import { invalidRequest, missing } from './stripe.errors.js';
import { methodOf } from './stripe.instrument-object.js';
import { kindOf } from './stripe.methods.js';
import type { Parameters } from './stripe.parameters.js';
import type { Instrument, Payment } from './stripe.records.js';
import { behaviourOf } from './stripe.tokens.js';

/** The magic value that a request names: a PaymentMethod, or a card's token inside of `payment_method_data`. */
export function tokenOf(parameters: Parameters): string | undefined {
  const cardToken = parameters.text('payment_method_data[card][token]');
  if (cardToken === undefined) return parameters.text('payment_method');
  return cardToken.replace(/^tok_/, 'pm_card_');
}

export function instrumentOf(parts: SandboxParts, parameters: Parameters): Instrument | undefined {
  const token = tokenOf(parameters);
  if (token === undefined) return undefined;
  const isKnown = behaviourOf(token) !== undefined;
  if (!isKnown) throw missing('PaymentMethod', token, 'payment_method', 400);
  return { id: parts.identifiers.next('pm'), token, createdAt: parts.clock.now() };
}

/** The mandate that the payer accepted with this request. */
export function mandateOf(parts: SandboxParts, parameters: Parameters): string | undefined {
  const acceptance = 'mandate_data[customer_acceptance]';
  if (parameters.text(`${acceptance}[type]`) === undefined) return undefined;
  parameters.required(`${acceptance}[online][ip_address]`);
  parameters.required(`${acceptance}[online][user_agent]`);
  return parts.identifiers.next('mandate');
}

/** Automatic payment methods are Stripe's default since 2023-08-16, redirects included. */
export function redirectsOf(parameters: Parameters): 'always' | 'never' {
  return parameters.text('automatic_payment_methods[allow_redirects]') === 'never'
    ? 'never'
    : 'always';
}

/** Throws for what Stripe takes only together with `confirm`. */
export function checkUnconfirmed(parameters: Parameters): void {
  const later = ['return_url', 'mandate_data[customer_acceptance][type]'];
  const early = later.find((name) => parameters.text(name) !== undefined);
  if (early === undefined) return;
  throw invalidRequest(`\`${early}\` is taken only together with \`confirm\`.`, early);
}

/** Throws Stripe's error for a payment that can't be confirmed as it is. */
export function checkConfirmable(payment: Payment): void {
  const { allowRedirects, currency, instrument, returnUrl } = payment;
  if (!instrument) {
    const message = 'You cannot confirm this PaymentIntent because it is missing a payment method.';
    throw invalidRequest(message, undefined, 'payment_intent_unexpected_state');
  }
  if (allowRedirects === 'always' && returnUrl === undefined) {
    throw invalidRequest(
      'This PaymentIntent accepts payment methods that may redirect the payer, so a `return_url` is needed. ' +
        'Without one, set `automatic_payment_methods[enabled]` to true and ' +
        '`automatic_payment_methods[allow_redirects]` to never.',
      'return_url',
    );
  }
  const method = methodOf(instrument);
  const { currencies, redirect } = kindOf(method);
  if (currencies?.includes(currency) === false) {
    const message = `The currency ${currency} can't be paid by ${method}; it takes ${currencies.join(', ')}.`;
    throw invalidRequest(message, 'currency', 'payment_method_currency_mismatch');
  }
  if (redirect && allowRedirects === 'never') {
    const message = `The PaymentMethod is of the type ${method}, which redirects; this PaymentIntent takes none such.`;
    throw invalidRequest(message, 'payment_method', 'payment_intent_incompatible_payment_method');
  }
}

export function lacksMandate({ instrument, mandateId }: Payment): boolean {
  return kindOf(methodOf(instrument)).needsMandate === true && mandateId === undefined;
}
