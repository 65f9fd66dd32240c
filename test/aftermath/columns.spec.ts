import { readDesign, readFilledColumns } from '../support/filled-columns.js';

describe('the columns of the owner’s design', () => {
  const design = readDesign();

  it('are read from the design as a whole', () => {
    const counts = [...design].map(([table, columns]) => [table, columns.length]);
    expect(Object.fromEntries(counts)).toEqual({
      ...{ partners: 13, transactions: 26, refunds: 13, transaction_events: 9 },
      ...{ audit_logs: 10, payment_methods: 5, currencies: 5 },
    });
  });

  it('are each filled in some row that the end-to-end tests left behind', () => {
    const { systems, filled } = readFilledColumns();
    expect(systems).toBeGreaterThan(20);
    const all = [...design].flatMap(([table, columns]) =>
      columns.map((name) => `${table}.${name}`),
    );
    expect(all.filter((name) => !filled.has(name))).toEqual([]);
  });
});
