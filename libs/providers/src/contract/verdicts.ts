import type {
  ChargeIntent,
  PaymentProvider,
  PaymentReference,
  ProviderFact,
  ProviderOutcome,
  RefundIntent,
  RefundOutcome,
} from '../port.js';
import type { ContractTestbed } from './harness.js';
import { eventually } from './intents.js';

const open = ['processing', 'requires_action'];

/** The facts that have come so far. */
async function factsSoFar({ provider, webhooks }: ContractTestbed): Promise<ProviderFact[]> {
  const parsed = webhooks().map((one) => provider.parseWebhook(one.headers, one.rawBody));
  const facts = (await Promise.all(parsed)).flat();
  return Promise.all(facts.map((fact) => wholeFact(provider, fact)));
}

/** A fact with what only the provider's API can tell of it. */
export async function wholeFact(
  provider: PaymentProvider,
  fact: ProviderFact,
): Promise<ProviderFact> {
  if (fact.unresolved === undefined) return fact;
  const resolved = await provider.resolve?.(fact);
  if (!resolved || resolved.unresolved !== undefined) throw new Error('the fact stays unresolved');
  return resolved;
}

/** The first facts of that kind that come. */
export async function factsOf(
  testbed: ContractTestbed,
  isWanted: (fact: ProviderFact) => boolean,
  atLeast = 1,
): Promise<ProviderFact[]> {
  return eventually(
    async () => (await factsSoFar(testbed)).filter(isWanted),
    (facts) => facts.length >= atLeast,
  );
}

/** Whether a fact is about that payment. */
export function isAbout(transactionId: string): (fact: ProviderFact) => boolean {
  return ({ subject }) => subject.kind === 'payment' && subject.transactionId === transactionId;
}

/** What becomes of a payment: as it was answered, as it is found, or as a webhook says. */
export async function settledPayment(
  testbed: ContractTestbed,
  intent: ChargeIntent,
  answered: ProviderOutcome,
): Promise<ProviderOutcome> {
  const reference = { ...intent, providerTransactionId: answered.providerTransactionId };
  return eventually(
    async () => {
      if (!open.includes(answered.status)) return answered;
      const found = await testbed.provider.fetch(reference);
      if (typeof found === 'object') return found;
      const about = (await factsSoFar(testbed)).filter(isAbout(intent.transactionId));
      const outcomes = about.map(({ subject }) =>
        subject.kind === 'payment' ? subject.outcome : answered,
      );
      return outcomes.findLast(({ status }) => !open.includes(status)) ?? answered;
    },
    ({ status }) => !open.includes(status),
  );
}

/** What becomes of a refund: as it was answered, as it is found, or as a webhook says. */
export async function settledRefund(
  testbed: ContractTestbed,
  refund: RefundIntent,
  answered: RefundOutcome,
): Promise<RefundOutcome> {
  const { refundId } = refund;
  return eventually(
    async () => {
      if (answered.status !== 'processing') return answered;
      const found = await testbed.provider.fetchRefund({ ...refund, ...answered });
      if (typeof found === 'object') return found;
      const outcomes = (await factsSoFar(testbed)).flatMap(({ subject }) =>
        subject.kind === 'refund' && subject.refundId === refundId ? [subject.outcome] : [],
      );
      return outcomes.findLast(({ status }) => status !== 'processing') ?? answered;
    },
    ({ status }) => status !== 'processing',
  );
}

/** A payment whose answer was lost: looked up where the provider can find it, else sent again under its key. */
export async function recovered(
  { provider }: ContractTestbed,
  intent: ChargeIntent,
  reference: PaymentReference = intent,
): Promise<ProviderOutcome> {
  const found = await eventually(
    () => provider.fetch(reference),
    (outcome) => outcome !== 'not_found',
  );
  return typeof found === 'object' ? found : provider.charge(intent);
}
