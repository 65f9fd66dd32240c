import { checkCallerText, checkHead } from './caller-text.js';

const number = '4242 4242 4242 4242';

describe('the head of a request', () => {
  it.each([
    ['NUL', '/v1/refunds?status=%00', 'malformed_request'],
    ['a card number', '/v1/transactions?reference=4242+4242%204242-4242', 'card_data_not_allowed'],
    ['a card number for a name', '/v1/transactions?4242424242424242=1', 'card_data_not_allowed'],
    ['a card number in the path', '/v1/refunds/4242%204242%204242%204242', 'card_data_not_allowed'],
  ])('is refused with %s', (_what, url, code) => {
    const refused = expect.objectContaining({ code }) as Error;
    expect(() => checkHead({ url, headers: {} })).toThrow(refused);
  });

  it.each(['/v1/partner', '/admin/v1/partners?limit=1'])(
    'is refused with a card number for the User-Agent, at %s',
    (url) => {
      const refused = expect.objectContaining({ code: 'card_data_not_allowed' }) as Error;
      expect(() => checkHead({ url, headers: { 'user-agent': number } })).toThrow(refused);
    },
  );

  it.each(['/return/token', '/webhooks/stripe', '/docs/v1/'])(
    'loses a User-Agent with a card number at %s, where no caller chooses it',
    (url) => {
      const headers = { 'user-agent': `Mozilla/5.0 ${number}`, accept: '*/*' };
      checkHead({ url, headers });
      expect(headers).toEqual({ accept: '*/*' });
    },
  );

  it('is taken as it is otherwise', () => {
    const headers = {
      'user-agent':
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.109 Safari/537.36',
    };
    const given = { ...headers };
    for (const url of [
      '/v1/transactions',
      '/v1/transactions?limit=4242&cursor=%ff%',
      '/v1/%ff%/42424242-4242-4424-8242-424242424242',
    ]) {
      expect(() => checkHead({ url, headers })).not.toThrow();
    }
    expect(headers).toEqual(given);
  });
});

describe('a text', () => {
  it('of up to 10,000 characters is looked at, and a longer one is refused at once', () => {
    expect(() => checkCallerText('1 '.repeat(5_000), 'reference')).not.toThrow();
    const refused = expect.objectContaining({ code: 'validation_failed' }) as Error;
    expect(() => checkCallerText('x'.repeat(10_001), 'reference')).toThrow(refused);
  });
});
