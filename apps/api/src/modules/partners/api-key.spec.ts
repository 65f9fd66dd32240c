import { randomBytes } from 'node:crypto';
import { equalHashes, generateApiKey, hashApiKey, prefixOf } from './api-key.js';

describe('an API key', () => {
  it('has a random prefix that names it', () => {
    const keys = Array.from({ length: 200 }, generateApiKey);
    expect(keys.every((key) => /^[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$/.test(key))).toBe(true);
    expect(new Set(keys.map(prefixOf)).size).toBe(200);
  });

  it('is refused when one character is wrong', () => {
    const key = generateApiKey();
    for (const at of [0, 7, 9, 30, 57]) {
      const other = key[at] === 'a' ? 'b' : 'a';
      expect(prefixOf(key.slice(0, at) + other + key.slice(at + 1))).toBeUndefined();
    }
    expect(prefixOf(key)).toBe(key.slice(0, 8));
  });

  it('is stored as a hash that depends on the pepper', () => {
    const [key, pepper] = [generateApiKey(), randomBytes(32)];
    expect(hashApiKey(key, pepper)).toHaveLength(64);
    expect(equalHashes(hashApiKey(key, pepper), hashApiKey(key, pepper))).toBe(true);
    expect(equalHashes(hashApiKey(key, pepper), hashApiKey(key, randomBytes(32)))).toBe(false);
  });
});
