/// <reference types="jest" />
import { InvalidWebhookError } from '../port.js';
import type { PaymentMethodCode, PaymentProvider } from '../port.js';
import type { DeclaredProvider, MethodCases } from './harness.js';
import { charged, failureOf, newIntent, newRefund } from './intents.js';

/**
 * That a provider does what its definition declares. It asks for no sandbox: providers that call nobody keep it too.
 *
 * @param cases a charge by each method that the definition declares
 */
export function describeDeclaration(
  provider: () => PaymentProvider,
  definition: DeclaredProvider,
  cases: MethodCases,
): void {
  const { methods, operations } = definition.capabilities;
  const declared = Object.keys(methods) as PaymentMethodCode[];
  const needTokens = declared.filter((method) => methods[method]?.token === 'required');

  const [usual = 'card'] = methods.card ? (['card'] as const) : declared;

  function intentOf(method: PaymentMethodCode) {
    const charge = cases[method];
    if (charge === undefined) throw new Error(`no charge is given for ${method}`);
    return newIntent(charge, { paymentMethod: method });
  }

  describe('a declaration', () => {
    it('has the code of its provider', () => {
      expect(provider().code).toBe(definition.code);
    });

    it.each(declared)('that charges are taken by %s is kept, once for one key', async (method) => {
      const intent = intentOf(method);
      const outcome = await provider().charge(intent);
      expect(['completed', 'processing', 'requires_action']).toContain(outcome.status);
      const replayed = await provider().charge(intent);
      expect(replayed.providerTransactionId).toBe(outcome.providerTransactionId);
      const token = intent.paymentMethodToken;
      expect(token !== undefined && methods[method]?.token === 'none').toBe(false);
      if (token !== undefined) expect(definition.ownsToken?.(token) ?? true).toBe(true);
    });

    if (needTokens.length > 0) {
      it.each(needTokens)(
        'that %s needs a token is kept: without one it is rejected',
        async (method) => {
          const intent = { ...intentOf(method), paymentMethodToken: undefined };
          expect(await failureOf(provider().charge(intent))).toMatchObject({ kind: 'rejected' });
        },
      );
    }

    it('tells one attempt of a transaction from another', async () => {
      const first = intentOf(usual);
      const second = { ...first, idempotencyKey: `${first.transactionId}.2` };
      const id = await charged(provider(), first);
      expect(await charged(provider(), second)).not.toBe(id);
    });

    it('of a refund is kept under one id when it is replayed', async () => {
      const intent = intentOf(usual);
      const refund = newRefund(intent, await charged(provider(), intent));
      const outcome = await provider().refund(refund);
      expect(['completed', 'processing']).toContain(outcome.status);
      const { providerRefundId } = await provider().refund(refund);
      expect(providerRefundId).toBe(outcome.providerRefundId);
    });

    if (operations.partialRefund) {
      it('that parts are paid back is kept: each part is a refund of its own', async () => {
        const intent = intentOf(usual);
        const providerTransactionId = await charged(provider(), intent);
        const one = await provider().refund(newRefund(intent, providerTransactionId, '4.00'));
        const other = await provider().refund(newRefund(intent, providerTransactionId, '6.50'));
        expect(['completed', 'processing']).toContain(one.status);
        expect(other.status).toBe(one.status);
        expect(other.providerRefundId).not.toBe(one.providerRefundId);
      });
    }

    if (!operations.lookUp) {
      it('that nothing can be looked up is kept', async () => {
        const intent = intentOf(usual);
        const providerTransactionId = await charged(provider(), intent);
        const refund = newRefund(intent, providerTransactionId);
        expect(await provider().fetch({ ...intent, providerTransactionId })).toBe('unsupported');
        expect(await provider().fetch(intent)).toBe('unsupported');
        expect(await provider().resume({ ...intent, providerTransactionId }, {})).toBe(
          'unsupported',
        );
        expect(await provider().fetchRefund(refund)).toBe('unsupported');
      });
    }

    if (!operations.cancel) {
      it('that nothing can be cancelled is kept: nobody is told that it was', async () => {
        const intent = intentOf(usual);
        const providerTransactionId = await charged(provider(), intent);
        for (const reference of [intent, { ...intent, providerTransactionId }]) {
          const { kind } = await failureOf(provider().cancel(reference));
          expect(['rejected', 'outcome_unknown']).toContain(kind);
        }
      });
    }

    it.each(['', '{}', '[]', 'null', '<html>'])('takes no webhook of nobody: %j', async (body) => {
      const call = provider().parseWebhook({}, Buffer.from(body));
      await expect(call).rejects.toThrow(InvalidWebhookError);
    });
  });
}
