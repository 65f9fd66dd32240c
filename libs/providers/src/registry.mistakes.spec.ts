import { providerMistakes } from './registry.mistakes.js';

const options = { timeoutMs: 1, livemode: false };
const variablesIn = (mistakes: string[]) =>
  mistakes.map((mistake) => /[A-Z]+_[A-Z_]+/.exec(mistake)?.[0]);

describe('the mistakes in the settings of providers', () => {
  it('are none where a provider is off, or right', () => {
    expect(providerMistakes({}, options)).toEqual([]);
    const stripe = { STRIPE_SECRET_KEY: 'sk_test_a', STRIPE_WEBHOOK_SECRET: 'whsec_abcdefgh' };
    expect(providerMistakes(stripe, options)).toEqual([]);
  });

  it('are all told at once, of every provider and account, and never with a value', () => {
    const mistakes = providerMistakes(
      {
        ...{ PROVIDER_ORDER: 'acme', STRIPE_SECRET_KEY: 'nonsense', STRIPE_API_URL: 'ftp://x' },
        ...{ ADYEN_API_KEY: 'a', ADYEN_HMAC_KEY: 'secret-and-wrong' },
        ...{ PAYPAL_CLIENT_ID: 'a', PAYPAL_WEBHOOK_ID: 'b' },
        STRIPE_WEBHOOK_SECRET__EU: 'whsec_abcdefgh',
      },
      options,
    );
    expect(new Set(variablesIn(mistakes))).toEqual(
      new Set([
        ...['ADYEN_HMAC_KEY', 'ADYEN_MERCHANT_ACCOUNT', 'PAYPAL_CLIENT_SECRET', 'PROVIDER_ORDER'],
        ...[
          'STRIPE_API_URL',
          'STRIPE_SECRET_KEY',
          'STRIPE_SECRET_KEY__EU',
          'STRIPE_WEBHOOK_SECRET',
        ],
      ]),
    );
    expect(mistakes).toHaveLength(8);
    expect(mistakes.join()).not.toMatch(/nonsense|secret-and-wrong/);
  });

  it('name each account of the wrong mode, and go on after it', () => {
    const mistakes = providerMistakes(
      {
        ...{ STRIPE_SECRET_KEY: 'sk_test_a', STRIPE_WEBHOOK_SECRET: 'whsec_abcdefgh' },
        ADYEN_API_KEY: 'a',
      },
      { timeoutMs: 1, livemode: true },
    );
    expect(mistakes[0]).toContain('STRIPE_SECRET_KEY is of a test account');
    expect(variablesIn(mistakes)).toContain('ADYEN_MERCHANT_ACCOUNT');
  });
});
