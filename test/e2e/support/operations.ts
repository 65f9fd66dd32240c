import { call } from '../../support/http.js';
import type { Answer, CallOptions } from '../../support/http.js';
import { queryOnce } from '../../support/databases.js';
import type { TestSystem } from '../../support/system.js';

/** A partner as the operations API shows it; the secrets are in the answer that made it alone. */
export interface PartnerAccount {
  id: string;
  name: string;
  api_key: string;
  api_key_prefix: string;
  webhook_secret: string;
  is_active: boolean;
  rate_limit_per_minute: number;
  webhook_url: string | null;
  version: number;
}

export interface AuditRow {
  partner_id: string | null;
  actor_type: string;
  actor: string;
  action: string;
  resource_type: string;
  changes: { before?: Record<string, unknown>; after: Record<string, unknown> };
}

/** An id that nothing has. */
export const absentId = '00000000-0000-7000-8000-000000000000';

let made = 0;

/** One call to the operations API with the key of its operator. */
export function asOperator<Body = PartnerAccount>(
  system: TestSystem,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer<Body>> {
  const key = system.credentials.admin_api_key;
  return call<Body>(system, method, `/admin/v1${path}`, { key, idempotencyKey: null, ...options });
}

export async function makePartner(
  system: TestSystem,
  fields: Record<string, unknown> = {},
): Promise<PartnerAccount> {
  const body = { name: 'Corner Shop', email: `shop-${++made}@example.com`, ...fields };
  const answer = await asOperator(system, 'POST', '/partners', { body });
  if (answer.status !== 201) throw new Error(`no partner: ${answer.status} ${answer.text}`);
  return answer.body;
}

/** What was changed about a partner, first to last. */
export function auditOf(system: TestSystem, partnerId: string): Promise<AuditRow[]> {
  const text = `SELECT partner_id, actor_type, actor, action, resource_type, changes
    FROM audit_logs WHERE partner_id = $1 AND actor_type = 'operator' ORDER BY id`;
  return queryOnce<AuditRow>(system.database.admin, text, [partnerId]);
}
