import type { FastifyInstance } from 'fastify';
import { ControlError, fields, integerField, textField } from './control.fields.js';
import type { SandboxProvider } from './provider.js';
import { ImpossibleAnswerError } from './shape.js';

type Given = Record<string, unknown>;

/** What people do away from the API: a refund on the provider's website, a payer who wants money back. */
export function moneyControlRoutes(
  app: FastifyInstance,
  providers: readonly SandboxProvider[],
): void {
  app.post('/_sandbox/refunds', (request, reply) => {
    const given = fields(request.body, ['provider', 'payment_id', 'amount']);
    const provider = providerOf(providers, given);
    const [paymentId, amount] = [neededText(given, 'payment_id'), amountField(given)];
    if (amount === undefined) throw new ControlError('amount is needed');
    const id = asked(() => provider.refundByHand(paymentId, amount));
    return reply.code(201).send({ id });
  });
  app.post('/_sandbox/disputes', (request, reply) => {
    const given = fields(request.body, ['provider', 'payment_id', 'amount']);
    const provider = providerOf(providers, given);
    const [paymentId, amount] = [neededText(given, 'payment_id'), amountField(given)];
    const id = asked(() => provider.openDispute(paymentId, amount));
    return reply.code(201).send({ id });
  });
  app.post('/_sandbox/disputes/close', (request, reply) => {
    const given = fields(request.body, ['provider', 'id', 'outcome']);
    const provider = providerOf(providers, given);
    const [id, outcome] = [neededText(given, 'id'), neededText(given, 'outcome')];
    if (outcome !== 'won' && outcome !== 'lost') {
      throw new ControlError('outcome must be won or lost');
    }
    asked(() => provider.closeDispute(id, outcome));
    return reply.code(204).send();
  });
}

function providerOf(providers: readonly SandboxProvider[], given: Given): SandboxProvider {
  const code = neededText(given, 'provider');
  const provider = providers.find((known) => known.code === code);
  if (provider) return provider;
  throw new ControlError(`unknown provider: ${code}`);
}

function neededText(given: Given, name: string): string {
  const text = textField(given, name);
  if (text === undefined) throw new ControlError(`${name} is needed`);
  return text;
}

function amountField(given: Given): number | undefined {
  return integerField(given, 'amount', 1, Number.MAX_SAFE_INTEGER);
}

/** What the provider itself refuses is the caller's mistake. */
function asked<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (error instanceof ImpossibleAnswerError) throw error;
    throw new ControlError(error instanceof Error ? error.message : String(error));
  }
}
