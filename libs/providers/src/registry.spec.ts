import { codes, misconfigured, options, paypal, stripe } from './contract/accounts.js';
import { listenForBytes } from './contract/byte-server.js';
import { createProviders, isSettledByPeople, providerCodes } from './registry.js';

const price = { currency: 'USD', amount: '10.50' } as const;
const card = { ...price, method: 'card', token: 'pm_card_visa' } as const;
const transfer = { ...price, method: 'bank_transfer' } as const;
const anyTransfer = { ...transfer, tokens: { stripe: 'pm_1' } } as const;

describe('the registry', () => {
  it('has every provider that has credentials', () => {
    const providers = createProviders(stripe, options);
    expect(codes(providers.all())).toEqual(['stripe/default', 'manual/default']);
    expect(providers.get('stripe').code).toBe('stripe');
    expect(providers.off().map(({ code }) => code)).not.toContain('stripe');
  });

  it('says whose payments people settle, as their provider declares', () => {
    expect(providerCodes.filter(isSettledByPeople)).toEqual(['manual']);
  });

  it('says which providers are off and why', () => {
    const providers = createProviders({}, options);
    expect(providers.off()).toEqual([
      { code: 'stripe', reason: 'STRIPE_SECRET_KEY is not set' },
      { code: 'adyen', reason: 'ADYEN_API_KEY is not set' },
      { code: 'paypal', reason: 'PAYPAL_CLIENT_ID is not set' },
    ]);
    expect(codes(providers.all())).toEqual(['manual/default']);
  });

  it.each(['stripe', 'adyen', 'paypal'] as const)('has no %s that is off', (code) => {
    const providers = createProviders({}, options);
    expect(providers.has(code)).toBe(false);
    expect(() => providers.get(code)).toThrow(misconfigured(code));
  });

  it.each([
    ['STRIPE_SECRET_KEY', { ...stripe, STRIPE_SECRET_KEY: 'pk_test_abc' }],
    ['STRIPE_WEBHOOK_SECRET', { STRIPE_SECRET_KEY: 'sk_test_abc' }],
    ['STRIPE_WEBHOOK_SECRET', { ...stripe, STRIPE_WEBHOOK_SECRET: 'abc' }],
    ['STRIPE_API_URL', { ...stripe, STRIPE_API_URL: 'localhost:3100' }],
    ['STRIPE_API_URL', { ...stripe, STRIPE_API_URL: 'http://127.0.0.1:3100/v1' }],
    ['PROVIDER_ORDER', { ...stripe, PROVIDER_ORDER: 'stripe,stirpe' }],
    ['PAYPAL_CLIENT_ID', { ...paypal, PAYPAL_CLIENT_ID: 'a:b' }],
    ['PAYPAL_CLIENT_SECRET', { ...paypal, PAYPAL_CLIENT_SECRET: '' }],
    ['PAYPAL_WEBHOOK_ID', { ...paypal, PAYPAL_WEBHOOK_ID: undefined }],
    ['PAYPAL_API_URL', { ...paypal, PAYPAL_API_URL: 'http://api-m.paypal.com' }],
    ['PAYPAL_API_URL', { ...paypal, PAYPAL_API_URL: 'https://api-m.paypal.com/v2' }],
    ['PAYPAL_CERT_URL_HOSTS', { ...paypal, PAYPAL_CERT_URL_HOSTS: 'https://api.paypal.com' }],
    ['PAYPAL_CERT_URL_HOSTS', { ...paypal, PAYPAL_CERT_URL_HOSTS: '*.paypal.com' }],
    ['PAYPAL_TRUST_ROOT_FILE', { ...paypal, PAYPAL_TRUST_ROOT_FILE: '/nowhere/ca.pem' }],
    ['PAYPAL_TRUST_ROOT_FILE', { ...paypal, PAYPAL_TRUST_ROOT_FILE: 'package.json' }],
  ])('names %s when it is wrong', (variable, environment) => {
    expect(() => createProviders(environment, options)).toThrow(misconfigured(variable));
  });

  it('never repeats a secret in its errors', () => {
    const environment = { ...stripe, STRIPE_SECRET_KEY: 'MARKED SECRET' };
    expect(() => createProviders(environment, options)).toThrow(/^(?!.*MARKED)/);
  });

  it('warms up without calling anybody, and closes', async () => {
    const server = await listenForBytes(() => undefined);
    const providers = createProviders({ ...stripe, STRIPE_API_URL: server.url.origin }, options);
    await providers.warmUp();
    await providers.close();
    await providers.close();
    expect(server.requests).toEqual([]);
    await server.close();
  });

  it('has PayPal when it has an app of it', () => {
    const providers = createProviders({ ...paypal, PROVIDER_ORDER: 'paypal' }, options);
    expect(codes(providers.all())).toEqual(['paypal/default', 'manual/default']);
    const wallet = { method: 'e_wallet', currency: 'EUR', amount: '10.50' } as const;
    const paypalFirst = ['paypal/default', 'manual/default'];
    expect(codes(providers.eligible(wallet))).toEqual(paypalFirst);
    expect(codes(providers.eligible({ ...wallet, token: 'sandbox-paypal-visa' }))).toEqual([
      'paypal/default',
    ]);
    expect(codes(providers.eligible({ ...price, method: 'card' }))).toEqual([]);
    expect(codes(providers.eligible({ ...card, currency: 'KWD' }))).toEqual([]);
  });

  it('keeps accounts apart by the suffix of their variables', () => {
    const second = { STRIPE_SECRET_KEY__EU: 'sk_test_eu', STRIPE_WEBHOOK_SECRET__EU: 'whsec_eu' };
    const providers = createProviders({ ...stripe, ...second }, options);
    expect(codes(providers.all())).toContain('stripe/eu');
    expect(providers.get('stripe', 'eu')).not.toBe(providers.get('stripe'));
    expect(providers.has('stripe', 'us')).toBe(false);
  });

  it('refuses an account without the variable that switches it on', () => {
    const half = { ...stripe, STRIPE_WEBHOOK_SECRET__EU: 'whsec_eu' };
    expect(() => createProviders(half, options)).toThrow(misconfigured('STRIPE_SECRET_KEY__EU'));
  });

  it('refuses an account that would have to borrow half of its credentials', () => {
    const half = { ...stripe, STRIPE_SECRET_KEY__EU: 'sk_test_eu' };
    expect(() => createProviders(half, options)).toThrow(
      misconfigured('STRIPE_WEBHOOK_SECRET__EU'),
    );
  });
});

