/** An error of PostgreSQL, as `pg` throws it or as TypeORM wraps it. */
interface DatabaseError {
  code?: string;
  constraint?: string;
  detail?: string;
}

/**
 * SQLSTATE classes and codes under which the same request may succeed in a moment: connection
 * lost, too many connections, resources gone, shutting down, read-only, timeout, deadlock.
 */
const passing = /^(?:08|53|57|58|25006|40001|40P01|55P03)/;
const connectionErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']);
const poolMessages =
  /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout/;

/** The database's own error inside whatever was thrown. */
export function databaseError(thrown: unknown): DatabaseError | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const error = thrown as DatabaseError & { driverError?: DatabaseError };
  const inner = error.driverError ?? error;
  return typeof inner.code === 'string' ? inner : undefined;
}

/** Whether the database could not answer, rather than refused. */
export function isUnavailable(thrown: unknown): boolean {
  const code = databaseError(thrown)?.code;
  if (code !== undefined) return passing.test(code) || connectionErrors.has(code);
  return thrown instanceof Error && poolMessages.test(thrown.message);
}

/** The name of the constraint that refused, if one did. */
export function violatedConstraint(thrown: unknown): string | undefined {
  return databaseError(thrown)?.constraint;
}
