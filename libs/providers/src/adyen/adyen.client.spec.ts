import { AdyenClient } from './adyen.client.js';

describe("Adyen's client", () => {
  it.each([
    ['https://checkout-test.adyen.com', 'https://checkout-test.adyen.com/v72'],
    [
      'https://a1b2-shop-checkout-live.adyenpayments.com',
      'https://a1b2-shop-checkout-live.adyenpayments.com/checkout/v72',
    ],
    ['http://127.0.0.1:3100', 'https://checkout-test.adyen.com/v72'],
  ])('at %s has the paths of %s', async (address, baseUrl) => {
    const settings = { apiKey: 'key', merchantAccount: 'Shop', hmacKey: '' };
    const client = new AdyenClient({ ...settings, apiUrl: new URL(address) }, 1_000);
    const { payments, modifications } = await client.get();
    expect([payments, modifications]).toMatchObject([{ baseUrl }, { baseUrl }]);
  });
});
