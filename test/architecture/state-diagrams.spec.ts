import { refundTransitions } from '../../apps/api/src/modules/refunds/refund.machine.js';
import { transitions } from '../../apps/api/src/modules/transactions/transaction.machine.js';
import { storedDocument } from '../support/documents.js';
import { documentedMoves, replaceDiagram, stateDiagram } from '../support/state-diagram.js';

const path = 'docs/schema.md';
const machines = [
  { name: 'transactions', heading: 'transaction', moves: transitions },
  { name: 'refunds', heading: 'refund', moves: refundTransitions },
];

describe.each(machines)('the states of $name in docs/schema.md', ({ name, heading, moves }) => {
  const diagram = stateDiagram(name, moves);
  const stored = storedDocument(path, (text) => replaceDiagram(text, name, diagram));

  it('are drawn from the table of the code', () => {
    expect(stored).toContain(`${diagram}\n`);
  });

  it('are listed with the same moves by the same actors', () => {
    const listed = moves.flatMap(({ from, to, by }) =>
      by.map((actor) => `${from} > ${to} by ${actor}`),
    );
    expect(documentedMoves(stored, heading)).toEqual(listed.toSorted());
  });

  it('would show a move that the code has and the document has not', () => {
    const more = [...moves, { from: 'failed', to: 'pending', by: ['partner'] }];
    expect(stored).not.toContain(stateDiagram(name, more));
  });
});
