import type { Repository } from 'typeorm';
import { LegalHold } from './legal-hold.entity.js';
import { OperationsDatabase } from './operations-database.service.js';

/** Whose records are kept: all of a partner, or one transaction with what belongs to it. */
export type HoldSubject = { partner: string } | { transaction: string };

interface HoldRow {
  id: string;
}

const placeOnPartner = `
WITH placed AS (
  INSERT INTO legal_holds (id, partner_id, reason, placed_by)
  SELECT gen_random_uuid(), id, $2, $3 FROM partners WHERE id = $1
  RETURNING *
), audit AS (
  INSERT INTO audit_logs (actor_type, actor, action, resource_type, resource_id, changes)
  SELECT 'operator', $3, 'create', 'legal_hold', id,
    jsonb_build_object('after', jsonb_build_object('partner_id', partner_id, 'reason', reason))
  FROM placed
)
SELECT id FROM placed`;

const placeOnTransaction = `
WITH placed AS (
  INSERT INTO legal_holds (id, partner_id, transaction_id, reason, placed_by)
  SELECT gen_random_uuid(), partner_id, id, $2, $3 FROM transaction_records WHERE id = $1
  RETURNING *
), audit AS (
  INSERT INTO audit_logs (actor_type, actor, action, resource_type, resource_id, changes)
  SELECT 'operator', $3, 'create', 'legal_hold', id, jsonb_build_object('after',
    jsonb_build_object('partner_id', partner_id, 'transaction_id', transaction_id,
      'reason', reason)) FROM placed
)
SELECT id FROM placed`;

const release = `
WITH released AS (
  UPDATE legal_holds SET released_by = $2, released_at = clock_timestamp()
  WHERE id = $1 AND released_at IS NULL
  RETURNING *
), audit AS (
  INSERT INTO audit_logs (actor_type, actor, action, resource_type, resource_id, changes)
  SELECT 'operator', $2, 'update', 'legal_hold', id, jsonb_build_object(
    'before', jsonb_build_object('released_at', NULL),
    'after', jsonb_build_object('released_at', released_at)) FROM released
)
SELECT id FROM released`;

/** Legal holds, and the audit rows of their beginning and end, which no partner sees. */
export class LegalHoldsRepository {
  constructor(
    private readonly rows: Repository<LegalHold>,
    private readonly database: OperationsDatabase,
  ) {}

  /** @returns the id of the hold; `undefined` when there is no such partner or transaction */
  async place(subject: HoldSubject, reason: string, name: string): Promise<string | undefined> {
    const isPartner = 'partner' in subject;
    const text = isPartner ? placeOnPartner : placeOnTransaction;
    const values = [isPartner ? subject.partner : subject.transaction, reason, name];
    return (await this.database.statement<HoldRow>(scopeOf(name), text, values))[0]?.id;
  }

  /** @returns whether there was such a hold, not released before */
  async release(id: string, name: string): Promise<boolean> {
    const values = [id, name];
    return (await this.database.statement(scopeOf(name), release, values)).length > 0;
  }

  find(id: string): Promise<LegalHold | null> {
    return this.rows.findOneBy({ id });
  }

  /** Newest first. */
  list(): Promise<LegalHold[]> {
    return this.rows.find({ order: { placedAt: 'DESC', id: 'DESC' } });
  }
}

function scopeOf(name: string) {
  return { partnerIds: [], actor: `operator:${name}` };
}
