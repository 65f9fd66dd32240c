import { OldestTransaction } from './oldest-transaction.js';

describe('the oldest database transaction', () => {
  it('is as old as it has been seen to be the oldest, and the next one begins anew', () => {
    const oldest = new OldestTransaction();
    const ages = [
      oldest.seen(undefined, 0),
      oldest.seen(7, 10_000),
      oldest.seen(7, 25_000),
      oldest.seen(9, 40_000),
      oldest.seen(9, 41_500),
      oldest.seen(undefined, 50_000),
    ];
    expect(ages).toEqual([0, 0, 15, 0, 1.5, 0]);
  });
});