describe('a charge', () => {
  const providers = createProviders(stripe, options);

  it('goes to the providers that take its method', () => {
    expect(codes(providers.eligible(card))).toEqual(['stripe/default']);
    expect(codes(providers.eligible(anyTransfer))).toEqual(['stripe/default', 'manual/default']);
  });

  it('goes to providers in the configured order', () => {
    const turned = createProviders({ ...stripe, PROVIDER_ORDER: 'manual' }, options);
    expect(codes(turned.eligible(anyTransfer))).toEqual(['manual/default', 'stripe/default']);
  });

  it('with a token goes to the provider whose token it is, without one where none is needed', () => {
    const own = { ...transfer, token: 'pm_card_visa' };
    expect(codes(providers.eligible(own))).toEqual(['stripe/default']);
    expect(codes(providers.eligible({ ...transfer, token: 'shopper/1' }))).toEqual([]);
    expect(codes(providers.eligible(transfer))).toEqual(['manual/default']);
  });

  it('with tokens of several providers goes to each with its own', () => {
    const all = { ...transfer, tokens: { stripe: 'pm_1', adyen: 'shopper/1' } };
    expect(codes(providers.eligible(all))).toEqual(['stripe/default', 'manual/default']);
    const other = { ...transfer, tokens: { adyen: 'shopper/1' } };
    expect(codes(providers.eligible(other))).toEqual(['manual/default']);
    const foreign = { ...card, token: null, tokens: { stripe: 'shopper/1' } };
    expect(codes(providers.eligible(foreign))).toEqual([]);
  });

  it('that nobody takes is told what each provider lacks', () => {
    const wish = { ...card, currency: 'XXX', token: 'shopper/1' };
    expect(createProviders({}, options).suitability(wish)).toEqual(
      expect.arrayContaining([
        { code: 'stripe', lacks: ['currency', 'token', 'credentials'] },
        { code: 'manual', lacks: ['method'] },
      ]),
    );
    const dear = { ...card, currency: 'JPY', amount: '0.5' };
    expect(providers.suitability(dear)).toContainEqual({ code: 'stripe', lacks: ['amount'] });
    expect(providers.suitability(card)).toContainEqual({ code: 'stripe', lacks: [] });
  });

  it.each([
    ['XXX', '1'],
    ['KWD', '5.123'],
    ['JPY', '0.5'],
    ['THB', '1000000.00'],
  ])('of %s %s does not go to a provider that can not carry it', (currency, amount) => {
    expect(providers.eligible({ ...card, currency, amount })).toEqual([]);
  });
});
