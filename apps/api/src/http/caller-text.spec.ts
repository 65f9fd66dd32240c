import { checkCallerText, checkQuery } from './caller-text.js';

describe('a query', () => {
  it.each([
    ['NUL', '/v1/refunds?status=%00', 'malformed_request'],
    ['a card number', '/v1/transactions?reference=4242+4242%204242-4242', 'card_data_not_allowed'],
    ['a card number for a name', '/v1/transactions?4242424242424242=1', 'card_data_not_allowed'],
  ])('is refused with %s', (_what, url, code) => {
    const refused = expect.objectContaining({ code }) as Error;
    expect(() => checkQuery(url)).toThrow(refused);
  });

  it('is taken as it is otherwise', () => {
    expect(() => checkQuery('/v1/transactions')).not.toThrow();
    expect(() => checkQuery('/v1/transactions?limit=4242&cursor=%ff%')).not.toThrow();
  });
});

describe('a text', () => {
  it('of up to 10,000 characters is looked at, and a longer one is refused at once', () => {
    expect(() => checkCallerText('1 '.repeat(5_000))).not.toThrow();
    const refused = expect.objectContaining({ code: 'validation_failed' }) as Error;
    expect(() => checkCallerText('x'.repeat(10_001))).toThrow(refused);
  });
});
