import * as fs from 'node:fs';
import * as path from 'node:path';
import { takeLock } from './lock.js';
import { errorCodeOf, StartFailure } from './start-failure.js';

/** Written into the directory: `npm run reset` removes only directories that have it. */
interface Marker {
  kind: 'payment-orchestration-local-data';
  /** Where PostgreSQL keeps programs or data that its account can't reach here. */
  postgres_outside_dir?: string | undefined;
  postgres_port?: number;
}

/** The files of one local installation. */
export interface DataDirectory {
  path: string;
  secretsFile: string;
  credentialsFile: string;
  sandboxStateFile: string;
  paypalCaFile: string;
  postgresHome: string;
  logFile(name: string): string;
  marker: Marker;
  updateMarker(changes: Partial<Marker>): void;
  release(): void;
}

const markerName = 'local-data.json';
/** Entries that may be there before the first start. */
const toleratedEntries = new Set(['backup', 'bench', 'lock']);
const maxLogBytes = 20 * 1024 * 1024;

/** Makes the directory when it is missing, takes its lock and rotates its logs. */
export function openDataDirectory(directory: string): DataDirectory {
  try {
    makeDirectory(directory);
    const lock = takeLock(path.join(directory, 'lock'), directory);
    return layOut(directory, lock);
  } catch (error) {
    const code = errorCodeOf(error);
    if (error instanceof StartFailure || !code) throw error;
    throw new StartFailure(
      `The data directory ${directory} can't be written (${code}): choose another with LOCAL_DATA_DIR.`,
    );
  }
}

function makeDirectory(directory: string): void {
  const isNew = !fs.existsSync(directory);
  if (isNew) makeWithParents(directory);
  if (isNew) fs.chmodSync(directory, 0o711);
  if (fs.existsSync(path.join(directory, markerName))) return;
  const isForeign = fs.readdirSync(directory).some((entry) => !toleratedEntries.has(entry));
  if (!isForeign) return;
  throw new StartFailure(
    `The directory ${directory} holds other files: choose a new or empty one with LOCAL_DATA_DIR.`,
  );
}

/** One level at a time, since a recursive mkdir of Node 20 never returns below /proc. */
function makeWithParents(directory: string): void {
  const parent = path.dirname(directory);
  if (!fs.existsSync(parent)) makeWithParents(parent);
  fs.mkdirSync(directory);
}

function layOut(directory: string, lock: { release(): void }): DataDirectory {
  const markerFile = path.join(directory, markerName);
  const marker = readMarker(markerFile);
  const logsDir = path.join(directory, 'logs');
  const postgresHome = path.join(directory, 'postgres');
  for (const child of [logsDir, postgresHome]) {
    fs.mkdirSync(child, { recursive: true });
    fs.chmodSync(child, 0o711);
  }
  rotateLogs(logsDir);
  const updateMarker = (changes: Partial<Marker>) => {
    Object.assign(marker, changes);
    fs.writeFileSync(markerFile, `${JSON.stringify(marker, null, 2)}\n`);
  };
  updateMarker({});
  return {
    path: directory,
    secretsFile: path.join(directory, 'secrets.json'),
    credentialsFile: path.join(directory, 'credentials.json'),
    sandboxStateFile: path.join(directory, 'sandbox.jsonl'),
    paypalCaFile: path.join(directory, 'paypal-ca.pem'),
    postgresHome,
    logFile: (name) => path.join(logsDir, `${name}.log`),
    marker,
    updateMarker,
    release: () => lock.release(),
  };
}

function readMarker(file: string): Marker {
  const fresh: Marker = { kind: 'payment-orchestration-local-data' };
  if (!fs.existsSync(file)) return fresh;
  try {
    return { ...fresh, ...(JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<Marker>) };
  } catch {
    return fresh;
  }
}

function rotateLogs(logsDir: string): void {
  for (const name of fs.readdirSync(logsDir)) {
    const file = path.join(logsDir, name);
    if (name.endsWith('.log') && fs.statSync(file).size > maxLogBytes) {
      fs.renameSync(file, `${file}.1`);
    }
  }
}
