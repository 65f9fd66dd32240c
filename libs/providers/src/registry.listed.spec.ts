import { codes, misconfigured, options, paypal, stripe } from './contract/accounts.js';
import { createProviders, declaredVariables, isProviderSecret, tokenExamples } from './registry.js';

const card = { currency: 'USD', amount: '10.50', method: 'card' } as const;

describe('the mode of a deployment', () => {
  const adyen = {
    ADYEN_API_KEY: 'key',
    ADYEN_MERCHANT_ACCOUNT: 'Shop',
    ADYEN_HMAC_KEY: '0F'.repeat(32),
  };
  const liveStripe = { ...stripe, STRIPE_SECRET_KEY: 'sk_live_abc' };
  const livePayPal = { ...paypal, PAYPAL_API_URL: 'https://api-m.paypal.com' };
  const liveAdyen = {
    ...adyen,
    ADYEN_API_URL: 'https://abc-Shop-checkout-live.adyenpayments.com',
  };
  const live = { ...options, livemode: true };
  const sandbox = 'http://127.0.0.1:3100';

  it.each([
    ['STRIPE_SECRET_KEY', stripe],
    ['STRIPE_SECRET_KEY', { ...stripe, STRIPE_API_URL: sandbox }],
    ['STRIPE_API_URL', { ...liveStripe, STRIPE_API_URL: sandbox }],
    ['STRIPE_API_URL', { ...liveStripe, STRIPE_API_URL: 'https://sandbox.shop.test' }],
    ['ADYEN_API_URL', adyen],
    ['ADYEN_API_URL', { ...adyen, ADYEN_API_URL: sandbox }],
    ['PAYPAL_API_URL', paypal],
    ['PAYPAL_API_URL', { ...paypal, PAYPAL_API_URL: sandbox }],
    ['PAYPAL_API_URL', { ...paypal, PAYPAL_API_URL: 'https://api-m.sandbox.paypal.com' }],
  ])('that is live refuses the test account of %s', (variable, environment) => {
    expect(() => createProviders(environment, live)).toThrow(misconfigured(variable));
  });

  it.each([
    ['STRIPE_SECRET_KEY', liveStripe],
    ['STRIPE_SECRET_KEY', { ...stripe, STRIPE_SECRET_KEY: 'rk_live_abc' }],
    ['STRIPE_API_URL', { ...liveStripe, STRIPE_API_URL: sandbox }],
    ['ADYEN_API_URL', liveAdyen],
    ['PAYPAL_API_URL', livePayPal],
  ])('that is not live refuses the live account of %s', (variable, environment) => {
    expect(() => createProviders(environment, options)).toThrow(misconfigured(variable));
  });

  it('that is live takes live accounts, and none of the tokens that only the sandbox knows', () => {
    const everything = { ...liveStripe, ...liveAdyen, ...livePayPal };
    const real = createProviders(everything, live);
    expect(real.off()).toEqual([]);
    const taken = (token: string) => codes(real.eligible({ ...card, token }));
    expect(taken('pm_1Q0PsIJvEtkwdCNYMSaVuRz6')).toEqual(['stripe/default']);
    expect(taken('shopper-1/8415736798312345')).toEqual(['adyen/default']);
    expect(taken('8kk8451t')).toEqual(['paypal/default']);
    for (const token of ['pm_sandbox_slow_1ms', 'sandbox/visa', 'sandbox-paypal-visa']) {
      expect([token, taken(token)]).toEqual([token, []]);
    }
  });

  it("names a further account's own variable", () => {
    const second = { STRIPE_SECRET_KEY__EU: 'sk_live_eu', STRIPE_WEBHOOK_SECRET__EU: 'whsec_eu' };
    expect(() => createProviders({ ...stripe, ...second }, options)).toThrow(
      misconfigured('STRIPE_SECRET_KEY__EU'),
    );
  });
});

describe('the declared variables', () => {
  const examples = Object.fromEntries(
    declaredVariables.flatMap(({ variables }) =>
      Object.entries(variables).map(([name, { example }]) => [name, example] as const),
    ),
  );

  it('are all that is read, and their examples switch every provider on', () => {
    const read = new Set<string>();
    const environment = new Proxy(examples, {
      get: (target, name: string) => (read.add(name), target[name]),
    });
    expect(createProviders(environment, options).off()).toEqual([]);
    expect([...read].sort()).toEqual(['PROVIDER_ORDER', ...Object.keys(examples)].sort());
  });

  it('come with a token that its own provider takes, and no other', () => {
    const providers = createProviders(examples, options);
    for (const [code, token] of Object.entries(tokenExamples)) {
      expect(codes(providers.eligible({ ...card, token }))).toEqual([`${code}/default`]);
    }
  });

  it('say what is a secret, of whichever account', () => {
    const secrets = ['STRIPE_SECRET_KEY', 'ADYEN_HMAC_KEY__EU', 'PAYPAL_CLIENT_SECRET'];
    const others = ['STRIPE_API_URL', 'PAYPAL_TRUST_ROOT', 'PATH', 'STRIPE_SECRET_KEY_FILE'];
    expect(secrets.filter((name) => !isProviderSecret(name))).toEqual([]);
    expect(others.filter(isProviderSecret)).toEqual([]);
  });
});
