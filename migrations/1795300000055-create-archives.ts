import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const tenant = `partner_id = ANY ((SELECT string_to_array(current_setting('app.current_partner_id', true), ',')::uuid[])::uuid[])`;

// Columns in the order of the live tables: rows move as they are.
const payments = `
CREATE TABLE public.transactions_archive (
  LIKE public.transactions INCLUDING CONSTRAINTS,
  CONSTRAINT transactions_archive_pkey PRIMARY KEY (id),
  CONSTRAINT unique_transactions_archive_id_partner UNIQUE (id, partner_id),
  CONSTRAINT unique_transactions_archive_idempotency UNIQUE (partner_id, idempotency_key),
  CONSTRAINT fk_transactions_archive_partner
    FOREIGN KEY (partner_id) REFERENCES public.partners (id),
  CONSTRAINT check_transactions_archive_ended CHECK (status NOT IN ('pending', 'processing'))
);
CREATE UNIQUE INDEX unique_transactions_archive_provider_transaction
  ON public.transactions_archive (provider, provider_account, provider_transaction_id)
  WHERE provider_transaction_id IS NOT NULL;
CREATE INDEX idx_transactions_archive_created ON public.transactions_archive (created_at);
CREATE INDEX idx_transactions_archive_unredacted ON public.transactions_archive (created_at, id)
  WHERE redacted_at IS NULL;
CREATE INDEX idx_transactions_deleted ON public.transactions (created_at)
  WHERE deleted_at IS NOT NULL;
`;

const children = `
CREATE TABLE public.transaction_attempts_archive (
  LIKE public.transaction_attempts INCLUDING CONSTRAINTS,
  CONSTRAINT transaction_attempts_archive_pkey PRIMARY KEY (id),
  CONSTRAINT unique_transaction_attempts_archive_number UNIQUE (transaction_id, attempt_no),
  CONSTRAINT fk_transaction_attempts_archive_transaction FOREIGN KEY (transaction_id, partner_id)
    REFERENCES public.transactions_archive (id, partner_id)
);
CREATE UNIQUE INDEX unique_transaction_attempts_archive_provider_transaction
  ON public.transaction_attempts_archive (provider, provider_account, provider_transaction_id)
  WHERE provider_transaction_id IS NOT NULL;
CREATE TABLE public.refunds_archive (
  LIKE public.refunds INCLUDING CONSTRAINTS,
  CONSTRAINT refunds_archive_pkey PRIMARY KEY (id),
  CONSTRAINT unique_refunds_archive_idempotency UNIQUE (partner_id, idempotency_key),
  CONSTRAINT fk_refunds_archive_transaction FOREIGN KEY (transaction_id, partner_id)
    REFERENCES public.transactions_archive (id, partner_id)
);
CREATE INDEX idx_refunds_archive_transaction
  ON public.refunds_archive (transaction_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX unique_refunds_archive_provider_refund
  ON public.refunds_archive (provider, provider_account, provider_refund_id)
  WHERE provider_refund_id IS NOT NULL;
`;

const isolation = ['transactions_archive', 'transaction_attempts_archive', 'refunds_archive']
  .map(
    (table) => `
ALTER TABLE public.${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY partner_isolation ON public.${table} FOR SELECT TO payments_api USING (${tenant});
CREATE POLICY worker_read ON public.${table} FOR SELECT TO payments_worker USING (true);
CREATE POLICY operations_read ON public.${table} FOR SELECT TO payments_operations USING (true);
CREATE POLICY definer_keep ON public.${table} FOR ALL TO payments_definer
  USING (true) WITH CHECK (true);
GRANT SELECT ON public.${table} TO payments_api, payments_worker, payments_operations;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.${table} TO payments_definer;
CREATE TRIGGER ${table}_read_only BEFORE UPDATE OR DELETE ON public.${table}
  FOR EACH ROW WHEN (current_user NOT IN ('payments_definer', 'payments_operations'))
  EXECUTE FUNCTION public.forbid_change();
CREATE TRIGGER ${table}_no_truncate BEFORE TRUNCATE ON public.${table}
  FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();`,
  )
  .join('');

// A rotation of keys replaces one envelope by another there, too.
const envelopes = `
CREATE POLICY operations_reseal ON public.transactions_archive FOR UPDATE TO payments_operations
  USING (true) WITH CHECK (true);
GRANT UPDATE (customer_email, customer_email_hash, customer_name, customer_phone)
  ON public.transactions_archive TO payments_operations;
`;

// Its partner sees that it is archived: that is another version.
const versions = `
CREATE FUNCTION public.raise_archived_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := NEW.version + 1;
  RETURN NEW;
END $$;
${['transactions', 'refunds']
  .map(
    (table) => `
CREATE TRIGGER version_archived BEFORE INSERT ON public.${table}_archive
  FOR EACH ROW EXECUTE FUNCTION public.raise_archived_version();`,
  )
  .join('')}
`;

const records = [
  ['transaction_records', 'transactions'],
  ['attempt_records', 'transaction_attempts'],
  ['refund_records', 'refunds'],
]
  .map(
    ([view, table]) => `
CREATE VIEW public.${view} WITH (security_invoker = true) AS
  SELECT t.*, false AS archived FROM public.${table} AS t
  UNION ALL SELECT t.*, true FROM public.${table}_archive AS t;
GRANT SELECT ON public.${view} TO payments_api, payments_worker, payments_operations;`,
  )
  .join('');

// After the row is in: whoever waited for the unique index while a payment moved sees it in the archive now.
const keys = [
  ['transactions', 'unique_partner_idempotency'],
  ['refunds', 'unique_refunds_partner_idempotency'],
]
  .map(
    ([table, rule]) => `
CREATE FUNCTION public.refuse_key_of_archived_${table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM public.${table}_archive
      WHERE partner_id = NEW.partner_id AND idempotency_key = NEW.idempotency_key) THEN
    RAISE EXCEPTION 'the idempotency key belongs to a row of the archive'
      USING ERRCODE = 'unique_violation', CONSTRAINT = '${rule}';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refuse_archived_key_trigger AFTER INSERT ON public.${table}
  FOR EACH ROW EXECUTE FUNCTION public.refuse_key_of_archived_${table}();`,
  )
  .join('');

export class CreateArchives1795300000055 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(payments + children + isolation + envelopes);
    await queryRunner.query(versions + records + keys);
  }
}
