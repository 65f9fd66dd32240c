import { type Evidence, judge } from './verdict.js';

const second = 1_000;

/** A payment each 100 ms for 12 s, but for the gap after the leader was killed. */
function evidence(change: Partial<Evidence> = {}, gapMs = 0): Evidence {
  const ids = Array.from({ length: 120 }, (_, index) => `payment-${index}`);
  return {
    acknowledged: ids.map((id, index) => ({
      ...{ id, key: `key of ${id}`, status: 'completed' },
      atMs: index * 100 + (index > 60 ? gapMs : 0),
      tookMs: 50,
    })),
    failures: [],
    stored: ids.map((id) => ({ id, key: `key of ${id}`, status: 'completed' })),
    charges: ids.map((id) => ({ transaction_id: id, status: 'succeeded' })),
    disruptions: [{ name: 'leader killed', atMs: 6 * second }],
    endedAtMs: 12 * second + gapMs,
    brokenInvariants: null,
    ...change,
  };
}

const failed = (found: Evidence) =>
  judge(found)
    .filter(({ passed }) => !passed)
    .map(({ name }) => name);

describe('the verdict on a failover', () => {
  const whole = evidence();
  const [first, ...others] = whole.stored;
  const charge = { transaction_id: 'payment-0', status: 'succeeded' };

  it('is good when every payment is there, charged once, and the gap is short', () => {
    expect(failed(evidence({}, 29 * second))).toEqual([]);
  });

  it.each<[string, Partial<Evidence>, string]>([
    ['one acknowledged payment is gone', { stored: others, charges: others.map(asCharge) }, 'lost'],
    ['one has another key', { stored: [{ ...first, key: 'other' }, ...others] }, 'lost'],
    [
      'one is completed no longer',
      { stored: [{ ...first, status: 'processing' }, ...others] },
      'lost',
    ],
    ['one was charged twice', { charges: [...whole.charges, charge] }, 'charged twice'],
    ['one was not charged', { charges: whole.charges.slice(1) }, 'not charged'],
    [
      'a charge belongs to no payment',
      { charges: [...whole.charges, { transaction_id: null, status: 'succeeded' }] },
      'unknown',
    ],
    ['a call got no answer', { failures: ['it timed out'] }, 'answers'],
    ['an invariant is broken', { brokenInvariants: 'I3 does not hold' }, 'invariants'],
    ['hardly anybody paid', { acknowledged: whole.acknowledged.slice(0, 99) }, 'load'],
    [
      'nobody paid after the leader was killed',
      { acknowledged: whole.acknowledged.filter(({ atMs }) => atMs < 6 * second) },
      'leader killed',
    ],
  ])('is bad when %s', (_, change, name) => {
    expect(failed(evidence(change))).toContain(name);
  });

  it('is bad when nobody could pay for 30 s, and says for how long', () => {
    const found = judge(evidence({}, 31 * second)).find(({ passed }) => !passed);
    expect(found).toEqual({
      ...{ name: 'leader killed', passed: false },
      says: '31.1 s without a payment',
    });
  });

  it('looks at each disruption on its own', () => {
    const later = { name: 'switch-over', atMs: 9 * second };
    const two = evidence({ disruptions: [...whole.disruptions, later] });
    const silent = two.acknowledged.filter(({ atMs }) => atMs < 9 * second);
    expect(failed({ ...two, acknowledged: silent })).toContain('switch-over');
    expect(failed({ ...two, acknowledged: silent })).not.toContain('leader killed');
  });

  it('does not count a charge that failed as a second one', () => {
    const refused = { ...charge, status: 'failed' };
    expect(failed(evidence({ charges: [...whole.charges, refused] }))).toEqual([]);
  });
});

function asCharge({ id }: { id: string }) {
  return { transaction_id: id, status: 'succeeded' };
}
