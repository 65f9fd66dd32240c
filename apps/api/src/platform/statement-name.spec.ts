import { statementName } from './statement-name.js';

describe('the name of a statement', () => {
  it.each([
    ['SELECT id FROM transactions WHERE id = $1', 'SELECT transactions'],
    ['INSERT INTO refunds (id) VALUES ($1)', 'INSERT refunds'],
    [
      'WITH t AS (UPDATE transactions SET a = $1 RETURNING *), e AS (INSERT INTO outbox SELECT * FROM t) SELECT * FROM t',
      'UPDATE transactions, INSERT outbox',
    ],
    ['DELETE\n  FROM idempotency_keys WHERE id = $1', 'DELETE idempotency_keys'],
    ['SELECT set_config($1, $2, true)', 'SELECT'],
  ])('of %s', (text, name) => {
    expect(statementName(text)).toBe(name);
  });

  it('is short, and holds no literal of the text', () => {
    const tables = ['partners', 'refunds', 'outbox', 'events', 'payers'];
    const parts = tables.map((table) => `p AS (UPDATE ${table} SET a = 'secret ' || 4242)`);
    expect(statementName(`WITH ${parts.join(', ')} SELECT 'from secret'`)).toBe(
      'UPDATE partners, UPDATE refunds, UPDATE outbox',
    );
  });
});
