import { checkHead } from './caller-text.js';
import { parseQuery } from './query-string.js';

describe('a query', () => {
  it('is read with its members, lists and escapes', () => {
    expect(parseQuery('status=failed&metadata[cart]=c-77&metadata%5Bshop%5D=a%26b+c')).toEqual({
      status: 'failed',
      metadata: { cart: 'c-77', shop: 'a&b c' },
    });
    expect(parseQuery('limit=1&limit=2&limit=3&metadata[a]=1&metadata[a]=2')).toEqual({
      limit: ['1', '2', '3'],
      metadata: { a: ['1', '2'] },
    });
    expect(parseQuery('')).toEqual({});
  });

  it('takes every key of metadata, brackets, quotes and emoji included', () => {
    const keys = ['a.b', 'a][b', '', '[]', `'; --`, '"', '😀', 'a=b', 'new\nline'];
    for (const key of keys) {
      const text = `${encodeURIComponent(`metadata[${key}]`)}=x`;
      expect(parseQuery(text)).toEqual({ metadata: { [key]: 'x' } });
    }
  });

  it('keeps what looks like a member and is none by its whole name', () => {
    expect(parseQuery('metadata[a=1&[b]=2&c]=3')).toEqual({
      'metadata[a': '1',
      '[b]': '2',
      'c]': '3',
    });
  });

  it.each(['__proto__=1', '__proto__[a]=1', 'metadata[__proto__]=1', 'metadata[constructor]=1'])(
    'with %s changes no prototype, and is refused',
    (text) => {
      parseQuery(text);
      expect(({} as Record<string, unknown>)['a']).toBeUndefined();
      expect(Object.getPrototypeOf(parseQuery(text))).toBe(Object.prototype);
      expect(() => checkHead({ url: `/v1/transactions?${text}`, headers: {} })).toThrow(
        expect.objectContaining({ code: 'malformed_request' }) as Error,
      );
    },
  );
});
