import {
  legalTransitions,
  outbox,
  sequences,
  statusEvents,
} from './history-invariants.statements.js';
import {
  overdueWork,
  providerIds,
  refundTotals,
  successfulCharges,
} from './payment-invariants.statements.js';
import {
  oneOwner,
  partitions,
  readableWrites,
  storedAnswers,
} from './record-invariants.statements.js';

/** What must hold at every moment, whatever happens to processes, providers and connections. */
export const invariants = {
  I1: { says: 'Every acknowledged write is readable', text: readableWrites },
  I2: { says: 'A completed payment was taken once, any other never', text: successfulCharges },
  I3: { says: 'Reserved refunds add up, and stay within the payment', text: refundTotals },
  I4: { says: 'Every status change has exactly one event', text: statusEvents },
  I5: { says: 'The history holds legal changes only', text: legalTransitions },
  I6: { says: 'Nothing is in flight for longer than its schedule', text: overdueWork },
  I7: { says: 'Every event that a partner subscribes to is in the outbox', text: outbox },
  I8: { says: 'Every row belongs to the partner of its parent', text: oneOwner },
  I9: { says: 'Every stored answer is unchanged', text: storedAnswers },
  I10: { says: 'Every completed payment has an id at its provider', text: providerIds },
  I11: { says: 'The events of a payment are numbered without a gap', text: sequences },
  I12: { says: 'Partitions reach into the next month, none overflowed', text: partitions },
} as const;

export type InvariantName = keyof typeof invariants;
export const invariantNames = Object.keys(invariants) as InvariantName[];
