import { listOf, type Shape } from '../shape.js';
import { links, money } from './paypal.part-shapes.js';

export const dispute: Shape = {
  dispute_id: 'string',
  create_time: 'string',
  update_time: 'string',
  disputed_transactions: listOf({
    seller_transaction_id: 'string',
    create_time: 'string',
    transaction_status: ['COMPLETED'],
    gross_amount: money,
    'invoice_number?': 'string',
    'custom?': 'string',
    seller: { email: 'string', merchant_id: 'string' },
  }),
  reason: ['UNAUTHORISED'],
  status: ['OPEN', 'RESOLVED'],
  dispute_amount: money,
  'dispute_outcome?': {
    outcome_code: ['RESOLVED_BUYER_FAVOUR', 'RESOLVED_SELLER_FAVOUR'],
    'amount_refunded?': money,
  },
  dispute_life_cycle_stage: ['CHARGEBACK'],
  dispute_channel: ['INTERNAL'],
  links,
};
