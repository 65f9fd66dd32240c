import { queryOnce } from '../../support/databases.js';

const note = `
CREATE SCHEMA witness;
CREATE TABLE witness.ends (job text);
CREATE FUNCTION witness.note_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN INSERT INTO witness.ends VALUES (NEW.job); RETURN NULL; END $$;
CREATE TRIGGER note_end AFTER UPDATE OF last_succeeded_at ON lifecycle_runs
  FOR EACH ROW EXECUTE FUNCTION witness.note_end();`;
const makeDue = `
INSERT INTO provider_webhooks (provider, provider_event_id, event_type, body, status, received_at)
SELECT 'stripe', 'old-' || n, 'x', 'x', 'ignored', now() - interval '91 days'
FROM generate_series(1, 7) AS n`;
const count = `SELECT job, count(*)::int AS ends FROM witness.ends GROUP BY job ORDER BY job`;

/** Has the database note every end of a job, and gives one of them 7 rows to delete. */
export async function watchJobs(databaseUrl: string): Promise<void> {
  await queryOnce(databaseUrl, note);
  await queryOnce(databaseUrl, makeDue);
}

/** How often each job came to its end. */
export function countEnds(databaseUrl: string): Promise<{ job: string; ends: number }[]> {
  return queryOnce(databaseUrl, count);
}
