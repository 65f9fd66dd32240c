import { readConfig, schema } from '../../apps/api/src/config.js';
import { integer, url } from '../../apps/api/src/settings.js';
import { apiEnvironment } from '../../apps/local/src/environments.js';
import { generateSecrets } from '../../apps/local/src/secrets.js';
import { storedDocument } from '../support/documents.js';
import { replaceTable, settingsTable, withoutWidths } from '../support/settings-table.js';

describe('docs/configuration.md', () => {
  it('lists every setting of the schema as it is', () => {
    const table = settingsTable(schema);
    const stored = storedDocument('docs/configuration.md', (text) => replaceTable(text, table));
    expect(withoutWidths(stored)).toContain(withoutWidths(table));
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

describe('webhooks to private addresses', () => {
  const database = 'postgres://user:password@127.0.0.1:1/payments';
  const deployment = {
    databases: { admin: database, api: database, worker: database, operations: database },
    secrets: generateSecrets(),
    ...{ port: 1, apiUrl: 'http://127.0.0.1:1', sandboxUrl: 'http://127.0.0.1:2' },
  };
  const read = (extra: Record<string, string>) =>
    readConfig(apiEnvironment({ ...deployment, environment: 'development', extra }));

  it('are allowed on a developer machine, by that setting alone', () => {
    expect(read({}).WEBHOOK_ALLOW_PRIVATE_ADDRESSES).toBe(true);
    const unset = read({ WEBHOOK_ALLOW_PRIVATE_ADDRESSES: '' });
    expect(unset.WEBHOOK_ALLOW_PRIVATE_ADDRESSES).toBe(false);
  });

  it('stop the start in production', () => {
    const production = { ENVIRONMENT: 'production' };
    expect(() => read(production)).toThrow('WEBHOOK_ALLOW_PRIVATE_ADDRESSES is wrong');
    const strict = read({ ...production, WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'false' });
    expect(strict.WEBHOOK_ALLOW_PRIVATE_ADDRESSES).toBe(false);
    expect(() => read({ WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'yes' })).toThrow('true | false');
  });
});
