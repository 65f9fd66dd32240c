import type { ProviderDefinition } from '../port.definition.js';
import { ManualProvider } from './manual.provider.js';

/** Transfers and cash that people settle: always on, needs no credentials. */
export const manualDefinition: ProviderDefinition<object> = {
  code: 'manual',
  name: 'Manual',
  capabilities: {
    methods: {
      bank_transfer: { token: 'none' },
      e_wallet: { token: 'none' },
      crypto: { token: 'none' },
    },
    currencies: 'all',
    operations: { cancel: false, partialRefund: true, lookUp: false },
    settledBy: 'people',
    idempotencyKeyLifetimeMs: null,
  },
  variables: {},
  settings: () => ({}),
  create: () => new ManualProvider(),
};
