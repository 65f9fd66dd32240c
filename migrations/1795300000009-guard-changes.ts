import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// Triggers of one table fire in the order of their names: a_*, b_*, enforce_*, update_*, validate_*, version_*.
// Tables are written with their schema: a temporary table of the same name must not be found first.

const updatedAt = `
CREATE FUNCTION public.update_updated_at_column() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at THEN
    NEW.updated_at := clock_timestamp();
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER update_partners_updated_at BEFORE UPDATE ON public.partners
  FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();
CREATE TRIGGER update_transactions_updated_at BEFORE UPDATE ON public.transactions
  FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();
CREATE TRIGGER update_refunds_updated_at BEFORE UPDATE ON public.refunds
  FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();
`;

// A trigger can't see whether a statement sets a column to its old value. "UPDATE OF changed_by" can:
// it marks what the statement gave, so that an actor or a request id left over from an earlier change
// never counts. ! marks the actor as given, ? the request id.
const actors = `
CREATE FUNCTION public.mark_given_actor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_by := TG_ARGV[0] || COALESCE(NEW.changed_by, '');
  RETURN NEW;
END $$;
CREATE FUNCTION public.assign_actor() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  marks text := CASE TG_OP WHEN 'INSERT' THEN '!?' ELSE
    COALESCE(substring(NEW.changed_by FROM '^[!?]+'), '') END;
  given_actor text := ltrim(NEW.changed_by, '!?');
BEGIN
  NEW.changed_by := COALESCE(CASE WHEN marks LIKE '%!%' THEN NULLIF(given_actor, '') END,
    NULLIF(current_setting('app.actor', true), ''), 'system');
  NEW.changed_request_id := COALESCE(CASE WHEN marks LIKE '%?%' THEN NEW.changed_request_id END,
    NULLIF(current_setting('app.request_id', true), '')::uuid);
  RETURN NEW;
END $$;
${['transactions', 'refunds']
  .map(
    (table) => `
CREATE TRIGGER a_mark_given_actor BEFORE UPDATE OF changed_by ON public.${table}
  FOR EACH ROW EXECUTE FUNCTION public.mark_given_actor('!');
CREATE TRIGGER a_mark_given_request BEFORE UPDATE OF changed_request_id ON public.${table}
  FOR EACH ROW EXECUTE FUNCTION public.mark_given_actor('?');
CREATE TRIGGER b_assign_actor BEFORE INSERT OR UPDATE ON public.${table}
  FOR EACH ROW EXECUTE FUNCTION public.assign_actor();`,
  )
  .join('')}
`;

const transactionVersion = `
CREATE FUNCTION public.raise_transaction_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  same public.transactions := NEW;
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.version := 1;
    NEW.last_sequence := GREATEST(NEW.last_sequence, 1);
    RETURN NEW;
  END IF;
  NEW.version := OLD.version;
  IF NEW.status IS DISTINCT FROM OLD.status THEN
    NEW.version := OLD.version + 1;
    NEW.last_sequence := NEW.last_sequence + 1;
    RETURN NEW;
  END IF;
  -- Bookkeeping that no partner sees leaves the version, and so the ETag, alone.
  same.last_sequence := OLD.last_sequence;
  same.next_sync_at := OLD.next_sync_at;
  same.sync_count := OLD.sync_count;
  same.changed_by := OLD.changed_by;
  same.changed_request_id := OLD.changed_request_id;
  same.updated_at := OLD.updated_at;
  same.version := OLD.version;
  IF same IS DISTINCT FROM OLD THEN
    NEW.version := OLD.version + 1;
  ELSE
    NEW.updated_at := OLD.updated_at;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER version_transaction BEFORE INSERT OR UPDATE ON public.transactions
  FOR EACH ROW EXECUTE FUNCTION public.raise_transaction_version();
`;

const rowVersion = `
CREATE FUNCTION public.raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.version + 1 END;
  RETURN NEW;
END $$;
CREATE TRIGGER version_refund BEFORE INSERT OR UPDATE ON public.refunds
  FOR EACH ROW EXECUTE FUNCTION public.raise_version();
CREATE TRIGGER version_partner BEFORE INSERT OR UPDATE ON public.partners
  FOR EACH ROW EXECUTE FUNCTION public.raise_version();
`;

export class GuardChanges1795300000009 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(updatedAt + actors + transactionVersion + rowVersion);
  }
}
