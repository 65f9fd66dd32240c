import { keyIdOf, Vault } from './vault.service.js';

const [oldKey, newKey] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const vaultWith = (keys: [string, Buffer][]) => {
  return new Vault({ ENCRYPTION_KEYS: new Map(keys), HASH_KEYS: new Map(keys) });
};
const before = vaultWith([['old', oldKey]]);
const during = vaultWith([
  ['new', newKey],
  ['old', oldKey],
]);
const after = vaultWith([['new', newKey]]);
const place = 'transactions.customer_name:1';
const envelope = before.seal('Ada Lovelace', place);

describe('the vault', () => {
  it('opens what an older key sealed, as long as it has that key', () => {
    expect([during.open(envelope, place), during.isCurrent(envelope)]).toEqual([
      'Ada Lovelace',
      false,
    ]);
    expect(during.isCurrent(during.seal('Ada Lovelace', place))).toBe(true);
    expect(() => after.open(envelope, place)).toThrow('no encryption key with the id old');
  });

  it.each(['transactions.customer_name:2', 'transactions.customer_phone:1'] as const)(
    'does not open an envelope at %s that was sealed for another place',
    (elsewhere) => {
      expect(before.open(envelope, place)).toBe('Ada Lovelace');
      expect(() => before.open(envelope, elsewhere)).toThrow(/authenticate/);
    },
  );

  it('never repeats a text that was not sealed', () => {
    for (const text of ['ada@example.com', 'J. Plain', '{"fact":1.5}', 'plain']) {
      expect(keyIdOf(text)).toBeUndefined();
      expect(() => before.open(text, place)).toThrow(/^not an envelope$/);
    }
    expect(keyIdOf(envelope)).toBe('old');
  });

  it('finds an email under the hash of any key, however it is spelt', () => {
    const stored = before.hashEmail('Ada@Example.com');
    expect(during.emailHashes(' ada@example.COM ')).toEqual([
      during.hashEmail('ada@example.com'),
      stored,
    ]);
    expect([during.isCurrentHash(stored), before.isCurrentHash(stored)]).toEqual([false, true]);
  });
});
