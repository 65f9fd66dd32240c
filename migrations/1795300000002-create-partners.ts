import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const partners = `
CREATE TABLE public.partners (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(255) NOT NULL,
  email varchar(255) NOT NULL,
  api_key_hash varchar(255) NOT NULL UNIQUE,
  api_key_prefix varchar(10) NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  rate_limit_per_minute integer NOT NULL DEFAULT 100,
  webhook_url varchar(512),
  webhook_secret text,
  metadata jsonb,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT check_partners_rate_limit CHECK (rate_limit_per_minute > 0)
);
CREATE INDEX idx_partners_api_key_prefix ON public.partners (api_key_prefix)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_partners_is_active ON public.partners (is_active) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX unique_partners_email_lower ON public.partners (lower(email))
  WHERE deleted_at IS NULL;
`;

const partnerApiKeys = `
CREATE TABLE public.partner_api_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  partner_id uuid NOT NULL,
  name varchar(100) NOT NULL DEFAULT 'default',
  prefix char(8) NOT NULL,
  hash varchar(255) NOT NULL,
  scopes text[] NOT NULL DEFAULT '{read,write}',
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT fk_partner_api_keys_partner FOREIGN KEY (partner_id) REFERENCES public.partners (id),
  CONSTRAINT unique_partner_api_keys_prefix UNIQUE (prefix),
  CONSTRAINT unique_partner_api_keys_hash UNIQUE (hash),
  CONSTRAINT check_partner_api_keys_scopes
    CHECK (scopes <@ '{read,write}'::text[] AND cardinality(scopes) > 0)
);
CREATE INDEX idx_partner_api_keys_partner_created
  ON public.partner_api_keys (partner_id, created_at DESC, id DESC);
`;

const operatorKeys = `
CREATE TABLE public.operator_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  operator varchar(100) NOT NULL,
  prefix char(8) NOT NULL,
  hash varchar(255) NOT NULL,
  scopes text[] NOT NULL DEFAULT '{read,write}',
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT unique_operator_keys_prefix UNIQUE (prefix),
  CONSTRAINT unique_operator_keys_hash UNIQUE (hash),
  CONSTRAINT check_operator_keys_operator CHECK (operator ~ '^[A-Za-z0-9._@-]{1,80}$'),
  CONSTRAINT check_operator_keys_scopes
    CHECK (scopes <@ '{read,write}'::text[] AND cardinality(scopes) > 0)
);
`;

export class CreatePartners1795300000002 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(partners + partnerApiKeys + operatorKeys);
  }
}
