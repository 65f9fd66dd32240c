import type { ProviderVariable } from '../port.definition.js';

/** One Adyen merchant account. */
export interface AdyenSettings {
  /** The origin of the Checkout API; the live one begins with the merchant's own prefix. */
  apiUrl: URL;
  apiKey: string;
  merchantAccount: string;
  /** Hex, as the Customer Area shows it. */
  hmacKey: string;
}

export const adyenVariables = {
  ADYEN_API_KEY: {
    form: 'as Adyen shows it, no spaces',
    about: "The API credential's key.",
    secret: true,
    example: 'example',
  },
  ADYEN_MERCHANT_ACCOUNT: {
    form: 'letters, digits, `_`, `-`',
    about: 'The merchant account.',
    example: 'Example',
  },
  ADYEN_HMAC_KEY: {
    form: '64 hexadecimal digits',
    about: 'Verifies what arrives at `/webhooks/adyen`.',
    secret: true,
    example: '00'.repeat(32),
  },
  ADYEN_API_URL: {
    form: 'an http or https address, no path',
    about:
      'Where Adyen is; the sandbox in development. Live: `https://<prefix>-checkout-live.adyenpayments.com`, with the prefix of the company account.',
    default: 'https://checkout-test.adyen.com',
  },
} as const satisfies Record<string, ProviderVariable>;
