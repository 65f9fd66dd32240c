import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// `keys rotate` logs in as payments_operations and rewrites these columns, one envelope for another.
const sealedColumns = `
GRANT UPDATE (customer_email, customer_email_hash, customer_name, customer_phone)
  ON public.transactions TO payments_operations;
GRANT UPDATE (response, response_hash) ON public.idempotency_keys TO payments_operations;
GRANT UPDATE (body) ON public.provider_webhooks TO payments_operations;
${['idempotency_keys', 'provider_webhooks']
  .map(
    (table) => `
CREATE POLICY operations_reseal ON public.${table} FOR UPDATE TO payments_operations
  USING (true) WITH CHECK (true);`,
  )
  .join('')}
`;

// A value under another key is the same value: no version, no time and no actor of a change.
// The key id is what stands before the dot. These triggers fire after version_transaction and
// version_partner, and undo what the triggers before them noted.
const sameTransaction = `
CREATE FUNCTION public.ignore_resealed_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  noted public.transactions := NEW;
  resealed public.transactions := OLD;
BEGIN
  IF EXISTS (SELECT FROM (VALUES
      (OLD.customer_email, NEW.customer_email),
      (OLD.customer_email_hash, NEW.customer_email_hash),
      (OLD.customer_name, NEW.customer_name),
      (OLD.customer_phone, NEW.customer_phone)) AS sealed (old_value, new_value)
    WHERE old_value IS DISTINCT FROM new_value
      AND (split_part(old_value, '.', 1) <> split_part(new_value, '.', 1)) IS NOT TRUE) THEN
    RETURN NEW;
  END IF;
  noted.version := OLD.version;
  noted.updated_at := OLD.updated_at;
  noted.changed_by := OLD.changed_by;
  noted.changed_request_id := OLD.changed_request_id;
  resealed.customer_email := NEW.customer_email;
  resealed.customer_email_hash := NEW.customer_email_hash;
  resealed.customer_name := NEW.customer_name;
  resealed.customer_phone := NEW.customer_phone;
  IF noted IS DISTINCT FROM resealed THEN
    RETURN NEW;
  END IF;
  RETURN resealed;
END $$;
CREATE TRIGGER version_unless_resealed BEFORE UPDATE OF customer_email, customer_email_hash,
    customer_name, customer_phone ON public.transactions
  FOR EACH ROW EXECUTE FUNCTION public.ignore_resealed_transaction();
`;

const samePartner = `
CREATE FUNCTION public.ignore_resealed_partner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  noted public.partners := NEW;
  resealed public.partners := OLD;
BEGIN
  IF split_part(OLD.webhook_secret, '.', 1) <> split_part(NEW.webhook_secret, '.', 1) THEN
    noted.version := OLD.version;
    noted.updated_at := OLD.updated_at;
    resealed.webhook_secret := NEW.webhook_secret;
    IF noted IS NOT DISTINCT FROM resealed THEN
      RETURN resealed;
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER version_unless_resealed BEFORE UPDATE OF webhook_secret ON public.partners
  FOR EACH ROW EXECUTE FUNCTION public.ignore_resealed_partner();
`;

// A hash of the plain answer would let its reader try out email addresses without any key.
// It is now the hash of the envelope, which SQL can check.
const envelopeHashes = `
CREATE POLICY rehash ON public.idempotency_keys FOR ALL TO payments_owner
  USING (true) WITH CHECK (true);
UPDATE public.idempotency_keys
  SET response_hash = encode(sha256(convert_to(response, 'UTF8')), 'hex')
  WHERE response IS NOT NULL;
DROP POLICY rehash ON public.idempotency_keys;
`;

export class GrantKeyRotation1795300000018 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(sealedColumns + sameTransaction + samePartner + envelopeHashes);
  }
}
