import type { ProviderDefinition } from '../port.js';
import { ManualProvider } from './manual.provider.js';

/** Transfers and cash that people settle: always on, needs no credentials. */
export const manualDefinition: ProviderDefinition<object> = {
  code: 'manual',
  name: 'Manual',
  capabilities: {
    methods: ['bank_transfer', 'e_wallet', 'crypto'],
    currencies: 'all',
    token: 'none',
    operations: { cancel: false, partialRefund: true, lookUp: false },
    idempotencyKeyLifetimeMs: null,
  },
  switchedOnBy: 'nothing',
  settings: () => ({}),
  create: () => new ManualProvider(),
};
