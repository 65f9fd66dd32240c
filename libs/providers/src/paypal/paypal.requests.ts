import { ProviderError } from '../port.js';
import type { ChargeIntent } from '../port.js';
import { toPayPalMoney } from './paypal.amounts.js';

const longestDescriptionBytes = 127;

/**
 * The order that a charge asks for, built from the intent alone.
 *
 * @throws ProviderError `rejected` for what PayPal can't be asked for; nothing was sent
 */
export function toOrderBody(intent: ChargeIntent): object {
  const description = atMost(longestDescriptionBytes, intent.description ?? '');
  return {
    intent: 'CAPTURE',
    purchase_units: [
      {
        amount: toPayPalMoney(intent.amount, intent.currency),
        custom_id: intent.transactionId,
        invoice_id: intent.idempotencyKey,
        ...(description ? { description } : {}),
      },
    ],
    payment_source: toPaymentSource(intent),
  };
}

function toPaymentSource(intent: ChargeIntent): object {
  const { paymentMethod, paymentMethodToken: vaultId, returnUrl } = intent;
  const returning = returnUrl && { return_url: returnUrl, cancel_url: returnUrl };
  if (paymentMethod === 'card') {
    if (!vaultId) throw refused('PayPal charges a card only by the id of a vaulted one');
    const context = returning ? { experience_context: returning } : {};
    return { card: { vault_id: vaultId, ...context } };
  }
  if (paymentMethod !== 'e_wallet') throw refused(`PayPal takes no ${paymentMethod}`);
  if (vaultId) return { paypal: { vault_id: vaultId } };
  if (!returning) throw refused('PayPal needs a return_url for the payer to come back to');
  return { paypal: { experience_context: { ...returning, user_action: 'PAY_NOW' } } };
}

/** PayPal counts 127 characters of US-ASCII, and fewer of others. */
function atMost(bytes: number, text: string): string {
  let short = '';
  for (const character of text) {
    if (Buffer.byteLength(short + character) > bytes) break;
    short += character;
  }
  return short;
}

function refused(message: string): ProviderError {
  return new ProviderError('rejected', message);
}
