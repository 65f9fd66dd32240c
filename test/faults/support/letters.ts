import { until } from '../../e2e/support/until.js';
import type { Payment } from '../../factories/payments.js';
import type { TestSystem } from '../../support/system.js';

/** A webhook that the sandbox holds back, as it would leave now. */
export interface Letter {
  type: string;
  url: string;
  headers: Record<string, string>;
  payload: string | null;
}

async function heldLetters(system: TestSystem): Promise<Letter[]> {
  const url = new URL('/_sandbox/webhooks?payloads=true', system.sandboxUrl);
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return ((await response.json()) as { webhooks: Letter[] }).webhooks;
}

/** The held webhook of one type that tells of a payment. */
export async function letterAbout(
  system: TestSystem,
  { id }: Pick<Payment, 'id'>,
  type: string,
): Promise<Letter> {
  const ask = async () =>
    (await heldLetters(system)).find((one) => one.type === type && one.payload?.includes(id));
  const found = await until(`${type} of ${id}`, ask, (letter) => letter !== undefined);
  if (!found) throw new Error('no letter');
  return found;
}

/** Delivers it, as its provider does: again, while PayPal's key is being fetched. */
export function sendLetter({ url, headers, payload }: Letter): Promise<number> {
  const send = async () => {
    const signal = AbortSignal.timeout(10_000);
    const answer = await fetch(url, { method: 'POST', headers, body: payload, signal });
    return answer.status;
  };
  return until('an answer', send, (status) => status !== 503);
}
