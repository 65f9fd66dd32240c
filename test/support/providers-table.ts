import type { ProviderAccount } from '../../libs/providers/src/index.js';

const begin = '<!-- generated: providers -->';
const end = '<!-- end of generated providers -->';
const methods = ['card', 'bank_transfer', 'e_wallet', 'crypto'] as const;
const hourMs = 3_600_000;

/** The table of what providers declare, between two marks, in Markdown. */
export function providersTable(accounts: readonly ProviderAccount[]): string {
  const columns = ['provider', ...methods.map((method) => `\`${method}\``)];
  const rest = ['cancel', 'partial refund', 'look-up', 'remembers a key'];
  const head = [...columns, ...rest];
  const rows = accounts.map(({ name, capabilities }) => {
    const { operations, idempotencyKeyLifetimeMs: lifetimeMs } = capabilities;
    const { cancel, partialRefund, lookUp } = operations;
    return [
      name,
      ...methods.map((method) => methodCell(capabilities.methods[method])),
      ...[cancel, partialRefund, lookUp].map((can) => (can ? 'yes' : 'no')),
      lifetimeMs === null ? 'for ever' : `${lifetimeMs / hourMs} h`,
    ];
  });
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [begin, '', ...lines, '', end].join('\n');
}

/** The document with its table replaced by another one. */
export function replaceProviders(document: string, table: string): string {
  const [before, after] = [document.indexOf(begin), document.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`the document has no ${begin}`);
  return document.slice(0, before) + table + document.slice(after + end.length);
}

function methodCell(method: ProviderAccount['capabilities']['methods']['card']): string {
  if (!method) return '–';
  const { token, currencies } = method;
  const inCurrencies = currencies ? ` (${currencies.join(' ')})` : '';
  return `token ${token}${inCurrencies}`;
}
