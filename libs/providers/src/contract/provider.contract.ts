/// <reference types="jest" />
import { describeAmounts } from './amount.contract.js';
import { describeCancels } from './cancel.contract.js';
import { describeCharges } from './charge.contract.js';
import { describeDeclaration } from './declaration.contract.js';
import { describeFaults } from './fault.contract.js';
import type { ContractTestbed, ProviderHarness } from './harness.js';
import { describeLookUps } from './look-up.contract.js';
import { describePayers } from './payer.contract.js';
import { describeRefunds } from './refund.contract.js';
import { describeWebhooks } from './webhook.contract.js';

/**
 * What every provider of the port does, tried over HTTP against the sandbox.
 *
 * @param name the provider's name in the report
 * @param harness how this provider is started and what its magic values are
 */
export function describeProviderContract(name: string, harness: ProviderHarness): void {
  describe(`${name} keeps the contract of the port`, () => {
    let running: ContractTestbed | undefined;
    const testbed = (): ContractTestbed => {
      if (!running) throw new Error('the testbed is not started');
      return running;
    };
    beforeAll(async () => {
      running = await harness.start();
    });
    afterAll(async () => {
      await running?.stop();
    });
    describeDeclaration(() => testbed().provider, harness.definition, harness.cases.methods);
    describeCharges(testbed, harness);
    describePayers(testbed, harness);
    describeFaults(testbed, harness);
    describeLookUps(testbed, harness);
    describeCancels(testbed, harness);
    describeRefunds(testbed, harness);
    describeWebhooks(testbed, harness);
    describeAmounts(testbed, harness);
  });
}
