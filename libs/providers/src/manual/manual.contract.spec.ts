import type { ContractTestbed } from '../contract/harness.js';
import { describeProviderContract } from '../contract/provider.contract.js';
import { manualDefinition } from './manual.definition.js';
import { ManualProvider } from './manual.provider.js';

const byHand = { paymentMethod: 'bank_transfer', paymentMethodToken: undefined } as const;

/** No sandbox: there is nobody who could misbehave, charge or send anything. */
async function start(): Promise<ContractTestbed> {
  const provider = new ManualProvider();
  return {
    provider,
    open: () => provider,
    misbehave: async () => undefined,
    charges: async () => [],
    decide: async () => ({}),
    webhooks: () => [],
    stop: async () => undefined,
  };
}

describeProviderContract('The manual provider', {
  start,
  definition: manualDefinition,
  cases: {
    succeeds: byHand,
    methods: { bank_transfer: byHand, e_wallet: byHand, crypto: byHand },
  },
});
