import { schema } from '../../apps/api/src/config.js';
import { integer, url } from '../../apps/api/src/settings.js';
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
