import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { StartFailure } from './start-failure.js';

/** Generated once for a data directory. Whoever loses the file loses the encrypted columns. */
export interface LocalSecrets {
  superuser_password: string;
  api_password: string;
  worker_password: string;
  operations_password: string;
  /** Base64 of 32 bytes. */
  api_key_pepper: string;
  /** `<key id>:<base64 of 32 bytes>`. */
  encryption_keys: string;
  /** `<key id>:<base64 of 32 bytes>`. */
  hash_keys: string;
  stripe_secret_key: string;
  stripe_webhook_secret: string;
  adyen_api_key: string;
  /** 32 bytes in hex. */
  adyen_hmac_key: string;
  paypal_client_id: string;
  paypal_client_secret: string;
}

export function generateSecrets(): LocalSecrets {
  return {
    superuser_password: password(),
    api_password: password(),
    worker_password: password(),
    operations_password: password(),
    api_key_pepper: key(),
    encryption_keys: `local1:${key()}`,
    hash_keys: `local1:${key()}`,
    stripe_secret_key: `sk_test_${word()}`,
    stripe_webhook_secret: `whsec_${word()}`,
    adyen_api_key: word(),
    adyen_hmac_key: randomBytes(32).toString('hex').toUpperCase(),
    paypal_client_id: word(),
    paypal_client_secret: word(),
  };
}

/** Reads the file; makes it, and any secret that it lacks, readable by its owner alone. */
export function openSecrets(file: string): LocalSecrets {
  const found = readIfPresent(file);
  const secrets = { ...generateSecrets(), ...found };
  const isComplete = Object.keys(secrets).every((name) => name in found);
  if (!isComplete) writeSecretFile(file, secrets);
  return secrets;
}

/** Writes JSON with mode 0600, whole or not at all. */
export function writeSecretFile(file: string, content: object): void {
  const unfinished = `${file}.unfinished`;
  fs.rmSync(unfinished, { force: true });
  fs.writeFileSync(unfinished, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  fs.renameSync(unfinished, file);
}

function readIfPresent(file: string): Partial<LocalSecrets> {
  if (!fs.existsSync(file)) return {};
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<LocalSecrets>;
  } catch {
    throw new StartFailure(
      `${file} is not valid JSON: restore it, or run npm run reset to start afresh.`,
    );
  }
}

function password(): string {
  return randomBytes(24).toString('base64url');
}

function word(): string {
  return randomBytes(24).toString('hex');
}

function key(): string {
  return randomBytes(32).toString('base64');
}
