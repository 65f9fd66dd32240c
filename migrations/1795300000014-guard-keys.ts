import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// The functions below run as payments_definer, which can read and write only the columns granted to it.

const mirror = `
CREATE FUNCTION public.mirror_api_key() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE public.partners AS p SET api_key_hash = newest.hash, api_key_prefix = newest.prefix
    FROM (SELECT k.hash, k.prefix FROM public.partner_api_keys AS k
      WHERE k.partner_id = NEW.partner_id AND k.revoked_at IS NULL
        AND k.scopes @> '{read,write}'::text[]
      ORDER BY k.created_at DESC, k.id DESC LIMIT 1) AS newest
    WHERE p.id = NEW.partner_id AND p.api_key_hash <> newest.hash;
  RETURN NULL;
END $$;
CREATE TRIGGER mirror_api_key_trigger
  AFTER INSERT OR UPDATE OF hash, prefix, scopes, revoked_at ON public.partner_api_keys
  FOR EACH ROW EXECUTE FUNCTION public.mirror_api_key();
`;

const cacheVersions = `
CREATE FUNCTION public.bump_cache_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE public.cache_versions SET version = version + 1 WHERE kind = TG_ARGV[0];
  RETURN NULL;
END $$;
CREATE TRIGGER bump_cache_version_trigger AFTER INSERT OR DELETE OR UPDATE OF id, name, email,
    api_key_hash, api_key_prefix, is_active, rate_limit_per_minute, webhook_url, webhook_secret,
    metadata, deleted_at
  ON public.partners FOR EACH STATEMENT EXECUTE FUNCTION public.bump_cache_version('partners');
CREATE TRIGGER bump_cache_version_trigger AFTER INSERT OR DELETE OR UPDATE OF id, partner_id, name,
    prefix, hash, scopes, expires_at, revoked_at
  ON public.partner_api_keys FOR EACH STATEMENT
  EXECUTE FUNCTION public.bump_cache_version('partners');
CREATE TRIGGER bump_cache_version_trigger AFTER INSERT OR DELETE OR UPDATE ON public.payment_methods
  FOR EACH STATEMENT EXECUTE FUNCTION public.bump_cache_version('catalog');
CREATE TRIGGER bump_cache_version_trigger AFTER INSERT OR DELETE OR UPDATE ON public.currencies
  FOR EACH STATEMENT EXECUTE FUNCTION public.bump_cache_version('catalog');
`;

const lookUp = `
CREATE FUNCTION public.find_api_key(p_prefix text) RETURNS TABLE (
  key_id uuid, key_hash varchar, scopes text[], expires_at timestamptz, revoked_at timestamptz,
  partner_id uuid, partner_name varchar, partner_active boolean, rate_limit_per_minute integer,
  webhook_url varchar
) LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT k.id, k.hash, k.scopes, k.expires_at, k.revoked_at, p.id, p.name,
    p.is_active AND p.deleted_at IS NULL, p.rate_limit_per_minute, p.webhook_url
  FROM public.partner_api_keys AS k JOIN public.partners AS p ON p.id = k.partner_id
  WHERE k.prefix = p_prefix::char(8) AND length(p_prefix) = 8
$$;
CREATE FUNCTION public.touch_api_key(p_key_id uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE public.partner_api_keys SET last_used_at = clock_timestamp()
    WHERE id = p_key_id
      AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')
$$;
`;

export class GuardKeys1795300000014 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(mirror + cacheVersions + lookUp);
  }
}
