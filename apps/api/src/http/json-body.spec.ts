import { checkCallerText } from './caller-text.js';
import { parseJson } from './json-body.js';

const parse = (text: string) => parseJson(text, checkCallerText);

describe('a JSON body', () => {
  it('is read as it is, emoji included', () => {
    expect(parse('{"a":["x",1,null],"b":{"c":"\\ud83d\\ude00"}}')).toEqual({
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
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'malformed_request' }) as Error,
    );
  });

  it.each([
    '{"a":[{"note":"4242 4242 4242 4242"}]}',
    '{"4242424242424242":"x"}',
    '"4242424242424242"',
  ])('is refused with a card number, as in %s', (text) => {
    const refused = expect.objectContaining({ code: 'card_data_not_allowed' }) as Error;
    expect(() => parse(text)).toThrow(refused);
  });
});
