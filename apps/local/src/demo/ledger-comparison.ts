/** A row of the sandbox's ledger, as far as the demo reads it. Amounts are in minor units. */
export interface LedgerCharge {
  provider: string;
  status: string;
  amount: number;
  currency: string;
  refunded: number;
}

/** What the demo wants the providers to have of one payment. */
export interface Wanted {
  title: string;
  id: string;
  provider: string;
  method: string;
  amount: string;
  currency: string;
  /** How often money was to move: never, or once. */
  charges: 0 | 1;
  /** Amounts that were paid back. */
  returned: string[];
}

/** A payment as the demo wanted it, and what the providers have of it. */
export interface ComparedPayment {
  wanted: Wanted;
  charges: readonly LedgerCharge[];
}

/** What is wrong with a payment: whoever took or gave back another sum than they should. */
export function differenceOf({ wanted, charges }: ComparedPayment): string | undefined {
  const { title, id, provider, amount, currency, returned } = wanted;
  const due = describeCharge('succeeded', {
    ...{ provider, currency, amount: minorOf(amount) },
    refunded: sumOf(returned.map(minorOf)),
  });
  const right = wanted.charges === 0 ? 'nothing' : due;
  const moved = charges.filter(({ status }) => status !== 'failed');
  const found = moved.map(({ status, ...charge }) => describeCharge(status, charge)).join(' and ');
  return (found || 'nothing') === right
    ? undefined
    : `${title}: ${found || 'nothing'}, not ${right} (${id})`;
}

/** One line for each provider and method: how many payments, and which sums went there and back. */
export function ledgerLines(payments: readonly ComparedPayment[]): string[] {
  const groups = new Map<string, ComparedPayment[]>();
  for (const payment of payments) {
    const { provider, method } = payment.wanted;
    const name = `${provider.padEnd(8)}${method.replace('_', ' ').padEnd(15)}`;
    groups.set(name, [...(groups.get(name) ?? []), payment]);
  }
  const sorted = [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([name, group]) => {
    const taken = group.flatMap(({ charges }) =>
      charges.filter(({ status }) => status === 'succeeded'),
    );
    const count = `${taken.length} of ${group.length} charged`.padEnd(15);
    return `${name}${count}  ${sumsOf(taken)}`.trimEnd();
  });
}

function sumsOf(charges: readonly LedgerCharge[]): string {
  const currencies = [...new Set(charges.map(({ currency }) => currency))];
  const sums = currencies.map((currency) => {
    const own = charges.filter((charge) => charge.currency === currency);
    const taken = sumOf(own.map(({ amount }) => BigInt(amount)));
    const returned = sumOf(own.map(({ refunded }) => BigInt(refunded)));
    const back = returned > 0n ? `, ${majorOf(returned)} back` : '';
    return `${majorOf(taken)} ${currency}${back}`;
  });
  return sums.join('; ');
}

type Sum = bigint | number;

function describeCharge(
  status: string,
  charge: { provider: string; amount: Sum; currency: string; refunded: Sum },
): string {
  const [amount, refunded] = [BigInt(charge.amount), BigInt(charge.refunded)];
  const back = refunded > 0n ? `, ${majorOf(refunded)} back` : '';
  return `${charge.provider} ${status} ${majorOf(amount)} ${charge.currency}${back}`;
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

/** The demo pays only in currencies that have two decimals here and at every provider. */
function minorOf(amount: string): bigint {
  if (!/^\d+\.\d\d$/.test(amount)) throw new Error(`${amount} has not two decimals`);
  return BigInt(amount.replace('.', ''));
}

function majorOf(minor: bigint): string {
  const digits = minor.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
