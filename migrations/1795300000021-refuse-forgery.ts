import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// What payments_api writes into a history is its partner's doing. Of callers that belong to no partner
// it notes reads and refusals; the changes of operators come through payments_operations.
const auditTrail = `
ALTER POLICY partner_insert ON public.audit_logs WITH CHECK (
  CASE WHEN partner_id IS NULL
    THEN actor_type IN ('anonymous', 'operator') AND action IN ('read', 'refuse')
    ELSE actor_type = 'partner' AND partner_id = ANY ((SELECT string_to_array(
      current_setting('app.current_partner_id', true), ',')::uuid[])::uuid[]) END);
REVOKE INSERT (created_at) ON public.audit_logs
  FROM payments_api, payments_worker, payments_operations;
`;

const operatorsSpeakForThemselves = `
CREATE POLICY no_operator ON public.transactions AS RESTRICTIVE FOR ALL TO payments_api
  USING (true) WITH CHECK (changed_by NOT LIKE 'operator:%');
CREATE POLICY no_operator ON public.refunds AS RESTRICTIVE FOR ALL TO payments_api
  USING (true) WITH CHECK (changed_by NOT LIKE 'operator:%');
CREATE POLICY no_operator ON public.transaction_events AS RESTRICTIVE FOR INSERT TO payments_api
  WITH CHECK (created_by IS NULL OR created_by NOT LIKE 'operator:%');
`;

// Events have no foreign key. Those that triggers write belong to the row at hand.
const eventParents = `
CREATE FUNCTION public.enforce_event_parent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.transactions
    WHERE id = NEW.transaction_id AND partner_id = NEW.partner_id;
  IF NOT FOUND OR (NEW.refund_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM public.refunds WHERE id = NEW.refund_id
        AND transaction_id = NEW.transaction_id AND partner_id = NEW.partner_id)) THEN
    RAISE EXCEPTION 'an event needs a transaction and a refund of its partner'
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'transaction_events_parent_visible';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER enforce_event_parent_trigger AFTER INSERT ON public.transaction_events
  FOR EACH ROW
  WHEN (pg_trigger_depth() = 0 AND current_user IN ('payments_api', 'payments_worker'))
  EXECUTE FUNCTION public.enforce_event_parent();
`;

const keysEnd = `
CREATE FUNCTION public.enforce_key_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.revoked_at > clock_timestamp()
    OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
    OR (OLD.expires_at IS NOT NULL AND (NEW.expires_at IS NULL OR NEW.expires_at > OLD.expires_at))
  THEN
    RAISE EXCEPTION 'the end of a key can''t be taken back or put off'
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_end';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER enforce_key_end_trigger BEFORE UPDATE OF expires_at, revoked_at
  ON public.partner_api_keys FOR EACH ROW EXECUTE FUNCTION public.enforce_key_end();
CREATE TRIGGER enforce_key_end_trigger BEFORE UPDATE OF expires_at, revoked_at
  ON public.operator_keys FOR EACH ROW EXECUTE FUNCTION public.enforce_key_end();
`;

// A rotation ends the old keys in the same transaction: what was alive when it began still counts.
const keyScopes = `
CREATE FUNCTION public.enforce_key_scopes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.partner_api_keys
    WHERE partner_id = NEW.partner_id AND scopes @> NEW.scopes
      AND (revoked_at IS NULL OR revoked_at >= now())
      AND (expires_at IS NULL OR expires_at >= now());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a partner gives a new key no scope that none of its keys has'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'partner_api_keys_scopes_held';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER enforce_key_scopes_trigger BEFORE INSERT ON public.partner_api_keys
  FOR EACH ROW WHEN (current_user = 'payments_api') EXECUTE FUNCTION public.enforce_key_scopes();
REVOKE INSERT (created_at) ON public.partner_api_keys FROM payments_api;
`;

const touchOwnKey = `
GRANT CREATE ON SCHEMA public TO payments_definer;
SET LOCAL ROLE payments_definer;
CREATE OR REPLACE FUNCTION public.touch_api_key(p_key_id uuid) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE public.partner_api_keys SET last_used_at = clock_timestamp()
    WHERE id = p_key_id
      AND partner_id = ANY (
        string_to_array(current_setting('app.current_partner_id', true), ',')::uuid[])
      AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')
$$;
SET LOCAL ROLE payments_owner;
REVOKE CREATE ON SCHEMA public FROM payments_definer;
`;

export class RefuseForgery1795300000021 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(auditTrail + operatorsSpeakForThemselves + eventParents);
    await queryRunner.query(keysEnd + keyScopes + touchOwnKey);
  }
}
