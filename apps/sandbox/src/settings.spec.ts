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

  it.each([
    ['PORT', '99999'],
    ['PORT', 'three'],
    ['STRIPE_WEBHOOK_URL', 'file:///etc'],
    ['SANDBOX_SETTLE_MS', '-1'],
    ['PAYPAL_WEBHOOK_URL', 'api'],
  ])('refuse %s=%s by name', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(name);
  });
});
