import { queryUrl } from './cluster.js';

/** What a database must hold: how many rows were made up to a moment, and the money they stand for. */
export interface Manifest {
  /** RFC 3339. */
  until: string;
  totals: Record<string, string>;
}

const partners = `
SELECT 'partners' AS name, count(*)::text AS total FROM public.partners WHERE created_at <= $1
UNION ALL
SELECT 'partner_api_keys', count(*)::text FROM public.partner_api_keys WHERE created_at <= $1`;

/** The life cycle moves rows to archives, histories and blocks meanwhile; they count wherever they are. */
const withArchives = `${partners}
UNION ALL
SELECT 'transactions', count(*)::text FROM public.transaction_records WHERE created_at <= $1
UNION ALL
SELECT 'sum of transactions.amount', COALESCE(sum(amount), 0)::text
FROM public.transaction_records WHERE created_at <= $1
UNION ALL
SELECT 'transaction_attempts', count(*)::text FROM public.attempt_records WHERE started_at <= $1
UNION ALL
SELECT 'refunds', count(*)::text FROM public.refund_records WHERE created_at <= $1
UNION ALL
SELECT 'sum of refunds.amount', COALESCE(sum(amount), 0)::text FROM public.refund_records
WHERE created_at <= $1
UNION ALL
SELECT 'transaction_events', count(*)::text FROM public.transaction_timeline WHERE created_at <= $1
UNION ALL
SELECT 'audit_logs', (
  (SELECT count(*) FROM public.audit_logs WHERE created_at <= $1)
  + (SELECT COALESCE(sum(row_count), 0) FROM public.audit_blocks WHERE last_at <= $1)
)::text`;

/** A backup may be older than the archives. */
const withoutArchives = `${partners}
UNION ALL
SELECT 'transactions', count(*)::text FROM public.transactions WHERE created_at <= $1
UNION ALL
SELECT 'sum of transactions.amount', COALESCE(sum(amount), 0)::text FROM public.transactions
WHERE created_at <= $1
UNION ALL
SELECT 'transaction_attempts', count(*)::text FROM public.transaction_attempts
WHERE started_at <= $1
UNION ALL
SELECT 'refunds', count(*)::text FROM public.refunds WHERE created_at <= $1
UNION ALL
SELECT 'sum of refunds.amount', COALESCE(sum(amount), 0)::text FROM public.refunds
WHERE created_at <= $1
UNION ALL
SELECT 'transaction_events', count(*)::text FROM public.transaction_events WHERE created_at <= $1
UNION ALL
SELECT 'audit_logs', count(*)::text FROM public.audit_logs WHERE created_at <= $1`;

const archivesExist = `SELECT to_regclass('public.transaction_records') IS NOT NULL AS exist`;

/** Counts what was made up to a moment. The login must see the rows of all partners. */
export async function takeManifest(url: string, until: Date): Promise<Manifest> {
  const moment = until.toISOString();
  const [archives] = await queryUrl<{ exist: boolean }>(url, archivesExist);
  const totals = archives?.exist ? withArchives : withoutArchives;
  const rows = await queryUrl<{ name: string; total: string }>(url, totals, [moment]);
  return {
    until: moment,
    totals: Object.fromEntries(rows.map(({ name, total }) => [name, total])),
  };
}

/** Says each total that differs. */
export function differencesOf(wanted: Manifest, found: Manifest): string[] {
  return Object.entries(wanted.totals)
    .filter(([name, total]) => found.totals[name] !== total)
    .map(([name, total]) => `${name} ${found.totals[name] ?? 'missing'} instead of ${total}`);
}
