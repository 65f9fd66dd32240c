import { declaredVariables, type ProviderAccount } from '../../libs/providers/src/index.js';
import { generatedTable } from './generated-part.js';

const methods = ['card', 'bank_transfer', 'e_wallet', 'crypto'] as const;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The table of what providers declare, in Markdown. */
export function providersTable(accounts: readonly ProviderAccount[]): string {
  const columns = ['provider', 'switched on by', ...methods.map((method) => `\`${method}\``)];
  const rest = ['cancel', 'partial refund', 'look-up', 'remembers a key'];
  const head = [...columns, ...rest];
  const rows = accounts.map(({ code, name, capabilities }) => {
    const { operations, idempotencyKeyLifetimeMs: lifetimeMs } = capabilities;
    const { cancel, partialRefund, lookUp } = operations;
    const switchedOnBy = declaredVariables.find((declared) => declared.code === code)?.switchedOnBy;
    return [
      `[${name}](${code}.md)`,
      switchedOnBy ? `\`${switchedOnBy}\`` : 'always on',
      ...methods.map((method) => methodCell(capabilities.methods[method])),
      ...[cancel, partialRefund, lookUp].map((can) => (can ? 'yes' : 'no')),
      inWords(lifetimeMs),
    ];
  });
  return generatedTable('providers', head, rows);
}

function inWords(lifetimeMs: number | null): string {
  if (lifetimeMs === null) return 'for ever';
  return lifetimeMs > dayMs ? `${lifetimeMs / dayMs} days` : `${lifetimeMs / hourMs} hours`;
}

function methodCell(method: ProviderAccount['capabilities']['methods']['card']): string {
  if (!method) return '–';
  const { token, currencies } = method;
  const inCurrencies = currencies ? ` (${currencies.join(' ')})` : '';
  return `token ${token}${inCurrencies}`;
}
