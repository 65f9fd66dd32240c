import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// The setting holds one partner id or the comma-separated set of a batch. The sub-select is planned
// once per statement (an InitPlan); unset or empty gives no row and raises nothing.
const tenant = (column: string): string =>
  `${column} = ANY ((SELECT string_to_array(current_setting('app.current_partner_id', true), ',')::uuid[])::uuid[])`;

const forceRowSecurity = (table: string): string => `
ALTER TABLE public.${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.${table} FORCE ROW LEVEL SECURITY;`;

const tables = [
  'partners',
  'partner_api_keys',
  'operator_keys',
  'transactions',
  'transaction_attempts',
  'refunds',
  'transaction_events',
  'audit_logs',
  'idempotency_keys',
  'provider_webhooks',
];

const tenantPolicy = (table: string, column: string): string => `
CREATE POLICY partner_isolation ON public.${table} FOR ALL TO payments_api
  USING (${tenant(column)}) WITH CHECK (${tenant(column)});`;

const tenantPolicies =
  tenantPolicy('partners', 'id') +
  ['partner_api_keys', 'transactions', 'transaction_attempts', 'refunds', 'idempotency_keys']
    .map((table) => tenantPolicy(table, 'partner_id'))
    .join('');

// The event of a status change is written by a trigger and by nothing else.
const extraEvent = `from_status IS NULL AND event_type IN (
    'payment_initiated', 'attempt_started', 'attempt_failed', 'outcome_unknown', 'webhook_received')`;

const appendOnlyPolicies = `
CREATE POLICY partner_isolation ON public.transaction_events FOR SELECT TO payments_api
  USING (${tenant('partner_id')});
CREATE POLICY partner_insert ON public.transaction_events FOR INSERT TO payments_api
  WITH CHECK (${tenant('partner_id')} AND (pg_trigger_depth() > 0 OR (${extraEvent})));
CREATE POLICY worker_read ON public.transaction_events FOR SELECT TO payments_worker USING (true);
CREATE POLICY worker_insert ON public.transaction_events FOR INSERT TO payments_worker
  WITH CHECK (pg_trigger_depth() > 0 OR (${extraEvent}));
CREATE POLICY partner_isolation ON public.audit_logs FOR SELECT TO payments_api
  USING (${tenant('partner_id')});
CREATE POLICY partner_insert ON public.audit_logs FOR INSERT TO payments_api
  WITH CHECK (partner_id IS NULL OR ${tenant('partner_id')});
CREATE POLICY worker_access ON public.audit_logs FOR ALL TO payments_worker
  USING (true) WITH CHECK (true);
CREATE POLICY operations_insert ON public.audit_logs FOR INSERT TO payments_operations
  WITH CHECK (true);
CREATE POLICY receive ON public.provider_webhooks FOR INSERT TO payments_api
  WITH CHECK (status = 'received' AND partner_id IS NULL
    AND transaction_id IS NULL AND refund_id IS NULL);
`;

const workerPolicies = [
  'partners',
  'transactions',
  'transaction_attempts',
  'refunds',
  'idempotency_keys',
  'provider_webhooks',
]
  .map(
    (table) => `
CREATE POLICY worker_access ON public.${table} FOR ALL TO payments_worker
  USING (true) WITH CHECK (true);`,
  )
  .join('');

const operationsPolicies =
  tables
    .map(
      (table) => `
CREATE POLICY operations_read ON public.${table} FOR SELECT TO payments_operations USING (true);`,
    )
    .join('') +
  ['partners', 'partner_api_keys', 'operator_keys']
    .map(
      (table) => `
CREATE POLICY operations_insert ON public.${table} FOR INSERT TO payments_operations
  WITH CHECK (true);
CREATE POLICY operations_update ON public.${table} FOR UPDATE TO payments_operations
  USING (true) WITH CHECK (true);`,
    )
    .join('');

const definerPolicies = ['partners', 'partner_api_keys']
  .map(
    (table) => `
CREATE POLICY definer_read ON public.${table} FOR SELECT TO payments_definer USING (true);
CREATE POLICY definer_update ON public.${table} FOR UPDATE TO payments_definer
  USING (true) WITH CHECK (true);`,
  )
  .join('');

export class IsolateTenants1795300000015 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(tables.map(forceRowSecurity).join(''));
    await queryRunner.query(tenantPolicies + appendOnlyPolicies);
    await queryRunner.query(workerPolicies + operationsPolicies + definerPolicies);
  }
}
