import { documentedErrors } from '../../apps/api/src/errors/error-documentation.js';
import { storedDocument } from '../support/documents.js';
import { errorsTable } from '../support/errors-table.js';
import { replaceGenerated, withoutWidths } from '../support/generated-part.js';

describe('docs/errors.md', () => {
  it('lists every code of the catalogue as it is', () => {
    const table = errorsTable();
    const stored = storedDocument('docs/errors.md', (text) =>
      replaceGenerated(text, 'errors', table),
    );
    expect(withoutWidths(stored)).toContain(withoutWidths(table));
    expect(documentedErrors().filter(({ code }) => !stored.includes(`\`${code}\``))).toEqual([]);
  });
});
