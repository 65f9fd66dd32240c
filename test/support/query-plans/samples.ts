import type pg from 'pg';
import { frequentPayer, type MeasuredPartner } from './measured-system.js';
import type { Samples } from './read-cases.js';

interface SampledRow {
  id: string;
  refund: string;
  reference: string;
  cart: string;
  at: string;
  delivery: string;
}

const middle = `
SELECT t.id, r.id AS refund, t.reference, t.metadata ->> 'cart' AS cart, t.created_at AS at,
  (SELECT d.id FROM webhook_deliveries AS d WHERE d.transaction_id = t.id LIMIT 1) AS delivery
FROM refunds AS r JOIN transactions AS t ON t.id = r.transaction_id
WHERE t.partner_id = $1 AND t.metadata IS NOT NULL
ORDER BY t.created_at DESC
OFFSET (SELECT count(*) / 2 FROM refunds WHERE partner_id = $1 AND metadata IS NULL) * 9 / 10 LIMIT 1`;

/** What is in the middle of a partner's history, what is frequent, rare, old, and not there at all. */
export async function samplesOf(client: pg.Client, { id }: MeasuredPartner): Promise<Samples> {
  const { rows } = await client.query<SampledRow>(middle, [id]);
  const [row] = rows;
  if (!row) throw new Error('the partner has no history');
  const at = new Date(row.at).toISOString();
  return {
    filters: {
      expand: ['expand=attempts,refunds,events'],
      customer_email: [`customer_email=${frequentPayer}`, 'customer_email=nobody@example.com'],
      reference: [`reference=${row.reference}`],
      created_from: [`created_from=${at}`],
      created_to: [`created_to=${at}`, 'created_to=2020-01-01T00:00:00Z'],
      currency: ['currency=USD', 'currency=GBP', 'currency=THB'],
      amount_min: ['amount_min=100&currency=USD', 'amount_min=700.01&amount_max=701&currency=USD'],
      amount_max: ['amount_max=2&currency=EUR'],
      metadata: [
        'metadata[channel]=web',
        'metadata[season]=first',
        'metadata[season]=none',
        `metadata[cart]=${row.cart}`,
      ],
      transaction_id: [`transaction_id=${row.id}`],
      resource_id: [`resource_id=${row.id}`],
      resource_type: ['resource_type=transaction', 'resource_type=refund', 'resource_type=partner'],
      action: ['action=read', 'action=update', 'action=delete', 'action=none'],
    },
    ids: {
      '/v1/transactions': row.id,
      '/v1/refunds': row.refund,
      '/v1/webhook-deliveries': row.delivery,
      '/admin/v1/transactions': row.id,
      '/admin/v1/partners': id,
    },
  };
}
