import { parseArgs } from 'node:util';
import type { Config } from '../../config.js';
import { Vault } from '../../platform/vault.service.js';
import { failuresOf, progressOn, reportOf } from './key-rotation-report.js';
import { KeyRotationRepository } from './key-rotation.repository.js';
import { KeyRotation } from './key-rotation.service.js';
import { asOperations, type Command, CommandError } from './operator.command.js';
import { OperationsDatabase } from './operations-database.service.js';

const maxBatch = 10_000;

export const keyCommands: readonly Command[] = [
  {
    words: 'keys rotate',
    parameters: '[--dry-run] [--batch <rows>]',
    about: 'Brings all encrypted data under the first keys.',
    run: rotate,
  },
];

async function rotate(config: Config, parameters: string[]): Promise<object[]> {
  const { dryRun, batch } = readOptions(parameters);
  return asOperations(config, async (dataSource) => {
    const rows = new KeyRotationRepository(new OperationsDatabase(dataSource));
    const progress = progressOn(process.stderr);
    const rotation = new KeyRotation(rows, new Vault(config), batch, progress);
    if (!dryRun) await rotation.reseal();
    await rotation.survey();
    if (!dryRun) await rows.audit(summaryOf(rotation, config));
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    for (const line of reportOf(rotation)) process.stdout.write(`${line}\n`);
    for (const line of failuresOf(rotation)) process.stderr.write(`${line}\n`);
    refuseRest(rotation, dryRun);
    return [];
  });
}

function readOptions(parameters: string[]): { dryRun: boolean; batch: number } {
  const { values } = parseArgs({
    args: parameters,
    options: {
      'dry-run': { type: 'boolean', default: false },
      batch: { type: 'string', default: '500' },
    },
  });
  const batch = /^\d{1,5}$/.test(values.batch) ? Number(values.batch) : 0;
  if (batch < 1 || batch > maxBatch) {
    throw new CommandError(`--batch takes a whole number from 1 to ${maxBatch}.`);
  }
  return { dryRun: values['dry-run'], batch };
}

/** For the audit log: key ids and counts. */
function summaryOf(rotation: KeyRotation, config: Config): object {
  return {
    encryption_key: config.ENCRYPTION_KEYS.keys().next().value,
    hash_key: config.HASH_KEYS.keys().next().value,
    columns: Object.fromEntries(
      [...rotation.columns].map(([column, { resealed, left }]) => [column, { resealed, left }]),
    ),
  };
}

function refuseRest({ failures, left }: KeyRotation, dryRun: boolean): void {
  if (failures.length > 0) {
    throw new CommandError(`${failures.length} values can't be opened and stay as they are.`);
  }
  if (!dryRun && left > 0) {
    throw new CommandError(
      `${left} values came under an older key meanwhile: give every process the same first key and run this again.`,
    );
  }
}
