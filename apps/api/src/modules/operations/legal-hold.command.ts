import { parseArgs } from 'node:util';
import { validate as isUuid } from 'uuid';
import type { Config } from '../../config.js';
import { violatedConstraint } from '../../errors/database-errors.js';
import { LegalHold } from './legal-hold.entity.js';
import { type HoldSubject, LegalHoldsRepository } from './legal-holds.repository.js';
import { asOperations, type Command, CommandError } from './operator.command.js';
import { OperationsDatabase } from './operations-database.service.js';

const maxReason = 500;
const nameForm = /^[A-Za-z0-9._@-]{1,80}$/;

export const legalHoldCommands: readonly Command[] = [
  {
    words: 'legal-hold place',
    parameters: '(--partner <id> | --transaction <id>) --reason <text> --by <name>',
    about: 'Keeps records from every job of the life cycle.',
    run: place,
  },
  {
    words: 'legal-hold release',
    parameters: '<hold id> --by <name>',
    about: 'Ends a hold: the rules apply to its records again.',
    run: release,
  },
  {
    words: 'legal-hold list',
    parameters: '[--all]',
    about: 'Lists the holds, newest first; with --all the released ones, too.',
    run: list,
  },
];

function place(config: Config, parameters: string[]): Promise<object[]> {
  const { values } = parseArgs({
    args: parameters,
    options: {
      ...{ partner: { type: 'string' }, transaction: { type: 'string' } },
      ...{ reason: { type: 'string', default: '' }, by: { type: 'string', default: '' } },
    },
  });
  const subject = subjectOf(values.partner, values.transaction);
  const reason = values.reason.trim();
  if (reason === '' || reason.length > maxReason) {
    throw new CommandError(`--reason takes 1 to ${maxReason} characters.`);
  }
  const by = nameOf(values.by);
  return withHolds(config, async (holds) => {
    const id = await holds.place(subject, reason, by).catch(translate);
    if (!id) throw new CommandError('There is no such partner or transaction.');
    return describe(await holds.find(id));
  });
}

function release(config: Config, parameters: string[]): Promise<object[]> {
  const { values, positionals } = parseArgs({
    ...{ args: parameters, allowPositionals: true },
    options: { by: { type: 'string', default: '' } },
  });
  const [id = ''] = positionals;
  if (positionals.length !== 1 || !isUuid(id)) throw new CommandError('Which hold? Give its id.');
  const by = nameOf(values.by);
  return withHolds(config, async (holds) => {
    if (!(await holds.release(id, by))) {
      throw new CommandError('There is no such hold, or it was released before.');
    }
    return describe(await holds.find(id));
  });
}

function list(config: Config, parameters: string[]): Promise<object[]> {
  const options = { all: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ args: parameters, options });
  return withHolds(config, async (holds) => {
    const rows = await holds.list();
    return rows.filter(({ releasedAt }) => values.all || !releasedAt).flatMap(describe);
  });
}

function subjectOf(partner?: string, transaction?: string): HoldSubject {
  const id = partner ?? transaction;
  if ((partner === undefined) === (transaction === undefined) || !isUuid(id)) {
    throw new CommandError('Give the id of one --partner or of one --transaction.');
  }
  return partner === undefined ? { transaction: String(id) } : { partner };
}

function nameOf(by: string): string {
  if (nameForm.test(by)) return by;
  throw new CommandError('--by takes your name: 1 to 80 letters, digits and . _ @ - only.');
}

function translate(error: unknown): never {
  if (violatedConstraint(error) !== 'unique_legal_holds_open') throw error;
  throw new CommandError('It is held already.');
}

function describe(hold: LegalHold | null): object[] {
  if (!hold) return [];
  return [
    {
      ...{ id: hold.id, partner_id: hold.partnerId, transaction_id: hold.transactionId },
      ...{ reason: hold.reason, placed_by: hold.placedBy, placed_at: hold.placedAt },
      ...{ released_by: hold.releasedBy, released_at: hold.releasedAt },
    },
  ];
}

function withHolds<T>(
  config: Config,
  work: (holds: LegalHoldsRepository) => Promise<T>,
): Promise<T> {
  return asOperations(config, (dataSource) => {
    const rows = dataSource.getRepository(LegalHold);
    return work(new LegalHoldsRepository(rows, new OperationsDatabase(dataSource)));
  });
}
