import type pg from 'pg';

/** What PostgreSQL answered to a statement that it refused. */
export interface Refusal {
  code: string;
  constraint: string | undefined;
  detail: string | undefined;
  message: string;
}

/** Waits for a refusal; fails when the statement is accepted. */
export async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  let accepted: unknown;
  try {
    accepted = await work;
  } catch (error) {
    const { code, constraint, detail, message } = error as Refusal;
    return { code, constraint, detail, message };
  }
  throw new Error(`expected a refusal, got ${JSON.stringify(accepted).slice(0, 200)}`);
}

/** The name of the rule that refused; the SQLSTATE where a rule has no name. */
export async function ruleOf(work: Promise<unknown>): Promise<string> {
  const refusal = await refusalOf(work);
  return refusal.constraint ?? refusal.code;
}

/** `accepted`, or what refused; undone either way. */
export function outcomeOf(client: pg.Client, work: () => Promise<unknown>): Promise<string> {
  return undone(client, () =>
    work().then(
      () => 'accepted',
      (error: Refusal) => error.constraint ?? `${error.code} ${error.message}`,
    ),
  );
}

/** What a transaction says about itself before its first statement. */
export interface Context {
  partners?: string[];
  actor?: string;
  requestId?: string;
  isolation?: 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';
}

const begin = {
  'READ COMMITTED': 'BEGIN ISOLATION LEVEL READ COMMITTED',
  'REPEATABLE READ': 'BEGIN ISOLATION LEVEL REPEATABLE READ',
  SERIALIZABLE: 'BEGIN ISOLATION LEVEL SERIALIZABLE',
} as const;

/** Runs the work in one transaction with its settings, as the application does. */
export async function inTransaction<T>(
  client: pg.Client,
  context: Context,
  work: () => Promise<T>,
): Promise<T> {
  await client.query(begin[context.isolation ?? 'READ COMMITTED']);
  try {
    const settings = {
      'app.current_partner_id': context.partners?.join(','),
      'app.actor': context.actor,
      'app.request_id': context.requestId,
    };
    for (const [name, value] of Object.entries(settings)) {
      if (value !== undefined) await client.query('SELECT set_config($1, $2, true)', [name, value]);
    }
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** Runs the work and undoes it, so that one arrangement serves many tries. */
export async function undone<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    return await work();
  } finally {
    await client.query('ROLLBACK');
  }
}
