import * as fc from 'fast-check';
import type pg from 'pg';
import {
  refundStatuses,
  refundTransitions,
} from '../../apps/api/src/modules/refunds/refund.machine.js';
import {
  transactionStatuses,
  transitions,
} from '../../apps/api/src/modules/transactions/transaction.machine.js';
import { sizes } from '../support/sizes.js';
import { paidMinor, PaymentModel } from './support/payment-model.js';
import { PaymentRow } from './support/payment-moves.js';
import { createPartner, createPayment } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';

const oneHourMs = 3_600_000;

const actor = fc.constantFrom(
  ...['partner', 'operator:ada', 'system', 'provider:stripe', 'provider:adyen', 'provider:manual'],
);
/** A number that picks one of the moves that the tables list; without it the move is any. */
const lawful = fc.option(fc.nat({ max: 999 }), { freq: 3 });
/** Which of the other statuses an unlawful move goes to. */
const other = fc.nat({ max: 9 });
const anyMove = { lawful, other, actor, evidence: fc.boolean() };
const certainties = ['never_sent', 'sent_unconfirmed', 'confirmed'] as const;

const paymentMove = fc.record({
  kind: fc.constant('move' as const),
  ...anyMove,
  withAttempts: fc.boolean(),
});
const refundRequest = fc.record({
  kind: fc.constant('request' as const),
  lawful,
  actor,
  status: fc.constantFrom(...refundStatuses),
  amountMinor: fc.oneof(fc.integer({ min: 1, max: paidMinor * 1.2 }), {
    weight: 3,
    arbitrary: fc.constantFrom(paidMinor / 2, paidMinor),
  }),
});
const refundMove = fc.record({
  kind: fc.constant('moveRefund' as const),
  ...anyMove,
  index: fc.nat(),
  certainty: fc.constantFrom(...certainties),
});
const commands = fc.array(fc.oneof(paymentMove, refundRequest, refundMove), {
  ...{ minLength: 1, maxLength: 40, size: 'max' },
});
type PaymentCommand = typeof paymentMove extends fc.Arbitrary<infer T> ? T : never;
type RequestCommand = typeof refundRequest extends fc.Arbitrary<infer T> ? T : never;
type RefundCommand = typeof refundMove extends fc.Arbitrary<infer T> ? T : never;

interface Choice {
  lawful: number | null;
  other: number;
  actor: string;
}
interface Choices<Status> {
  from: Status;
  provider: string;
  table: readonly { from: Status; to: Status; by: readonly string[] }[];
  statuses: readonly Status[];
}

/** One of the moves that a table lists from here, by the actor that it lists; or any by anybody. */
function choose<Status extends string, Chosen extends Choice>(
  command: Chosen,
  { from, provider, table, statuses }: Choices<Status>,
) {
  const rows = table.filter((row) => row.from === from);
  const moves = rows.flatMap(({ to, by }) => by.map((one) => ({ to, by: one })));
  if (command.lawful === null || moves.length === 0) {
    const others = statuses.filter((status) => status !== from);
    return { ...command, to: others[command.other % others.length] };
  }
  const { to, by } = moves[command.lawful % moves.length];
  const names: Record<string, string> = {
    operator: 'operator:ada',
    provider: `provider:${provider}`,
  };
  const certainty = by === 'system' ? ('never_sent' as const) : ('confirmed' as const);
  return { ...command, to, actor: names[by] ?? by, evidence: true, withAttempts: true, certainty };
}

/** What the model foretells, and what PostgreSQL says. */
type Step = [expected: string, outcome: string];
type Command = PaymentCommand | RequestCommand | RefundCommand;
interface Both {
  model: PaymentModel;
  row: PaymentRow;
}

async function takeMove(command: PaymentCommand, { model, row }: Both): Promise<Step> {
  const { provider, status: from } = model;
  const choices = { from, provider, table: transitions, statuses: transactionStatuses };
  const move = choose(command, choices);
  return [model.move(move), await row.move(move)];
}

