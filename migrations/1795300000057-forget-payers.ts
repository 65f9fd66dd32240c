import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

interface Family {
  /** As in redact_<name>. */
  name: 'transactions' | 'archive';
  transactions: string;
  refunds: string;
  attempts: string;
  /** The live tables have triggers that raise it. */
  version: string;
}

const families: Family[] = [
  {
    name: 'transactions',
    transactions: 'transactions',
    refunds: 'refunds',
    attempts: 'transaction_attempts',
    version: '',
  },
  {
    name: 'archive',
    transactions: 'transactions_archive',
    refunds: 'refunds_archive',
    attempts: 'transaction_attempts_archive',
    version: ', version = version + 1',
  },
];

const signature = '(p_now timestamptz, p_limit integer, p_dry_run boolean)';
const header = `RETURNS TABLE (done text, rows bigint) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC'`;

const payer = ['customer_email', 'customer_email_hash', 'customer_name', 'customer_phone']
  .concat('ip_address', 'user_agent', 'browser', 'metadata', 'description', 'return_url')
  .concat('provider_return_url', 'next_action', 'payment_method_token', 'payment_method_tokens')
  .concat('provider_customer_id', 'cancellation_reason', 'error_message');
const payerColumns = payer.join(', ');
const nothing = payer.map((column) => `${column} = NULL`).join(', ');

const access = `
GRANT UPDATE (${payerColumns}, redacted_at) ON public.transactions TO payments_definer;
GRANT UPDATE (reason, metadata, error_message) ON public.refunds TO payments_definer;
GRANT UPDATE (provider_response, error_message) ON public.transaction_attempts TO payments_definer;
GRANT UPDATE (ip_address, error_message, provider_response) ON public.transaction_events
  TO payments_definer;
CREATE POLICY definer_redact ON public.transaction_events FOR UPDATE TO payments_definer
  USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE (details, resolution), DELETE ON public.review_items TO payments_definer;
CREATE POLICY definer_redact ON public.review_items FOR UPDATE TO payments_definer
  USING (true) WITH CHECK (true);
CREATE POLICY definer_expire ON public.review_items FOR DELETE TO payments_definer USING (true);
DROP TRIGGER enforce_review_resolution_trigger ON public.review_items;
CREATE TRIGGER enforce_review_resolution_trigger BEFORE UPDATE ON public.review_items
  FOR EACH ROW WHEN (OLD.status = 'resolved' AND current_user <> 'payments_definer')
  EXECUTE FUNCTION public.enforce_review_resolution();
`;

// What is long past its own end goes as a whole.
const leftovers = `
CREATE FUNCTION public.expire_sendings(p_ids uuid[], p_refund_ids uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  DELETE FROM public.webhook_delivery_attempts WHERE delivery_id IN (
    SELECT id FROM public.webhook_deliveries WHERE transaction_id = ANY (p_ids));
  DELETE FROM public.webhook_deliveries WHERE transaction_id = ANY (p_ids);
  DELETE FROM public.provider_webhooks WHERE transaction_id = ANY (p_ids);
  DELETE FROM public.idempotency_keys WHERE resource_id = ANY (p_ids || p_refund_ids);
$$;
`;

// Of a dispute its id alone stays, by which it is told once.
const word = (response: string): string => `CASE WHEN ${response} ? 'dispute_id'
      THEN jsonb_build_object('dispute_id', ${response}->'dispute_id') END`;

const trails = `
CREATE FUNCTION public.redact_trails(p_ids uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE public.transaction_events SET ip_address = NULL, error_message = NULL,
    provider_response = ${word('provider_response')}
    WHERE transaction_id = ANY (p_ids);
  UPDATE public.transaction_histories SET events = (
      SELECT jsonb_agg(event - '{ip_address,error_message,provider_response}'::text[]
        || CASE WHEN event->'provider_response' ? 'dispute_id' THEN jsonb_build_object(
          'provider_response', ${word(`event->'provider_response'`)}) ELSE '{}' END ORDER BY place)
      FROM jsonb_array_elements(events) WITH ORDINALITY AS e (event, place))
    WHERE transaction_id = ANY (p_ids);
  UPDATE public.review_items SET details = '{}',
      resolution = CASE status WHEN 'resolved' THEN '[redacted]' END
    WHERE transaction_id = ANY (p_ids);
$$;
`;

const old = ({ name, transactions }: Family): string =>
  name === 'archive'
    ? `public.${transactions} AS t`
    : `(
      SELECT * FROM public.transactions WHERE deleted_at IS NULL AND created_at < cut
      UNION ALL
      SELECT * FROM public.transactions WHERE deleted_at IS NOT NULL AND created_at < cut) AS t`;

const ended = ({ refunds }: Family): string => `t.created_at < cut
      AND t.status NOT IN ('pending', 'processing')
      AND GREATEST(t.processed_at, t.failed_at, t.cancelled_at) < cut
      AND NOT public.is_held(t.partner_id, t.id)
      AND NOT EXISTS (SELECT FROM public.${refunds} AS r WHERE r.transaction_id = t.id
        AND (r.status IN ('pending', 'processing')
          OR GREATEST(r.created_at, r.processed_at, r.failed_at) >= cut))`;

