import { documentedErrors } from '../../apps/api/src/errors/error-documentation.js';
import { generatedTable } from './generated-part.js';

/** All codes of the catalogue in Markdown. */
export function errorsTable(): string {
  const head = ['code', 'status', 'meaning', 'when it happens', 'what to do', 'retry', 'stored'];
  const rows = documentedErrors().map((found) => [
    `\`${found.code}\`${found.audience === 'partners' ? '' : ` (${found.audience} only)`}`,
    String(found.status),
    found.title,
    found.when,
    found.advice,
    found.example.retryable ? 'yes' : 'no',
    found.stored.startsWith('Stored') ? 'yes' : 'no',
  ]);
  return generatedTable(
    'errors',
    head,
    rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|'))),
  );
}
