import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { apiEnvironment } from '../environments.js';
import { generateSecrets } from '../secrets.js';

/**
 * Runs the command of the api on a restored database, as of the moment that it was restored to.
 *
 * @throws Error with the table of the invariants when one does not hold
 */
export async function checkRestoredInvariants(
  distDir: string,
  worker: string,
  moment: Date,
): Promise<string> {
  // The command reads the database alone; the other settings only have to be there.
  const env = apiEnvironment({
    databases: { admin: worker, api: worker, worker, operations: worker },
    ...{ secrets: generateSecrets(), port: 0, environment: 'development' },
    ...{ apiUrl: 'http://127.0.0.1', sandboxUrl: 'http://127.0.0.1' },
    extra: { INVARIANTS_TIMEOUT_MS: '3600000' },
  });
  const entry = path.join(distDir, 'apps/api/src/command.js');
  const args = [entry, 'invariants', '--at', moment.toISOString()];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    return stdout.trim().split('\n').at(-1) ?? '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${stdout ?? ''}${stderr ?? String(error)}`.trim(), { cause: error });
  }
}
