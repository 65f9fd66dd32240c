import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const privileges = `
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
`;

const types = `
CREATE TYPE public.transaction_status AS ENUM (
  'pending', 'processing', 'completed', 'failed', 'cancelled', 'refunded', 'partially_refunded'
);
CREATE TYPE public.payment_provider AS ENUM ('stripe', 'paypal', 'adyen', 'manual');
CREATE TYPE public.refund_status AS ENUM ('pending', 'processing', 'completed', 'failed');
CREATE TYPE public.event_type AS ENUM (
  'created', 'payment_initiated', 'payment_processing', 'payment_completed', 'payment_failed',
  'refund_initiated', 'refund_completed', 'webhook_received', 'status_changed',
  'refund_failed', 'refund_processing', 'payment_cancelled',
  'attempt_started', 'attempt_failed', 'outcome_unknown'
);
`;

const paymentMethods = `
CREATE TABLE public.payment_methods (
  id serial PRIMARY KEY,
  code varchar(50) NOT NULL UNIQUE,
  name varchar(100) NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO public.payment_methods (code, name) VALUES
  ('card', 'Credit/Debit Card'),
  ('bank_transfer', 'Bank Transfer'),
  ('e_wallet', 'E-Wallet'),
  ('crypto', 'Cryptocurrency');
`;

const currencies = `
CREATE TABLE public.currencies (
  code varchar(3) PRIMARY KEY,
  name varchar(100) NOT NULL,
  symbol varchar(10),
  decimal_places smallint NOT NULL DEFAULT 2,
  is_active boolean NOT NULL DEFAULT true,
  min_amount numeric(19,4) NOT NULL DEFAULT 0.01,
  max_amount numeric(19,4) NOT NULL DEFAULT 100000.00,
  CONSTRAINT check_currencies_decimal_places CHECK (decimal_places BETWEEN 0 AND 4),
  -- The bounds of one currency lie within check_amount_positive and check_amount_max of transactions.
  CONSTRAINT check_currencies_bounds
    CHECK (min_amount >= 0.01 AND max_amount >= min_amount AND max_amount <= 15000000.00)
);
INSERT INTO public.currencies (code, name, symbol, decimal_places, min_amount, max_amount) VALUES
  ('USD', 'US Dollar', '$', 2, 0.01, 100000.00),
  ('EUR', 'Euro', '€', 2, 0.01, 100000.00),
  ('GBP', 'British Pound', '£', 2, 0.01, 100000.00),
  ('JPY', 'Japanese Yen', '¥', 0, 1, 15000000),
  ('THB', 'Thai Baht', '฿', 2, 0.01, 3500000.00);
`;

const cacheVersions = `
CREATE TABLE public.cache_versions (
  kind text PRIMARY KEY,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT check_cache_versions_kind CHECK (kind IN ('partners', 'catalog'))
);
INSERT INTO public.cache_versions (kind) VALUES ('partners'), ('catalog');
`;

export class CreateLookups1795300000001 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(privileges + types + paymentMethods + currencies + cacheVersions);
  }
}
