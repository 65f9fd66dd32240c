/// <reference types="jest" />
import { describeAmounts } from './amount.contract.js';
import { describeCancels } from './cancel.contract.js';
import { describeCharges, describeEveryCharge } from './charge.contract.js';
import { describeDeclaration } from './declaration.contract.js';
import { describeFaults } from './fault.contract.js';
import type { AnyHarness, ContractTestbed, PeopleHarness, ProviderHarness } from './harness.js';
import { describeEveryLostAnswer, describeLookUps } from './look-up.contract.js';
import { describePayers } from './payer.contract.js';
import { describePeople } from './people.contract.js';
import { describeEveryRefund, describeRefunds } from './refund.contract.js';
import { describeWebhooks } from './webhook.contract.js';

/**
 * What every provider of the port does, tried over HTTP against the sandbox.
 *
 * Of a provider that declares `settledBy: 'people'` the rest can't be tried. Nobody is called, so nothing breaks or is
 * throttled, no amount goes over a wire and no token is unknown; nobody answers, so nothing is declined, completed,
 * looked up or sent to a page; nobody sends webhooks. That it calls nobody is tried in place of it.
 *
 * @param name the provider's name in the report
 * @param harness how this provider is started and what its magic values are
 */
export function describeProviderContract(name: string, harness: AnyHarness): void {
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
    describeEveryCharge(testbed, harness);
    describeEveryLostAnswer(testbed, harness);
    describeEveryRefund(testbed, harness);
    if (isSettledByPeople(harness)) describePeople(testbed, harness);
    else describeAnswers(testbed, harness);
  });
}

/** What only a provider can be tried for that is called and answers. */
function describeAnswers(testbed: () => ContractTestbed, harness: ProviderHarness): void {
  describeCharges(testbed, harness);
  describePayers(testbed, harness);
  describeFaults(testbed, harness);
  describeLookUps(testbed, harness);
  describeCancels(testbed, harness);
  describeRefunds(testbed, harness);
  describeWebhooks(testbed, harness);
  describeAmounts(testbed, harness);
}

function isSettledByPeople(harness: AnyHarness): harness is PeopleHarness {
  return harness.definition.capabilities.settledBy === 'people';
}
