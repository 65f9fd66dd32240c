import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Scope } from '../../http/request.js';
import { OperationsDatabase, operationsDataSource } from './operations-database.service.js';
import { OperatorKey } from './operator-key.entity.js';

/** A key that is about to be given to an operator. */
export interface NewOperatorKey {
  id: string;
  operator: string;
  prefix: string;
  hash: string;
  scopes: readonly Scope[];
}

const insertKey = `
WITH created AS (
  INSERT INTO operator_keys (id, operator, prefix, hash, scopes)
  VALUES ($1, $2, $3, $4, $5::text[])
  RETURNING *
)
INSERT INTO audit_logs (actor_type, actor, action, resource_type, resource_id, changes)
SELECT 'system', 'command', 'create', 'operator_key', id,
  jsonb_build_object('after', jsonb_build_object('operator', operator, 'scopes', scopes))
FROM created`;

const revokeKey = `
WITH revoked AS (
  UPDATE operator_keys SET revoked_at = clock_timestamp()
  WHERE prefix = $1 AND revoked_at IS NULL
  RETURNING *
)
INSERT INTO audit_logs (actor_type, actor, action, resource_type, resource_id, changes)
SELECT 'system', 'command', 'update', 'operator_key', id,
  jsonb_build_object('before', jsonb_build_object('revoked_at', NULL),
    'after', jsonb_build_object('revoked_at', revoked_at))
FROM revoked`;

const touchKey = `
UPDATE operator_keys SET last_used_at = clock_timestamp()
WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')`;

const bySystem = { partnerIds: [], actor: 'system' };

@Injectable()
export class OperatorKeysRepository {
  constructor(
    @InjectRepository(OperatorKey, operationsDataSource)
    private readonly rows: Repository<OperatorKey>,
    private readonly database: OperationsDatabase,
  ) {}

  find(prefix: string): Promise<OperatorKey | null> {
    return this.rows.findOneBy({ prefix });
  }

  /** All keys, newest first. */
  list(): Promise<OperatorKey[]> {
    return this.rows.find({ order: { createdAt: 'DESC', id: 'DESC' } });
  }

  async insert({ id, operator, prefix, hash, scopes }: NewOperatorKey): Promise<void> {
    await this.database.statement(bySystem, insertKey, [id, operator, prefix, hash, scopes]);
  }

  /** Revokes a key that is not revoked yet. */
  async revoke(prefix: string): Promise<void> {
    await this.database.statement(bySystem, revokeKey, [prefix]);
  }

  /** Notes that a key was used, at most once a minute. */
  async touch(id: string): Promise<void> {
    await this.database.statement(bySystem, touchKey, [id]);
  }
}
