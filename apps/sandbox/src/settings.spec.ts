import { readSettings } from './settings.js';

describe('settings of the sandbox', () => {
  it('have defaults', () => {
    expect(readSettings({})).toMatchObject({
      host: '127.0.0.1',
      port: 3100,
      settleMs: 500,
      paypal: { webhookId: 'SANDBOXWEBHOOK00001' },
    });
  });

  it('are read from the environment', () => {
    const environment = {
      PORT: '0',
      PUBLIC_URL: 'https://sandbox.test/',
      STRIPE_WEBHOOK_URL: 'http://127.0.0.1:3000/webhooks/stripe',
      STRIPE_WEBHOOK_SECRET: 'whsec_1',
      SANDBOX_STATE_FILE: 'state.jsonl',
      SANDBOX_SEED: '7',
      PAYPAL_WEBHOOK_URL: 'http://127.0.0.1:3000/webhooks/paypal',
      PAYPAL_WEBHOOK_ID: 'WH1',
      PAYPAL_CA_FILE: 'ca.pem',
    };
    expect(readSettings(environment)).toMatchObject({
      port: 0,
      publicUrl: 'https://sandbox.test',
      stateFile: 'state.jsonl',
      stripe: { webhookUrl: 'http://127.0.0.1:3000/webhooks/stripe', webhookSecret: 'whsec_1' },
      seed: 7,
      paypal: {
        webhookUrl: 'http://127.0.0.1:3000/webhooks/paypal',
        webhookId: 'WH1',
        caFile: 'ca.pem',
      },
    });
  });

  it('open an account for each key that is named', () => {
    const { stripe } = readSettings({
      STRIPE_WEBHOOK_SECRET: 'whsec_1',
      STRIPE_SECRET_KEY__EU: 'sk_test_eu',
      STRIPE_WEBHOOK_URL__EU: 'http://127.0.0.1:3000/webhooks/stripe/eu',
      STRIPE_WEBHOOK_SECRET__EU: 'whsec_eu',
    });
    expect(stripe).toMatchObject({
      webhookSecret: 'whsec_1',
      accounts: [
        {
          name: 'eu',
          secretKey: 'sk_test_eu',
          webhookUrl: 'http://127.0.0.1:3000/webhooks/stripe/eu',
          webhookSecret: 'whsec_eu',
        },
      ],
    });
  });

  it('open an account of Adyen for each key, and one of PayPal for each client', () => {
    const { adyen, paypal } = readSettings({
      ADYEN_API_KEY__EU: 'key-eu',
      ADYEN_MERCHANT_ACCOUNT__EU: 'ShopEU',
      ADYEN_HMAC_KEY__EU: 'C0FFEE',
      ADYEN_WEBHOOK_URL__EU: 'http://127.0.0.1:3000/webhooks/adyen/eu',
      PAYPAL_CLIENT_ID: 'usual',
      PAYPAL_CLIENT_ID__EU: 'client-eu',
      PAYPAL_WEBHOOK_ID__EU: 'WHEU',
      PAYPAL_WEBHOOK_URL__EU: 'http://127.0.0.1:3000/webhooks/paypal/eu',
    });
    expect(adyen).toMatchObject({ merchantAccount: 'SandboxMerchant', apiKey: undefined });
    expect(adyen.accounts).toEqual([
      {
        name: 'eu',
        apiKey: 'key-eu',
        merchantAccount: 'ShopEU',
        hmacKey: 'C0FFEE',
        webhookUrl: 'http://127.0.0.1:3000/webhooks/adyen/eu',
      },
    ]);
    expect(paypal).toMatchObject({ webhookId: 'SANDBOXWEBHOOK00001', clientId: undefined });
    expect(paypal.accounts).toEqual([
      {
        name: 'eu',
        clientId: 'client-eu',
        webhookId: 'WHEU',
        webhookUrl: 'http://127.0.0.1:3000/webhooks/paypal/eu',
      },
    ]);
  });

  it.each([
    ['ADYEN_HMAC_KEY__EU', 'no hex'],
    ['PAYPAL_WEBHOOK_URL__EU', 'api'],
  ])('refuse a further account’s %s=%s by name', (name, value) => {
    const accounts = { ADYEN_API_KEY__EU: 'key', PAYPAL_CLIENT_ID__EU: 'client' };
    expect(() => readSettings({ ...accounts, [name]: value })).toThrow(name);
  });

  it.each([
    ['PORT', '99999'],
    ['PORT', 'three'],
    ['STRIPE_WEBHOOK_URL', 'file:///etc'],
    ['SANDBOX_SETTLE_MS', '-1'],
    ['PAYPAL_WEBHOOK_URL', 'api'],
  ])('refuse %s=%s by name', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(name);
  });

  it('name the merchant account of Adyen, and the key that signs its webhooks', () => {
    const environment = {
      ADYEN_WEBHOOK_URL: 'http://127.0.0.1:3000/webhooks/adyen',
      ADYEN_HMAC_KEY: 'C0FFEE',
      ADYEN_MERCHANT_ACCOUNT: 'ShopCOM',
    };
    expect(readSettings(environment).adyen).toMatchObject({
      webhookUrl: 'http://127.0.0.1:3000/webhooks/adyen',
      hmacKey: 'C0FFEE',
      merchantAccount: 'ShopCOM',
    });
    expect(readSettings({}).adyen).toMatchObject({ merchantAccount: 'SandboxMerchant' });
  });

  it.each([
    ['ADYEN_WEBHOOK_URL', 'ftp://127.0.0.1'],
    ['ADYEN_HMAC_KEY', 'not hexadecimal'],
    ['ADYEN_HMAC_KEY', 'ABC'],
  ])('refuse Adyen by name: %s=%s', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(name);
  });
});
