import type { Dispute } from './stripe.records.js';
import { seconds, type WireObject } from './stripe.wire.js';

const answerWithinMs = 7 * 24 * 60 * 60 * 1_000;

const evidence = Object.fromEntries(
  (
    'access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal ' +
    'customer_communication customer_email_address customer_name customer_purchase_ip customer_signature ' +
    'duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt ' +
    'refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation ' +
    'shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number ' +
    'uncategorized_file uncategorized_text'
  )
    .split(' ')
    .map((name) => [name, null]),
);

export function renderDispute(dispute: Dispute): WireObject {
  const { status = null } = dispute;
  return {
    id: dispute.id,
    object: 'dispute',
    amount: dispute.amount,
    balance_transactions: [],
    charge: dispute.chargeId,
    created: seconds(dispute.createdAt),
    currency: dispute.currency,
    enhanced_eligibility_types: [],
    evidence: { ...evidence, enhanced_evidence: {} },
    evidence_details: {
      due_by: seconds(dispute.createdAt + answerWithinMs),
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: status === 'warning_needs_response',
    livemode: false,
    metadata: {},
    payment_intent: dispute.paymentId,
    reason: dispute.reason,
    status,
  };
}
