import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { openSecrets } from './secrets.js';

describe('the secrets of a data directory', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'secrets-'));
    file = path.join(directory, 'secrets.json');
  });
  afterEach(() => fs.rmSync(directory, { recursive: true }));

  it('are made once and stay the same', () => {
    expect(openSecrets(file)).toEqual(openSecrets(file));
  });

  it('can be read by their owner alone', () => {
    openSecrets(file);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it('have the forms that the processes ask for', () => {
    const secrets = openSecrets(file);
    expect(Buffer.from(secrets.api_key_pepper, 'base64')).toHaveLength(32);
    const [keyId, key] = secrets.encryption_keys.split(':');
    expect(keyId).toBe('local1');
    expect(Buffer.from(key ?? '', 'base64')).toHaveLength(32);
    expect(secrets.stripe_secret_key).toMatch(/^sk_test_/);
    expect(secrets.stripe_webhook_secret).toMatch(/^whsec_/);
  });

  it('keep those of an older version and add what it lacked', () => {
    fs.writeFileSync(file, JSON.stringify({ api_key_pepper: 'kept' }));
    expect(openSecrets(file)).toMatchObject({ api_key_pepper: 'kept' });
    expect(openSecrets(file).hash_keys).toBe(openSecrets(file).hash_keys);
  });

  it('refuse a damaged file in one sentence', () => {
    fs.writeFileSync(file, '{');
    expect(() => openSecrets(file)).toThrow(/is not valid JSON: restore it, or run npm run reset/);
  });
});
