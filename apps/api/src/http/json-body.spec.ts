import { parseJson, refuseCardData } from './json-body.js';

describe('a JSON body', () => {
  it('is read as it is, emoji included', () => {
    expect(parseJson('{"a":["x",1,null],"b":{"c":"\\ud83d\\ude00"}}')).toEqual({
      a: ['x', 1, null],
      b: { c: '😀' },
    });
  });

  it.each([
    ['broken JSON', '{"a":'],
    ['NUL', '{"a":"x\\u0000"}'],
    ['half of a surrogate pair', '{"a":["\\ud83d"]}'],
    ['half of a surrogate pair in a name', '{"\\udc00":1}'],
    ['a prototype', '{"a":{"__proto__":{"b":1}}}'],
    ['a constructor', '{"constructor":{"prototype":{}}}'],
    ['10,000 levels', '['.repeat(10_000) + ']'.repeat(10_000)],
  ])('is refused with %s', (_name, text) => {
    expect(() => parseJson(text)).toThrow(
      expect.objectContaining({ code: 'malformed_request' }) as Error,
    );
  });

  it('is refused with a card number, wherever it stands', () => {
    const refused = expect.objectContaining({ code: 'card_data_not_allowed' }) as Error;
    expect(() => refuseCardData({ a: [{ note: '4242 4242 4242 4242' }] })).toThrow(refused);
    expect(() => refuseCardData({ '4242424242424242': 'x' })).toThrow(refused);
    expect(() => refuseCardData({ reference: 'order-2041', amount: '10.50' })).not.toThrow();
  });
});
