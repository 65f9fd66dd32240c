import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const columns = `
ALTER TABLE public.partners
  ADD COLUMN webhook_secret_previous text,
  ADD COLUMN webhook_secret_previous_until timestamptz,
  ADD COLUMN webhook_disabled_at timestamptz,
  ADD COLUMN webhook_disabled_reason text,
  ADD COLUMN webhook_failing_since timestamptz,
  ADD CONSTRAINT check_partners_webhook_secret_previous
    CHECK ((webhook_secret_previous IS NULL) = (webhook_secret_previous_until IS NULL)),
  ADD CONSTRAINT check_partners_webhook_disabled
    CHECK ((webhook_disabled_at IS NULL) = (webhook_disabled_reason IS NULL)),
  ADD CONSTRAINT check_partners_webhook_disabled_reason
    CHECK (webhook_disabled_reason IN ('gone', 'failing'));
`;

// Another URL has not failed yet, and who enables the present one gives it a new start. A reason can
// only be written by the worker, so nobody else can disable.
const freshStart = `
CREATE FUNCTION public.clear_webhook_failure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.webhook_url IS DISTINCT FROM OLD.webhook_url
    OR (NEW.webhook_disabled_at IS NULL AND OLD.webhook_disabled_at IS NOT NULL) THEN
    NEW.webhook_disabled_at := NULL;
    NEW.webhook_disabled_reason := NULL;
    NEW.webhook_failing_since := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER clear_webhook_failure_trigger
  BEFORE UPDATE OF webhook_url, webhook_disabled_at ON public.partners
  FOR EACH ROW EXECUTE FUNCTION public.clear_webhook_failure();
`;

// Neither a secret under another key nor the time since when deliveries fail is a change that a
// partner sees: no version, and no time of a change.
const sameVersion = `
CREATE OR REPLACE FUNCTION public.ignore_resealed_partner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  noted public.partners := NEW;
  resealed public.partners := OLD;
BEGIN
  noted.version := OLD.version;
  noted.updated_at := OLD.updated_at;
  resealed.webhook_failing_since := NEW.webhook_failing_since;
  IF split_part(OLD.webhook_secret, '.', 1) <> split_part(NEW.webhook_secret, '.', 1) THEN
    resealed.webhook_secret := NEW.webhook_secret;
  END IF;
  IF split_part(OLD.webhook_secret_previous, '.', 1)
      <> split_part(NEW.webhook_secret_previous, '.', 1) THEN
    resealed.webhook_secret_previous := NEW.webhook_secret_previous;
  END IF;
  IF noted IS NOT DISTINCT FROM resealed THEN
    RETURN resealed;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER version_unless_resealed ON public.partners;
CREATE TRIGGER version_unless_resealed
  BEFORE UPDATE OF webhook_secret, webhook_secret_previous, webhook_failing_since ON public.partners
  FOR EACH ROW EXECUTE FUNCTION public.ignore_resealed_partner();
`;

const grants = `
GRANT SELECT (webhook_secret_previous, webhook_secret_previous_until, webhook_disabled_at,
  webhook_disabled_reason, webhook_failing_since) ON public.partners TO payments_api, payments_worker;
GRANT UPDATE (webhook_secret_previous, webhook_secret_previous_until, webhook_disabled_at)
  ON public.partners TO payments_api, payments_operations;
GRANT UPDATE (webhook_disabled_at, webhook_disabled_reason, webhook_failing_since)
  ON public.partners TO payments_worker;
`;

export class WatchWebhookEndpoints1795300000040 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(columns + freshStart + sameVersion + grants);
  }
}
