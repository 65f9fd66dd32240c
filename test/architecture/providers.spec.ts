import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  codeTables,
  createProviders,
  declaredVariables,
  providerCodes,
} from '../../libs/providers/src/index.js';
import { declineTable, refusalList } from '../support/code-tables.js';
import { storedDocument } from '../support/documents.js';
import { replaceGenerated, withoutWidths } from '../support/generated-part.js';
import { providersTable } from '../support/providers-table.js';
import { rootDir } from '../support/test-run.js';

const environment = Object.fromEntries(
  declaredVariables.flatMap(({ variables }) =>
    Object.entries(variables).map(([name, { example }]) => [name, example] as const),
  ),
);

const headings = ['Setup', 'Methods', 'Magic values', 'What is peculiar'];
const headingOf = (part: string) => part.split('\n', 1)[0] ?? '';

describe('docs/providers', () => {
  const providers = createProviders(environment, { timeoutMs: 1_000 });
  afterAll(() => providers.close());

  it('lists what every provider of the registry declares', () => {
    expect(providers.off()).toEqual([]);
    const table = providersTable(providers.all());
    const path = 'docs/providers/README.md';
    const stored = storedDocument(path, (text) => replaceGenerated(text, 'providers', table));
    expect(withoutWidths(stored)).toContain(withoutWidths(table));
  });

  it.each(providerCodes)(
    'has a page of %s that says the same four things in the same order',
    (code) => {
      const page = readFileSync(join(rootDir, `docs/providers/${code}.md`), 'utf8');
      const parts = page.split(/^## /m).slice(1);
      const named = parts.map(
        (part) => [headingOf(part), part.length - headingOf(part).length] as const,
      );
      const wanted = named.filter(([heading]) => headings.includes(heading));
      expect(wanted.map(([heading]) => heading)).toEqual(headings);
      expect(wanted.filter(([, length]) => length < 50)).toEqual([]);
    },
  );

  it.each(codeTables)('says of every code of $name what it is to us', ({ code, name, codes }) => {
    const declines = declineTable(name, codes);
    const refusals = refusalList(codes);
    const stored = storedDocument(`docs/providers/${code}.md`, (text) =>
      replaceGenerated(replaceGenerated(text, 'declines', declines), 'refusals', refusals),
    );
    expect(withoutWidths(stored)).toContain(withoutWidths(declines));
    expect(withoutWidths(stored)).toContain(withoutWidths(refusals));
  });

  it('would show another meaning of a code', () => {
    const rows = [{ code: 'x_1', ours: 'expired_card', retry: 'never' }] as const;
    expect(declineTable('Acme', rows)).toContain('| `expired_card` | `never` | `x_1` |');
    const refused = [{ code: 'x_2', ours: 'outcome_unknown' }] as const;
    expect(refusalList(refused)).toContain('unknown: `x_2`.');
  });

  it('would show another capability', () => {
    const [account] = providers.all();
    if (!account) throw new Error('there is no provider');
    const operations = { ...account.capabilities.operations, cancel: false };
    const methods = { card: { token: 'optional', currencies: ['EUR'] } } as const;
    const capabilities = { ...account.capabilities, operations, methods };
    const table = providersTable([{ ...account, capabilities }]);
    expect(table).toContain('| token optional (EUR) | – | – | – | no | yes | yes | 24 hours |');
  });
});
