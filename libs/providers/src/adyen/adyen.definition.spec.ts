import { createProviders } from '../registry.js';
import { adyenDefinition } from './adyen.definition.js';

const options = { timeoutMs: 1000 };
const adyen = {
  ADYEN_API_KEY: 'AQE-test_key.==',
  ADYEN_MERCHANT_ACCOUNT: 'Shop_EU-1',
  ADYEN_HMAC_KEY: '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056',
};

describe('Adyen', () => {
  it('is on with its four settings, and wants to read [accepted]', () => {
    const account = createProviders(adyen, options).find('adyen');
    expect(account).toMatchObject({ name: 'Adyen', webhookAnswer: '[accepted]' });
  });

  it('is off without a key, and says so', () => {
    expect(createProviders({}, options).off()).toContainEqual({
      code: 'adyen',
      reason: 'ADYEN_API_KEY is not set',
    });
  });

  it.each([
    ['ADYEN_API_KEY', { ...adyen, ADYEN_API_KEY: 'two words' }],
    ['ADYEN_API_KEY', { ...adyen, ADYEN_API_KEY: 'a\r\nx-injected: 1' }],
    ['ADYEN_MERCHANT_ACCOUNT', { ...adyen, ADYEN_MERCHANT_ACCOUNT: undefined }],
    ['ADYEN_MERCHANT_ACCOUNT', { ...adyen, ADYEN_MERCHANT_ACCOUNT: 'a:b' }],
    ['ADYEN_HMAC_KEY', { ...adyen, ADYEN_HMAC_KEY: undefined }],
    ['ADYEN_HMAC_KEY', { ...adyen, ADYEN_HMAC_KEY: 'abc' }],
    ['ADYEN_HMAC_KEY', { ...adyen, ADYEN_HMAC_KEY: adyen.ADYEN_HMAC_KEY.replace('4', 'g') }],
    ['ADYEN_API_URL', { ...adyen, ADYEN_API_URL: 'checkout-test.adyen.com' }],
    ['ADYEN_API_URL', { ...adyen, ADYEN_API_URL: 'https://checkout-test.adyen.com/v72' }],
    ['ADYEN_API_URL', { ...adyen, ADYEN_API_URL: 'http://checkout-test.adyen.com' }],
    ['ADYEN_API_URL', { ...adyen, ADYEN_API_URL: 'http://a-checkout-live.adyenpayments.com' }],
  ])('stops the start when %s is wrong', (variable, environment) => {
    expect(() => createProviders(environment, options)).toThrow(
      expect.objectContaining({
        kind: 'misconfigured',
        message: expect.stringContaining(variable) as string,
      }),
    );
  });

  it('never repeats a secret in its errors', () => {
    const environment = { ...adyen, ADYEN_API_KEY: 'MARKED SECRET', ADYEN_HMAC_KEY: 'MARKED' };
    expect(() => createProviders(environment, options)).toThrow(/^(?!.*MARKED)/);
  });

  it.each([
    ['shopper-1/8415736798312345', true],
    ['sandbox/visa', true],
    ['ab/visa', false],
    ['visa', false],
    ['sandbox/visa/more', false],
    ['pm_card_visa', false],
    ['8kk8451t', false],
    ['sandbox-paypal-visa', false],
    ['shopper 1/visa', false],
  ])('has tokens of a shopper and a stored card: %s is one: %s', (token, isOurs) => {
    expect(adyenDefinition.ownsToken?.(token)).toBe(isOurs);
  });
});