async function takeRequest(command: RequestCommand, { model, row }: Both): Promise<Step> {
  const isLawful = command.lawful !== null;
  const request = isLawful ? { ...command, actor: 'partner', status: 'pending' as const } : command;
  return [model.request(request), await row.request(request)];
}

async function takeRefundMove(command: RefundCommand, { model, row }: Both): Promise<Step> {
  const index = command.index % model.refunds.length;
  const from = model.refunds[index].status;
  const choices = {
    from,
    provider: model.provider,
    table: refundTransitions,
    statuses: refundStatuses,
  };
  const move = choose(command, choices);
  return [model.moveRefund(index, move), await row.moveRefund(index, move)];
}

/** A refund that is not there yet is asked for before it is moved. */
function take(command: Command, both: Both): Promise<Step> {
  if (command.kind === 'move') return takeMove(command, both);
  if (command.kind === 'request') return takeRequest(command, both);
  if (both.model.refunds.length > 0) return takeRefundMove(command, both);
  return takeRequest({ ...command, kind: 'request', status: 'pending', amountMinor: 5000 }, both);
}

describe('random moves of a payment and its refunds by every actor', () => {
  let database: ScratchDatabase;
  let client: pg.Client;
  let partner: string;
  const outcomes = { accepted: 0, refused: 0 };

  beforeAll(async () => {
    database = await startScratchDatabase();
    client = await database.connect();
    partner = await createPartner(client);
  });
  afterAll(() => database?.stop());

  const property = fc.asyncProperty(
    fc.constantFrom('stripe' as const, 'manual' as const),
    fc.constantFrom('pending' as const, 'processing' as const, 'completed' as const),
    commands,
    async (provider, status, list) => {
      const model = new PaymentModel(provider, status);
      const id = await createPayment(client, partner, { provider, status });
      const row = new PaymentRow(client, id);
      for (const command of list) {
        const from = model.status;
        const [expected, outcome] = await take(command, { model, row });
        expect({ command, from, outcome }).toEqual({ command, from, outcome: expected });
        outcomes[outcome === 'accepted' ? 'accepted' : 'refused'] += 1;
      }
      expect(await row.read()).toEqual({
        status: model.status,
        reservedMinor: model.reservedMinor,
        refundedMinor: model.refundedMinor,
        refunds: model.refunds.map((refund) => refund.status),
        history: model.history,
        gapless: true,
      });
    },
  );

  it(
    'go as the tables of the code say, and leave sums and events that agree',
    async () => {
      await fc.assert(property, { numRuns: sizes.propertyHistories });
      expect(outcomes.accepted).toBeGreaterThan(sizes.propertyHistories);
      expect(outcomes.refused).toBeGreaterThan(sizes.propertyHistories);
    },
    oneHourMs,
  );

  it.each([
    ['may_move_transaction', "'processing>failed' THEN told", "'processing>failed' THEN true"],
    ['may_move_transaction', "'failed>completed' THEN told", "'failed>completed' THEN false"],
    ['may_move_refund', "'>pending' THEN asked", "'>pending' THEN true"],
    [
      'may_move_refund',
      "'pending>completed' THEN told OR by_hand",
      "'pending>completed' THEN told",
    ],
    ['validate_refund_amount', 'refundable THEN', 'refundable + 1 THEN'],
    ['roll_up_refunds', 'reserved_delta + absorbed.reserved', 'reserved_delta'],
  ])('would show a database that in %s has not %s but %s', async (name, ours, theirs) => {
    const { rows } = await client.query<{ sql: string }>(
      'SELECT pg_get_functiondef($1::regproc) AS sql',
      [name],
    );
    const [{ sql }] = rows;
    await client.query(sql.replace(ours, theirs));
    const { failed } = await fc.check(property, { numRuns: 1000, endOnFailure: true });
    await client.query(sql);
    expect(failed).toBe(true);
  });
});
