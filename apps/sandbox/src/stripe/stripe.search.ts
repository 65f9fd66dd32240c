import { invalidRequest } from './stripe.errors.js';
import type { Payment } from './stripe.records.js';
import type { StripeStore } from './stripe.store.js';

type Condition = { field: string; key?: string; value: string };

/** Each condition is `field:'value'` or `metadata['key']:'value'`, with either kind of quotes. */
const condition = /^(\w+)(?:\[(["'])(.+?)\2\])?\s*:\s*(["'])(.*?)\4\s*(AND\s+|$)/;

/**
 * The payments that a search query of Stripe's form finds, newest first; conditions are joined by AND.
 *
 * @param until what was made later is not yet in the index
 */
export function searchPayments(store: StripeStore, query: string, until: number): Payment[] {
  const conditions = parse(query);
  const transactionId = conditions.find(({ key }) => key === 'transaction_id')?.value;
  const candidates =
    transactionId === undefined
      ? store.payments.newestFirst()
      : store.paymentsOfTransaction(transactionId).reverse();
  return candidates
    .filter(({ createdAt }) => createdAt <= until)
    .filter((payment) => conditions.every((wanted) => fits(payment, wanted)));
}

function parse(query: string): Condition[] {
  const conditions: Condition[] = [];
  let rest = query.trim();
  while (rest !== '') {
    const found = condition.exec(rest);
    if (!found)
      throw invalidRequest(`The query could not be parsed near: ${rest.slice(0, 60)}`, 'query');
    const [all, field = '', , key, , value = ''] = found;
    if (!searchable(field, key)) {
      throw invalidRequest(`Field \`${field}\` is an unsupported search field.`, 'query');
    }
    conditions.push({ field, key, value });
    rest = rest.slice(all.length);
  }
  if (conditions.length === 0) throw invalidRequest('The query is empty.', 'query');
  return conditions;
}

function searchable(field: string, key: string | undefined): boolean {
  return field === 'metadata'
    ? key !== undefined
    : key === undefined && /^(status|currency)$/.test(field);
}

function fits(payment: Payment, { field, key, value }: Condition): boolean {
  if (key !== undefined) return payment.metadata[key] === value;
  return (field === 'status' ? payment.status : payment.currency) === value;
}
