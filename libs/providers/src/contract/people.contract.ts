/// <reference types="jest" />
import type { PaymentMethodCode } from '../port.js';
import type { ChargeCase, ContractTestbed, PeopleHarness } from './harness.js';
import { charged, newIntent, newRefund } from './intents.js';

/** What is tried of a provider that people settle in place of what a provider would answer. */
export function describePeople(testbed: () => ContractTestbed, harness: PeopleHarness): void {
  const methods = Object.entries(harness.cases.methods) as [PaymentMethodCode, ChargeCase][];

  describe('what people settle', () => {
    it.each(methods)('is processing until then, a charge by %s and its refund', async (...row) => {
      const [paymentMethod, charge] = row;
      const { provider } = testbed();
      const intent = newIntent(charge, { paymentMethod });
      const outcome = await provider.charge(intent);
      expect(outcome).toEqual({
        ...{ status: 'processing', providerTransactionId: expect.any(String), response: {} },
      });
      const refund = newRefund(intent, await charged(provider, intent));
      expect(await provider.refund(refund)).toEqual({
        ...{ status: 'processing', providerRefundId: expect.any(String), response: {} },
      });
    });

    it.each([
      ['0.001', 'USD'],
      ['5.1234', 'KWD'],
      ['999999999999', 'JPY'],
    ])('may be any amount, as %s %s, since it goes over no wire', async (amount, currency) => {
      const intent = newIntent(harness.cases.succeeds, { amount, currency });
      expect(await testbed().provider.charge(intent)).toMatchObject({ status: 'processing' });
      expect(harness.definition.canRepresent).toBeUndefined();
    });

    it('is declared as what nobody looks up, cancels or ever forgets', () => {
      expect(harness.definition.capabilities.operations).toMatchObject({
        ...{ lookUp: false, cancel: false },
      });
      expect(harness.definition.capabilities.idempotencyKeyLifetimeMs).toBeNull();
    });
  });
}
