import type { ProviderDefinition } from '../port.definition.js';
import { apiUrlOf, wrongSetting } from '../provider-settings.js';
import { adyenCurrencies, canBeSentToAdyen } from './adyen.amounts.js';
import { adyenErrorCodes } from './adyen.error-codes.js';
import { adyenDeclines } from './adyen.refusals.js';
import { livePrefixOf } from './adyen.client.js';
import { AdyenProvider } from './adyen.provider.js';
import { isStoredCard } from './adyen.requests.js';
import { type AdyenSettings, adyenVariables } from './adyen.settings.js';

const weekMs = 7 * 24 * 60 * 60 * 1000;
const alipayCurrencies = ['AUD', 'CAD', 'CNY', 'EUR', 'GBP', 'HKD', 'JPY', 'NZD', 'SGD', 'USD'];

/** Adyen, by the Checkout API. Off without `ADYEN_API_KEY`. */
export const adyenDefinition: ProviderDefinition<AdyenSettings> = {
  code: 'adyen',
  name: 'Adyen',
  capabilities: {
    methods: {
      card: { token: 'required' },
      bank_transfer: { token: 'none', currencies: ['EUR'] },
      e_wallet: { token: 'none', currencies: alipayCurrencies },
    },
    currencies: adyenCurrencies,
    operations: { cancel: true, partialRefund: true, lookUp: false },
    idempotencyKeyLifetimeMs: weekMs,
  },
  codes: [...adyenDeclines, ...adyenErrorCodes],
  switchedOnBy: 'ADYEN_API_KEY',
  variables: adyenVariables,
  webhookAnswer: '[accepted]',
  settings(environment) {
    const apiKey = environment.ADYEN_API_KEY;
    if (!apiKey) return undefined;
    if (!/^[\x21-\x7e]+$/.test(apiKey))
      throw wrongSetting('ADYEN_API_KEY', 'an API key without spaces');
    const merchantAccount = environment.ADYEN_MERCHANT_ACCOUNT ?? '';
    if (!/^[\w-]{1,80}$/.test(merchantAccount)) {
      throw wrongSetting('ADYEN_MERCHANT_ACCOUNT', 'the name of the merchant account');
    }
    const hmacKey = environment.ADYEN_HMAC_KEY ?? '';
    if (!/^(?:[0-9a-f]{2}){32}$/i.test(hmacKey)) {
      throw wrongSetting('ADYEN_HMAC_KEY', "the webhook's HMAC key: 64 hexadecimal digits");
    }
    const apiUrl = toApiUrl(environment.ADYEN_API_URL || adyenVariables.ADYEN_API_URL.default);
    return { apiUrl, apiKey, merchantAccount, hmacKey };
  },
  mode: { setBy: 'ADYEN_API_URL', isLive: ({ apiUrl }) => livePrefixOf(apiUrl) !== undefined },
  tokenExample: 'shopper-7/8416038790273850',
  ownsToken: (token, livemode) =>
    isStoredCard(token) && !(livemode && token.startsWith('sandbox/')),
  canRepresent: canBeSentToAdyen,
  create: (settings, { timeoutMs }) => new AdyenProvider(settings, timeoutMs),
};

function toApiUrl(text: string): URL {
  const url = apiUrlOf('ADYEN_API_URL', text);
  const isAdyen = /(?:^|\.)adyen(?:payments)?\.com$/.test(url.hostname);
  if (isAdyen && url.protocol !== 'https:') throw wrongSetting('ADYEN_API_URL', 'an https address');
  return url;
}
