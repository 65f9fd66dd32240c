import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Config } from '../../config.js';
import type { Scope } from '../../http/request.js';
import { refuseWrongLogin } from '../../platform/login-check.js';
import { generateApiKey, hashApiKey, prefixOf } from '../partners/index.js';
import { OperationsDatabase, operationsOptions } from './operations-database.service.js';
import { OperatorKey } from './operator-key.entity.js';
import { OperatorKeysRepository } from './operator-keys.repository.js';

/** One command of the command line. What it answers is printed: text as it is, else a line of JSON. */
export interface Command {
  /** As it is typed, in front of its parameters. */
  words: string;
  parameters: string;
  about: string;
  run(config: Config, parameters: string[]): Promise<(object | string)[]>;
}

/** A command that was typed wrong or has nothing to work on. The message is for people. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

const allScopes: readonly Scope[] = ['read', 'write'];
const nameForm = /^[A-Za-z0-9._@-]{1,80}$/;

export const operatorCommands: readonly Command[] = [
  {
    words: 'operator create',
    parameters: '<name> [--scopes read,write]',
    about: 'Makes a key for an operator and shows it once.',
    run: createKey,
  },
  {
    words: 'operator list',
    parameters: '',
    about: 'Lists the keys of all operators, newest first.',
    run: (config) => withKeys(config, async (keys) => (await keys.list()).map(describe)),
  },
  {
    words: 'operator revoke',
    parameters: '<prefix>',
    about: 'Ends the key that begins with these 8 characters.',
    run: revokeKey,
  },
];

function createKey(config: Config, parameters: string[]): Promise<object[]> {
  const { values, positionals } = parseArgs({
    args: parameters,
    allowPositionals: true,
    options: { scopes: { type: 'string', default: allScopes.join(',') } },
  });
  const operator = onlyOne(positionals, 'name');
  if (!nameForm.test(operator)) {
    throw new CommandError(
      'An operator name is 1 to 80 letters, digits and the characters . _ @ - only.',
    );
  }
  const scopes = readScopes(values.scopes);
  const apiKey = generateApiKey();
  const hash = hashApiKey(apiKey, config.API_KEY_PEPPER);
  const key = { id: uuidv7(), operator, prefix: prefixOf(apiKey) ?? '', hash, scopes };
  return withKeys(config, async (keys) => {
    await keys.insert(key);
    return [{ name: operator, api_key: apiKey, scopes }];
  });
}

function revokeKey(config: Config, parameters: string[]): Promise<object[]> {
  const { positionals } = parseArgs({ args: parameters, allowPositionals: true });
  const prefix = onlyOne(positionals, 'prefix');
  return withKeys(config, async (keys) => {
    await keys.revoke(prefix);
    const key = await keys.find(prefix);
    if (!key) throw new CommandError(`There is no operator key that begins with ${prefix}.`);
    return [describe(key)];
  });
}

function onlyOne(positionals: string[], what: string): string {
  const [value] = positionals;
  if (value === undefined || positionals.length > 1) {
    throw new CommandError(`This command takes one ${what}.`);
  }
  return value;
}

function readScopes(text: string): Scope[] {
  const words = text.split(',');
  const scopes = allScopes.filter((scope) => words.includes(scope));
  if (scopes.length === new Set(words).size) return scopes;
  throw new CommandError('--scopes takes read, write or read,write.');
}

function describe(key: OperatorKey): object {
  return {
    prefix: key.prefix,
    name: key.operator,
    scopes: key.scopes,
    created_at: key.createdAt,
    last_used_at: key.lastUsedAt,
    expires_at: key.expiresAt,
    revoked_at: key.revokedAt,
  };
}

function withKeys<T>(
  config: Config,
  work: (keys: OperatorKeysRepository) => Promise<T>,
): Promise<T> {
  return asOperations(config, (dataSource) => {
    const rows = dataSource.getRepository(OperatorKey);
    return work(new OperatorKeysRepository(rows, new OperationsDatabase(dataSource)));
  });
}

/** Runs the work with the database login of internal teams. */
export async function asOperations<T>(
  config: Config,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const dataSource = new DataSource(operationsOptions(config));
  await dataSource.initialize().catch((error: Error & { code?: string }) => {
    throw new CommandError(`The database can't be used: ${error.message || error.code}.`);
  });
  try {
    await refuseWrongLogin(dataSource, 'operations');
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
