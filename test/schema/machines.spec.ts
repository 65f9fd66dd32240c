import pg from 'pg';
import {
  derivedPaymentMoves,
  legalPaymentMoves,
  legalRefundMoves,
} from '../../apps/api/src/modules/invariants/history-invariants.statements.js';
import {
  refundStatuses,
  refundTransitions,
} from '../../apps/api/src/modules/refunds/refund.machine.js';
import {
  transactionStatuses,
  transitions,
} from '../../apps/api/src/modules/transactions/transaction.machine.js';
import { startScratchDatabase, type ScratchDatabase } from './support/scratch-database.js';

/** Each class of actor, named in full, with the provider whose payments it may move. */
const actors = [
  ['partner', 'partner', 'stripe'],
  ['system', 'system', 'stripe'],
  ['provider', 'provider:stripe', 'stripe'],
  ['operator', 'operator:ann', 'manual'],
];

const moves = `
  SELECT f.status || ' > ' || t.status || ' by ' || a.class AS move
  FROM unnest($1::text[]) AS f(status)
  CROSS JOIN unnest($1::text[]) AS t(status)
  CROSS JOIN unnest($2::text[], $3::text[], $4::text[]) AS a(class, actor, provider)
  WHERE f.status <> t.status`;
const byTransactions = `${moves} AND may_move_transaction(f.status, t.status, a.actor, a.provider, 'evidence')`;
const byRefunds = `${moves} AND may_move_refund(f.status, t.status, a.actor, a.provider, 'evidence', 'never_sent')`;

describe('the state machines of the code and of the database', () => {
  let scratch: ScratchDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    scratch = await startScratchDatabase();
    client = new pg.Client(scratch.url);
    await client.connect();
  });

  afterAll(async () => {
    await client?.end();
    await scratch?.stop();
  });

  const allowed = async (sql: string, statuses: readonly string[]) => {
    const columns = [0, 1, 2].map((at) => actors.map((actor) => actor[at]));
    const { rows } = await client.query<{ move: string }>(sql, [statuses, ...columns]);
    return rows.map((row) => row.move).sort();
  };
  const listed = (table: readonly { from: string; to: string; by: readonly string[] }[]) =>
    table.flatMap(({ from, to, by }) => by.map((actor) => `${from} > ${to} by ${actor}`)).sort();

  it('allow the same moves of a transaction to the same actors', async () => {
    expect(await allowed(byTransactions, transactionStatuses)).toEqual(listed(transitions));
  });

  it('allow the same moves of a refund to the same actors', async () => {
    expect(await allowed(byRefunds, refundStatuses)).toEqual(listed(refundTransitions));
  });

  it('are what the invariant on the history looks for, first states included', async () => {
    const written = (list: string) =>
      [...list.matchAll(/'(\w*)>(\w+) by (\w+)'/g)]
        .map(([, from, to, actor]) => `${from} > ${to} by ${actor}`)
        .sort();
    const payments = await allowed(byTransactions, ['', ...transactionStatuses]);
    expect(written(legalPaymentMoves)).toEqual(payments);
    expect(written(legalRefundMoves)).toEqual(await allowed(byRefunds, ['', ...refundStatuses]));
    const derived = transitions.filter((each) => each.derived);
    expect(derivedPaymentMoves.match(/\w+>\w+/g)?.toSorted()).toEqual(
      derived.map(({ from, to }) => `${from}>${to}`).toSorted(),
    );
  });
});
