import type { Acknowledged } from './payers.js';

/** A payment as the database has it at the end. */
export interface StoredPayment {
  id: string;
  key: string;
  status: string;
}

/** A charge as the provider's ledger has it. */
export interface LedgerEntry {
  transaction_id: string | null;
  status: string;
}

/** Something that was done to the database under load. */
export interface Disruption {
  name: string;
  atMs: number;
}

export interface Evidence {
  acknowledged: readonly Acknowledged[];
  /** What calls ended with although they were repeated. */
  failures: readonly string[];
  stored: readonly StoredPayment[];
  charges: readonly LedgerEntry[];
  disruptions: readonly Disruption[];
  /** When nobody paid any more. */
  endedAtMs: number;
  /** Invariants that don't hold; `null` when all do. */
  brokenInvariants: string | null;
}

export interface Finding {
  name: string;
  passed: boolean;
  says: string;
}

/** A planned switch-over and a lost leader alike. */
const longestGapMs = 30_000;
/** With fewer payments than these, nothing is proven. */
const fewestPayments = 100;

/** What a test of the failover has shown, one finding for each promise. */
export function judge(evidence: Evidence): Finding[] {
  const { acknowledged, failures, charges, brokenInvariants } = evidence;
  const lost = lostOf(evidence);
  const wrong = wronglyChargedOf(evidence);
  const orphans = orphansOf(evidence);
  return [
    {
      name: 'load',
      passed: acknowledged.length >= fewestPayments,
      says: `${acknowledged.length} payments acknowledged, ${charges.length} charges`,
    },
    finding('answers', failures, 'calls without an answer, however often repeated'),
    finding('lost', lost, 'acknowledged payments lost'),
    finding('charged twice', wrong.twice, 'payments charged twice'),
    finding('not charged', wrong.never, 'completed payments that nobody was charged for'),
    finding('unknown', orphans, 'charges that no payment stands for'),
    ...gapsOf(evidence),
    {
      name: 'invariants',
      passed: brokenInvariants === null,
      says: brokenInvariants ?? 'all invariants hold',
    },
  ];
}

function finding(name: string, broken: readonly string[], what: string): Finding {
  const examples = broken.length > 0 ? `, as ${broken.slice(0, 3).join(', ')}` : '';
  return { name, passed: broken.length === 0, says: `${broken.length} ${what}${examples}` };
}

/** Gone, under another key, or completed no longer. */
function lostOf({ acknowledged, stored }: Evidence): string[] {
  const byId = new Map(stored.map((payment) => [payment.id, payment]));
  const isLost = ({ id, key, status }: Acknowledged) => {
    const found = byId.get(id);
    return found?.key !== key || (status === 'completed' && found.status !== 'completed');
  };
  return acknowledged.filter(isLost).map(({ id }) => id);
}

function wronglyChargedOf({ stored, charges }: Evidence) {
  const counts = new Map<string, number>();
  for (const { transaction_id: id, status } of charges) {
    if (id !== null && status !== 'failed') counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const completed = stored.filter(({ status }) => status === 'completed');
  return {
    twice: [...counts].filter(([, count]) => count > 1).map(([id]) => id),
    never: completed.filter(({ id }) => !counts.has(id)).map(({ id }) => id),
  };
}

function orphansOf({ stored, charges }: Evidence): string[] {
  const known = new Set(stored.map(({ id }) => id));
  return charges.map(({ transaction_id: id }) => id ?? 'none').filter((id) => !known.has(id));
}

/** The longest time without an acknowledged payment, from each disruption to the next. */
function gapsOf({ acknowledged, disruptions, endedAtMs }: Evidence): Finding[] {
  const times = acknowledged.map(({ atMs }) => atMs).sort((one, other) => one - other);
  return disruptions.map(({ name, atMs }, index) => {
    const untilMs = disruptions[index + 1]?.atMs ?? endedAtMs;
    const inside = times.filter((time) => time > atMs && time <= untilMs);
    const before = times.filter((time) => time <= atMs).at(-1) ?? atMs;
    const marks = [before, ...inside, untilMs];
    const gapMs = Math.max(...marks.slice(1).map((time, mark) => time - (marks[mark] ?? time)));
    const says = `${(gapMs / 1000).toFixed(1)} s without a payment`;
    return { name, passed: inside.length > 0 && gapMs < longestGapMs, says };
  });
}
