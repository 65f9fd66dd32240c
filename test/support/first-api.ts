import * as path from 'node:path';
import { createDemoPartners, createOperator } from '../../apps/local/src/credentials.js';
import type { Credentials } from '../../apps/local/src/credentials.js';
import { apiEnvironment } from '../../apps/local/src/environments.js';
import type { DatabaseUrls } from '../../apps/local/src/environments.js';
import { startProcess } from '../../apps/local/src/processes.js';
import type { RunningProcess } from '../../apps/local/src/processes.js';
import type { LocalSecrets } from '../../apps/local/src/secrets.js';
import { rootDir } from './test-run.js';

const apiDir = path.join(rootDir, 'dist/apps/api/src');

/** A built api, the environment that its worker needs too, and the keys of its partners. */
export interface FirstApi {
  api: RunningProcess;
  env: Record<string, string>;
  credentials: Credentials;
}

/** Starts the built api on a migrated database that is still empty, and makes an operator and the partners. */
export async function startFirstApi(
  directory: string,
  databases: DatabaseUrls,
  secrets: LocalSecrets,
): Promise<FirstApi> {
  const env = apiEnvironment({
    ...{ databases, secrets, port: 0, environment: 'test' },
    ...{ apiUrl: 'http://127.0.0.1', sandboxUrl: 'http://127.0.0.1:9' },
  });
  const started = startProcess({
    ...{ name: 'api', env, entry: path.join(apiDir, 'main.js') },
    logFile: path.join(directory, 'first-api.log'),
  });
  const [api, adminKey] = await Promise.all([
    started,
    createOperator(path.join(apiDir, 'command.js'), env),
  ]);
  try {
    const urls = { base_url: api.url ?? '', sandbox_url: '', database_url: databases.admin };
    return { api, env, credentials: await createDemoPartners(urls, adminKey) };
  } catch (error) {
    await api.stop(10_000);
    throw error;
  }
}

/** Starts the built worker of the same environment. */
export function startWorker(directory: string, env: Record<string, string>) {
  return startProcess({
    ...{ name: 'worker', env, entry: path.join(apiDir, 'worker.js') },
    logFile: path.join(directory, 'first-worker.log'),
  });
}
