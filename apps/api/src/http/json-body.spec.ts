import { parseJson } from './json-body.js';

const parse = (json: string | Buffer) => parseJson(Buffer.from(json));
const refusedAs = (code: string, detail: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(detail) as string }) as Error;

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
    ['10,000 levels', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    [
      '10,000 levels that a later name hides',
      `{"a":${'{"a":'.repeat(1e4)}1${'}'.repeat(1e4)},"a":1}`,
    ],
  ])('is refused with %s', (_name, text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'malformed_request' }) as Error,
    );
  });

  it.each([
    '{"a":[{"note":"4242 4242 4242 4242"}]}',
    '{"4242424242424242":"x"}',
    '{"a":{"4242424242424242":{"b":1,"b":2}},"a":1}',
    '{"screen":4242424242424242}',
  ])('is refused with a card number, as in %s', (text) => {
    const refused = expect.objectContaining({ code: 'card_data_not_allowed' }) as Error;
    expect(() => parse(text)).toThrow(refused);
  });

  it('is told where the card number stands, without the number', () => {
    const named = [
      ['{"a":[{"note":"4242 4242 4242 4242"}]}', 'a.note'],
      ['{"metadata":{"order":{"screen":4242424242424242}}}', 'metadata.order.screen'],
      ['{"metadata":{"4242424242424242":"x"}}', 'A name in the body'],
    ] as const;
    for (const [text, param] of named) {
      expect(() => parse(text)).toThrow(refusedAs('card_data_not_allowed', `Found in: ${param}.`));
    }
  });

  it.each([
    ['null', 'null'],
    ['an array', '[]'],
    ['a text', '"x"'],
    ['a number', '1'],
    ['a literal', 'true'],
  ])('is an object, not %s', (_name, text) => {
    expect(() => parse(text)).toThrow(refusedAs('malformed_request', 'must be a JSON object'));
  });

  it.each([
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'UTF-8'],
    ['a text of another encoding', Buffer.from('{"name":"Zoë"}', 'latin1'), 'UTF-8'],
    ['a surrogate in UTF-8', Buffer.from('{"a":"\xed\xa0\x80"}', 'latin1'), 'UTF-8'],
    ['a byte order mark', '\ufeff{}', 'byte order mark'],
    ['a number that no parser keeps', '{"a":9007199254740993}', 'too large'],
  ])('is refused with %s', (_name, json, detail) => {
    expect(() => parse(json)).toThrow(refusedAs('malformed_request', detail));
  });
});

describe('a name that is given twice', () => {
  it.each([
    ['{"amount":"1","amount":"2"}', 'amount'],
    ['{"amount":"1","b":{"c":":{,"},"amount":"1"}', 'amount'],
    ['{"amount":"1","\\u0061mount":"2"}', 'amount'],
    ['{"metadata":{"order":"\\"}","x":"\\\\","order":"2"}}', 'metadata.order'],
    ['{"a":[{"b":1},{"b":2,"c":{"d":1,"d":2}}]}', 'a.c.d'],
    ['{ "a" : { "b" : 1 } , "a" : 1 }', 'a'],
    ['{"":1,"":2}', ''],
    ['{"ü:":1,"ü:":2}', 'ü:'],
    ['{"1":{},"1":{}}', '1'],
  ])('is named, as in %s', (text, name) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'malformed_request',
        details: expect.objectContaining({
          errors: [expect.objectContaining({ param: name, code: 'duplicate_name' })],
        }) as object,
      }) as Error,
    );
  });

  it('is told from names that stand in several objects, and from colons in texts', () => {
    const text = '{"a":{"b":":","c":"\\":"},"b":[{"a":1},{"a":2}],"\\"b":"a\\\\","::":{}}';
    expect(parse(text)).toEqual(JSON.parse(text));
  });
});
