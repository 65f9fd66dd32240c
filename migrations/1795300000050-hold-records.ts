import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// No foreign key to transactions: a hold outlives the payment's way into the archive.
const holds = `
CREATE TABLE public.legal_holds (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  partner_id uuid NOT NULL,
  transaction_id uuid,
  reason varchar(500) NOT NULL,
  placed_by varchar(100) NOT NULL,
  placed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  released_by varchar(100),
  released_at timestamptz,
  CONSTRAINT fk_legal_holds_partner FOREIGN KEY (partner_id) REFERENCES public.partners (id),
  CONSTRAINT check_legal_holds_reason CHECK (reason <> ''),
  CONSTRAINT check_legal_holds_release CHECK (num_nonnulls(released_by, released_at) IN (0, 2))
);
CREATE UNIQUE INDEX unique_legal_holds_open
  ON public.legal_holds (partner_id, transaction_id) NULLS NOT DISTINCT WHERE released_at IS NULL;
ALTER TABLE public.legal_holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.legal_holds FORCE ROW LEVEL SECURITY;
CREATE POLICY operations_read ON public.legal_holds FOR SELECT TO payments_operations USING (true);
CREATE POLICY operations_insert ON public.legal_holds FOR INSERT TO payments_operations
  WITH CHECK (released_at IS NULL);
CREATE POLICY operations_update ON public.legal_holds FOR UPDATE TO payments_operations
  USING (true) WITH CHECK (true);
CREATE POLICY definer_read ON public.legal_holds FOR SELECT TO payments_definer USING (true);
GRANT SELECT, INSERT (id, partner_id, transaction_id, reason, placed_by),
  UPDATE (released_by, released_at) ON public.legal_holds TO payments_operations;
GRANT SELECT ON public.legal_holds TO payments_definer;
`;

const releasesStand = `
CREATE FUNCTION public.enforce_hold_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a legal hold that was released stays released; place a new one'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_holds_released';
END $$;
CREATE TRIGGER enforce_hold_release_trigger BEFORE UPDATE ON public.legal_holds
  FOR EACH ROW WHEN (OLD.released_at IS NOT NULL) EXECUTE FUNCTION public.enforce_hold_release();
`;

// Whoever asks gets the truth: to a login whose policies hide the holds, nothing would seem held.
const isHeld = `
CREATE FUNCTION public.is_held(p_partner_id uuid, p_transaction_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM public.legal_holds
    WHERE partner_id = p_partner_id AND released_at IS NULL
      AND (transaction_id IS NULL OR transaction_id = p_transaction_id))
$$;
REVOKE EXECUTE ON FUNCTION public.is_held(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.is_held(uuid, uuid) TO payments_worker, payments_operations;
GRANT CREATE ON SCHEMA public TO payments_definer;
ALTER FUNCTION public.is_held(uuid, uuid) OWNER TO payments_definer;
REVOKE CREATE ON SCHEMA public FROM payments_definer;
`;

export class HoldRecords1795300000050 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(holds + releasesStand + isHeld);
  }
}
