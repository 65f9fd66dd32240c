import { readConfig, schema } from '../../apps/api/src/config.js';
import { integer, url } from '../../apps/api/src/settings.js';
import { apiEnvironment } from '../../apps/local/src/environments.js';
import { generateSecrets } from '../../apps/local/src/secrets.js';
import { declaredVariables } from '../../libs/providers/src/index.js';
import { storedDocument } from '../support/documents.js';
import { replaceGenerated, withoutWidths } from '../support/generated-part.js';
import { settingsTable, variablesTable } from '../support/settings-table.js';
import { readSources } from './sources.js';

const path = 'docs/configuration.md';

const database = 'postgres://user:password@127.0.0.1:1/payments';
const deployment = {
  databases: { admin: database, api: database, worker: database, operations: database },
  secrets: generateSecrets(),
  ...{ port: 1, apiUrl: 'http://127.0.0.1:1', sandboxUrl: 'http://127.0.0.1:2' },
};
const read = (extra: Record<string, string>) =>
  readConfig(apiEnvironment({ ...deployment, environment: 'development', extra }));

describe('docs/configuration.md', () => {
  it('lists every setting of the schema as it is', () => {
    const table = settingsTable(schema);
    const stored = storedDocument(path, (text) => replaceGenerated(text, 'settings', table));
    expect(withoutWidths(stored)).toContain(withoutWidths(table));
  });

  it('lists every variable that a provider declares', () => {
    const table = variablesTable(declaredVariables);
    const stored = storedDocument(path, (text) =>
      replaceGenerated(text, 'provider settings', table),
    );
    expect(withoutWidths(stored)).toContain(withoutWidths(table));
  });

  it("would show a provider's new variable, and that it is a secret", () => {
    const variables = { ACME_KEY: { form: 'a key', about: 'A key.', secret: true } } as const;
    const acme = { code: 'acme', name: 'Acme', switchedOnBy: 'ACME_KEY', variables };
    expect(variablesTable([acme])).toContain(
      '| `ACME_KEY` | a key | none: Acme is off | A key. Or a file: `ACME_KEY_FILE`. |',
    );
  });

  it('would show a new setting, a secret and a required one', () => {
    const table = settingsTable({
      NEW_LIMIT: integer({ about: 'A limit.', default: '5', min: 1, max: 9 }),
      NEW_URL: url(['https:'], { about: 'A place.', secret: true }),
    });
    expect(table).toContain('| `NEW_LIMIT` | a whole number from 1 to 9 | 5 | A limit. |');
    expect(table).toContain('| required | A place. Or a file: `NEW_URL_FILE`. |');
  });
});

describe('the pool', () => {
  it('has the figures of the design unless told otherwise', () => {
    expect(read({})).toMatchObject({
      ...{ POOL_MIN: 10, POOL_MAX: 100, POOL_IDLE_TIMEOUT_MS: 30_000 },
      POOL_MAX_LIFETIME_SECONDS: 3_600,
    });
  });
});

describe('REQUEST_TIMEOUT_MS', () => {
  it('cuts a slow request within a minute, with the quarter of it after which Node looks', () => {
    const longestMs = read({ REQUEST_TIMEOUT_MS: '45000' }).REQUEST_TIMEOUT_MS;
    expect(longestMs + longestMs / 4).toBeLessThan(60_000);
    expect(() => read({ REQUEST_TIMEOUT_MS: '45001' })).toThrow(/REQUEST_TIMEOUT_MS is wrong/);
  });
});

describe('LIVEMODE', () => {
  it('is off unless it is set, and on in production only', () => {
    expect(read({}).LIVEMODE).toBe(false);
    const production = { ENVIRONMENT: 'production', WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'false' };
    expect(read({ LIVEMODE: 'true', ...production }).LIVEMODE).toBe(true);
    expect(() => read({ LIVEMODE: 'true' })).toThrow(/LIVEMODE is wrong.*ENVIRONMENT/);
    expect(() => read({ LIVEMODE: 'yes' })).toThrow(/LIVEMODE is wrong/);
  });

  it('is told by every resource, and by none as a constant', () => {
    const sources = readSources().filter(({ path: file }) => file.startsWith('apps/api/src/'));
    const told = sources.flatMap(({ text }) => text.match(/\blivemode: [\w()]+/g) ?? []);
    expect(new Set(told)).toEqual(new Set(['livemode: boolean', 'livemode: isLivemode()']));
  });
});

describe('webhooks to private addresses', () => {
  it('are allowed on a developer machine, by that setting alone', () => {
    expect(read({}).WEBHOOK_ALLOW_PRIVATE_ADDRESSES).toBe(true);
    const unset = read({ WEBHOOK_ALLOW_PRIVATE_ADDRESSES: '' });
    expect(unset.WEBHOOK_ALLOW_PRIVATE_ADDRESSES).toBe(false);
  });

  it('stop the start in production', () => {
    const production = { ENVIRONMENT: 'production' };
    expect(() => read({ ...production, POOL_MIN: 'x', LIVEMODE: 'true' })).toThrow(
      /2 settings are wrong:\n {2}POOL_MIN is wrong.*\n {2}WEBHOOK_ALLOW_PRIVATE_ADDRESSES is wrong/,
    );
    expect(() => read(production)).toThrow('WEBHOOK_ALLOW_PRIVATE_ADDRESSES is wrong');
    const strict = read({ ...production, WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'false' });
    expect(strict.WEBHOOK_ALLOW_PRIVATE_ADDRESSES).toBe(false);
    expect(() => read({ WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'yes' })).toThrow('true | false');
  });
});
