import type { AuthenticationData } from '@adyen/api-library/lib/src/typings/checkout/authenticationData.js';
import type { BrowserInfo } from '@adyen/api-library/lib/src/typings/checkout/browserInfo.js';
import type { PaymentRequest } from '@adyen/api-library/lib/src/typings/checkout/paymentRequest.js';
import { ProviderError } from '../port.js';
import type { ChargeIntent, Payer } from '../port.js';
import { toAdyenAmount } from './adyen.amounts.js';
import type { AdyenSettings } from './adyen.settings.js';

type Instrument = Pick<PaymentRequest, 'paymentMethod'> & Partial<PaymentRequest>;

/** `<shopperReference>/<storedPaymentMethodId>`: a card that Adyen keeps for a payer. */
const storedCard = /^([\w.-]{3,127})\/([\w.-]{1,127})$/;

const noAuthentication = 'never' as AuthenticationData.AttemptAuthenticationEnum;

/** Whether a token has the form of Adyen's. */
export function isStoredCard(token: string): boolean {
  return storedCard.test(token);
}

/**
 * The body of `POST /payments`: the same for the same intent.
 *
 * Adyen wants a `returnUrl` in every request. A card that has none is charged without 3-D Secure, so that nobody is
 * sent away; every other payment needs its payer to come back.
 *
 * @throws ProviderError `rejected` for what Adyen can't be asked; nothing was sent
 */
export function toPaymentRequest(intent: ChargeIntent, settings: AdyenSettings): PaymentRequest {
  const { payer, returnUrl } = intent;
  const instrument = toInstrument(intent);
  const isCard = intent.paymentMethod === 'card';
  if (!returnUrl && !isCard) throw refused('the payer must be sent back: return_url is missing');
  const browserInfo = toBrowserInfo(payer);
  return {
    amount: toAdyenAmount(intent.amount, intent.currency),
    merchantAccount: settings.merchantAccount,
    reference: intent.idempotencyKey,
    metadata: { transaction_id: intent.transactionId },
    channel: 'Web' as PaymentRequest.ChannelEnum,
    returnUrl: returnUrl ?? settings.apiUrl.origin,
    redirectToIssuerMethod: 'GET',
    redirectFromIssuerMethod: 'GET',
    ...(returnUrl ? {} : { authenticationData: { attemptAuthentication: noAuthentication } }),
    ...(payer.email ? { shopperEmail: payer.email } : {}),
    ...(payer.ipAddress ? { shopperIP: payer.ipAddress } : {}),
    ...(browserInfo ? { browserInfo } : {}),
    ...instrument,
  };
}

function toInstrument({ paymentMethod, paymentMethodToken }: ChargeIntent): Instrument {
  switch (paymentMethod) {
    case 'card':
      return toStoredCard(paymentMethodToken ?? '');
    case 'bank_transfer':
      return { paymentMethod: { type: 'ideal' } as PaymentRequest['paymentMethod'] };
    case 'e_wallet':
      return { paymentMethod: { type: 'alipay' } as PaymentRequest['paymentMethod'] };
    case 'crypto':
      throw refused('Adyen takes no crypto');
  }
}

function toStoredCard(token: string): Instrument {
  const [, shopperReference, storedPaymentMethodId] = storedCard.exec(token) ?? [];
  if (!shopperReference) {
    throw refused('a card at Adyen is named <shopperReference>/<storedPaymentMethodId>');
  }
  return {
    paymentMethod: { type: 'scheme', storedPaymentMethodId } as PaymentRequest['paymentMethod'],
    shopperReference,
    shopperInteraction: 'ContAuth' as PaymentRequest.ShopperInteractionEnum,
    recurringProcessingModel: 'CardOnFile' as PaymentRequest.RecurringProcessingModelEnum,
  };
}

/** Adyen takes all of it or nothing: half a browser is refused. */
function toBrowserInfo({ browser = {}, userAgent }: Payer): BrowserInfo | undefined {
  const info = {
    acceptHeader: browser.accept_header,
    colorDepth: browser.color_depth,
    javaEnabled: browser.java_enabled,
    language: browser.language,
    screenHeight: browser.screen_height,
    screenWidth: browser.screen_width,
    timeZoneOffset: browser.time_zone_offset,
    userAgent: browser.user_agent ?? userAgent,
  };
  return isBrowserInfo(info) ? info : undefined;
}

function isBrowserInfo(info: { [Name in keyof BrowserInfo]: unknown }): info is BrowserInfo {
  const texts = [info.acceptHeader, info.language, info.userAgent];
  const numbers = [info.colorDepth, info.screenHeight, info.screenWidth, info.timeZoneOffset];
  return (
    texts.every((text) => typeof text === 'string' && text !== '') &&
    numbers.every(Number.isInteger) &&
    typeof info.javaEnabled === 'boolean'
  );
}

function refused(message: string): ProviderError {
  return new ProviderError('rejected', message, { code: 'not_representable' });
}