interface Rule {
  name: string;
  years: number;
  done: string;
  due: string;
  work: string;
}

const functionOf = (family: Family, { name, years, done, due, work }: Rule): string => `
CREATE FUNCTION public.${name}${signature} ${header} AS $$
DECLARE
  cut constant timestamptz := p_now - interval '${years} years';
  ids uuid[];
  refund_ids uuid[];
BEGIN
  PERFORM set_config('app.aging', 'on', true);
  IF p_dry_run THEN
    RETURN QUERY SELECT '${done}', count(*) FROM ${old(family)} WHERE ${due} HAVING count(*) > 0;
    RETURN;
  END IF;
  ids := ARRAY(SELECT t.id FROM public.${family.transactions} AS t
    WHERE t.id = ANY (ARRAY(SELECT t.id FROM ${old(family)} WHERE ${due} LIMIT p_limit))
    FOR UPDATE SKIP LOCKED);
  ids := ARRAY(SELECT t.id FROM public.${family.transactions} AS t WHERE t.id = ANY (ids) AND ${due});
  refund_ids := ARRAY(SELECT r.id FROM public.${family.refunds} AS r
    WHERE r.transaction_id = ANY (ids));
  ${work}
  IF cardinality(ids) > 0 THEN
    RETURN QUERY SELECT '${done}', cardinality(ids)::bigint;
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION public.${name}(timestamptz, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.${name}(timestamptz, integer, boolean) TO payments_worker;
ALTER FUNCTION public.${name}(timestamptz, integer, boolean) OWNER TO payments_definer;`;

const redact = (family: Family): string =>
  functionOf(family, {
    ...{ name: `redact_${family.name}`, years: 7, done: 'transactions_redacted' },
    due: `t.redacted_at IS NULL AND ${ended(family)}`,
    work: `PERFORM public.expire_sendings(ids, refund_ids);
  PERFORM public.redact_trails(ids);
  UPDATE public.${family.attempts} SET provider_response = NULL, error_message = NULL
    WHERE transaction_id = ANY (ids);
  UPDATE public.${family.refunds} SET reason = '[redacted]', metadata = NULL,
      error_message = NULL${family.version}
    WHERE transaction_id = ANY (ids);
  UPDATE public.${family.transactions} SET ${nothing},
      redacted_at = p_now${family.version}
    WHERE id = ANY (ids);`,
  });

const remove = (family: Family): string =>
  functionOf(family, {
    ...{ name: `delete_${family.name}`, years: 10, done: 'transactions_deleted' },
    due: ended(family),
    work: `PERFORM public.expire_sendings(ids, refund_ids);
  DELETE FROM public.review_items WHERE transaction_id = ANY (ids);
  DELETE FROM public.transaction_events WHERE transaction_id = ANY (ids);
  DELETE FROM public.transaction_histories WHERE transaction_id = ANY (ids);
  DELETE FROM public.${family.attempts} WHERE transaction_id = ANY (ids);
  DELETE FROM public.${family.refunds} WHERE transaction_id = ANY (ids);
  DELETE FROM public.${family.transactions} WHERE id = ANY (ids);`,
  });

// Of no payment that we know, or with somebody who looks at it: others go after 90 days.
const strangers = `
CREATE FUNCTION public.forget_provider_webhooks${signature} ${header} AS $$
DECLARE
  ids uuid[] := ARRAY(SELECT w.id FROM public.provider_webhooks AS w
    WHERE w.received_at < p_now - interval '7 years'
      AND (w.partner_id IS NULL OR NOT public.is_held(w.partner_id, w.transaction_id))
    LIMIT CASE WHEN p_dry_run THEN NULL ELSE p_limit END);
BEGIN
  IF NOT p_dry_run THEN
    DELETE FROM public.provider_webhooks AS w WHERE w.id = ANY (ids);
  END IF;
  IF cardinality(ids) > 0 THEN
    RETURN QUERY SELECT 'provider_webhooks_deleted', cardinality(ids)::bigint;
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION public.forget_provider_webhooks(timestamptz, integer, boolean),
  public.expire_sendings(uuid[], uuid[]), public.redact_trails(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.forget_provider_webhooks(timestamptz, integer, boolean)
  TO payments_worker;
ALTER FUNCTION public.forget_provider_webhooks(timestamptz, integer, boolean)
  OWNER TO payments_definer;
ALTER FUNCTION public.expire_sendings(uuid[], uuid[]) OWNER TO payments_definer;
ALTER FUNCTION public.redact_trails(uuid[]) OWNER TO payments_definer;
`;

export class ForgetPayers1795300000057 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(access + leftovers + trails);
    await queryRunner.query('GRANT CREATE ON SCHEMA public TO payments_definer');
    await queryRunner.query(families.map(redact).join('') + families.map(remove).join(''));
    await queryRunner.query(strangers);
    await queryRunner.query('REVOKE CREATE ON SCHEMA public FROM payments_definer');
  }
}
