import { describeDeclaration } from '../contract/declaration.contract.js';
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
});
