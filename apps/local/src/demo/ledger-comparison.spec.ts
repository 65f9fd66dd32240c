import { differenceOf, ledgerLines, type LedgerCharge, type Wanted } from './ledger-comparison.js';

const wanted: Wanted = {
  ...{ title: 'card', id: 'tx1', provider: 'stripe', method: 'card' },
  ...{ amount: '100.00', currency: 'USD', charges: 1, returned: ['30.00', '70.00'] },
};
const charge: LedgerCharge = {
  ...{ provider: 'stripe', status: 'succeeded' },
  ...{ amount: 10_000, currency: 'USD', refunded: 10_000 },
};
const refused = { ...charge, provider: 'adyen', status: 'failed', refunded: 0 };

describe('a payment of the demo beside the ledger', () => {
  it('is right when its provider took its sum once and gave the refunds back', () => {
    expect(differenceOf({ wanted, charges: [refused, charge] })).toBeUndefined();
    expect(differenceOf({ wanted: { ...wanted, charges: 0 }, charges: [refused] })).toBeUndefined();
  });

  it.each<[string, LedgerCharge[]]>([
    ['was never charged', []],
    ['was charged twice', [charge, charge]],
    ['was charged another sum', [{ ...charge, amount: 9_999 }]],
    ['was charged in another currency', [{ ...charge, currency: 'EUR' }]],
    ['was charged by another provider', [{ ...charge, provider: 'paypal' }]],
    ['was given back less', [{ ...charge, refunded: 3_000 }]],
    ['may still be charged', [{ ...charge, status: 'pending' }]],
    ['may be charged once more', [charge, { ...charge, status: 'pending', refunded: 0 }]],
  ])('is wrong when it %s', (_name, charges) => {
    expect(differenceOf({ wanted, charges })).toContain(
      ', not stripe succeeded 100.00 USD, 100.00 back (tx1)',
    );
  });

  it('is wrong when money moved that had to stay', () => {
    const never = { ...wanted, charges: 0 as const };
    expect(differenceOf({ wanted: never, charges: [charge] })).toBe(
      'card: stripe succeeded 100.00 USD, 100.00 back, not nothing (tx1)',
    );
  });

  it('is summed up by provider and method, each currency for itself', () => {
    const euros = { ...charge, amount: 2_505, currency: 'EUR', refunded: 0 };
    const lines = ledgerLines([
      { wanted, charges: [charge] },
      { wanted, charges: [euros] },
      { wanted, charges: [refused] },
      { wanted: { ...wanted, provider: 'manual', method: 'bank_transfer' }, charges: [] },
    ]);
    expect(lines).toEqual([
      'manual  bank transfer  0 of 1 charged',
      'stripe  card           2 of 3 charged   100.00 USD, 100.00 back; 25.05 EUR',
    ]);
  });
});
