import { randomBytes, randomUUID } from 'node:crypto';
import { ReturnLinks } from './return-links.service.js';

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const [partnerId, transactionId] = [randomUUID(), randomUUID()];
const PUBLIC_URL = 'https://pay.example/';

function linksWith(...keys: Buffer[]): ReturnLinks {
  const HASH_KEYS = new Map(keys.map((key, index) => [`k${index}`, key]));
  return new ReturnLinks({ HASH_KEYS, PUBLIC_URL });
}

function tokenOf(links: ReturnLinks): string {
  return links.linkTo(partnerId, transactionId)?.split('/').at(-1) ?? '';
}

describe('a link that a payer comes back by', () => {
  const links = linksWith(oldKey);

  it('names the payment and its partner, the same way every time', () => {
    const link = links.linkTo(partnerId, transactionId);
    expect(link).toMatch(/^https:\/\/pay\.example\/return\/[\w-]{86}$/);
    expect(links.linkTo(partnerId, transactionId)).toBe(link);
    expect(links.read(tokenOf(links))).toEqual({ partnerId, transactionId });
  });

  it('is read as long as its key is in the keyring', () => {
    expect(linksWith(newKey, oldKey).read(tokenOf(links))).toEqual({ partnerId, transactionId });
    expect(linksWith(newKey).read(tokenOf(links))).toBeUndefined();
  });

  it('is nobody else’s to make: a changed byte anywhere is refused', () => {
    const bytes = Buffer.from(tokenOf(links), 'base64url');
    const changed = Array.from(bytes, (byte, at) => {
      const copy = Buffer.from(bytes);
      copy[at] = byte ^ 1;
      return copy.toString('base64url');
    });
    expect(changed).toHaveLength(64);
    const wrong = [...changed, '', 'x', tokenOf(links).slice(1), `${tokenOf(links)}A`];
    expect(wrong.filter((token) => links.read(token) !== undefined)).toEqual([]);
  });

  it('is not made where nobody knows our address', () => {
    const HASH_KEYS = new Map([['k1', oldKey]]);
    const unreachable = new ReturnLinks({ HASH_KEYS, PUBLIC_URL: undefined });
    expect(unreachable.linkTo(partnerId, transactionId)).toBeNull();
  });
});
