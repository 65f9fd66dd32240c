import * as path from 'node:path';
import { readCredentials } from './credentials.js';
import type { Credentials } from './credentials.js';
import { StartFailure } from './start-failure.js';

const notRunning = 'The system is not running: run npm start in another terminal first.';

/** The credentials of the system that `npm start` runs. */
export async function findRunningSystem(dataDir: string): Promise<Credentials> {
  const credentials = readCredentials(path.join(dataDir, 'credentials.json'));
  if (!credentials) throw new StartFailure(notRunning);
  try {
    const response = await fetch(`${credentials.base_url}/health/live`, {
      signal: AbortSignal.timeout(5_000),
    });
    await response.body?.cancel();
    return credentials;
  } catch {
    throw new StartFailure(notRunning);
  }
}
