/** How big the data sets of the tests are. `npm test` takes the normal ones, `npm run test:full` the full ones. */
export interface TestSizes {
  name: 'normal' | 'full';
  /** Payments in flight at once while the sandbox sleeps. */
  paymentsInFlight: number;
  /** Payments of one listing that is read page by page. */
  listedPayments: number;
  /** Requests of one idempotency key at once. */
  concurrentRepeats: number;
  /** Idempotency keys of which five clients each repeat while processes crash. */
  crashedKeys: number;
  /** Payments of the data set on which query plans are looked at, and whose they are. */
  historyTransactions: number;
  historyPartners: number;
  /** Random cases of one property of pure code. */
  propertyRuns: number;
  /** Charges in every currency, of random amounts, that are looked up in a provider's ledger. */
  ledgerRuns: number;
  /** Random histories of payments that one property drives against the database. */
  propertyHistories: number;
  /** Orders in which the webhooks of every provider are delivered. */
  webhookOrders: number;
  /** Requests of each operation that its own schema allows, and as many that it does not. */
  fuzzedRequests: number;
}

const normal: TestSizes = {
  name: 'normal',
  paymentsInFlight: 50,
  listedPayments: 400,
  concurrentRepeats: 50,
  crashedKeys: 60,
  historyTransactions: 100_000,
  historyPartners: 20,
  propertyRuns: 100,
  ledgerRuns: 1,
  propertyHistories: 100,
  webhookOrders: 2,
  fuzzedRequests: 10,
};

const full: TestSizes = {
  name: 'full',
  paymentsInFlight: 50,
  listedPayments: 10_000,
  concurrentRepeats: 50,
  crashedKeys: 300,
  historyTransactions: 1_000_000,
  historyPartners: 100,
  propertyRuns: 10_000,
  ledgerRuns: 20,
  propertyHistories: 2_000,
  webhookOrders: 200,
  fuzzedRequests: 300,
};

export const sizes: TestSizes = process.env.TEST_SIZES === 'full' ? full : normal;
