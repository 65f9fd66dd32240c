import { comparable, fingerprints, mismatchedFields } from './claim.js';

const [oldKey, newKey] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const request = { amount: '10.50', metadata: { a: '1', b: '2' } };
const [under] = fingerprints(new Map([['old', oldKey]]), request);

function during(body: object) {
  const both = new Map([
    ['new', newKey],
    ['old', oldKey],
  ]);
  return fingerprints(both, { ...body });
}

describe('the fingerprint of a request', () => {
  it('is made under every key, the one in use first, with its id in front', () => {
    const ids = during(request).map(({ fields }) => fields['amount']?.split('.')[0]);
    expect(ids).toEqual(['new', 'old']);
  });

  it('is compared under the key that the first request was stored with', () => {
    const stored = under?.fields ?? {};
    expect(comparable(stored, during(request))).toEqual(under);
    const changed = comparable(stored, during({ ...request, amount: '11.00' }));
    expect(changed?.fingerprint).not.toBe(under?.fingerprint);
    expect(mismatchedFields(stored, changed?.fields ?? {})).toEqual(['amount']);
  });

  it('has nothing to be compared with when that key is gone', () => {
    const stored = under?.fields ?? {};
    expect(comparable(stored, fingerprints(new Map([['new', newKey]]), request))).toBeUndefined();
  });

  it('of a request without fields is the same under every key', () => {
    const [stored] = fingerprints(new Map([['gone', oldKey]]), {});
    const own = comparable(stored?.fields ?? {}, fingerprints(new Map([['new', newKey]]), {}));
    expect(own?.fingerprint).toBe(stored?.fingerprint);
  });
});
