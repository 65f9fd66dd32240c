import { describeDeclaration } from '../contract/declaration.contract.js';
import { newIntent, newRefund } from '../contract/intents.js';
import { manualDefinition } from './manual.definition.js';
import { ManualProvider } from './manual.provider.js';

describe('The manual provider keeps the part of the contract that needs nobody to answer', () => {
  const manual = new ManualProvider();
  const byHand = { paymentMethodToken: undefined };
  describeDeclaration(() => manual, manualDefinition, {
    bank_transfer: byHand,
    e_wallet: byHand,
    crypto: byHand,
  });

  it.each(['bank_transfer', 'e_wallet', 'crypto'] as const)(
    'by leaving a charge by %s to people, and its refund too',
    async (paymentMethod) => {
      const intent = newIntent({ ...byHand, paymentMethod });
      const outcome = await manual.charge(intent);
      expect(outcome).toMatchObject({ status: 'processing' });
      const refund = newRefund(intent, outcome.providerTransactionId ?? '');
      expect(await manual.refund(refund)).toMatchObject({ status: 'processing' });
    },
  );
});
