import { generateApiKey } from '../../apps/api/src/modules/partners/api-key.js';
import { generateSecrets } from '../../apps/local/src/secrets.js';
import { createWebhookSecret } from '@libs/webhooks';
import { findSecrets } from './logged-secrets.js';

const secrets = generateSecrets();
const known = Object.values(secrets);
const line = (text: string) => JSON.stringify({ level: 30, msg: `refused ${text} of the caller` });

describe('the scan of logs', () => {
  it.each([
    ['an API key', generateApiKey()],
    ['a webhook secret', createWebhookSecret()],
    ['a password in a URL', 'postgres://payments_api:hunter2@127.0.0.1:5432/payments'],
    ['a bearer token', 'authorization: Bearer eyJhbGciOi'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----'],
    ['a mailbox', 'jane.doe@example.com'],
    ['a card number', '4242 4242 4242 4242'],
  ])('finds %s', (what, text) => {
    const found = findSecrets(`${line('x')}\n${line(text)}\n`, known);
    expect(found).toContainEqual(expect.stringContaining(`${what}: {"level":30`));
  });

  it.each(Object.entries(secrets))('finds the %s of the run', (_name, secret) => {
    expect(findSecrets(line(secret), known)).toContainEqual(
      expect.stringContaining('a secret of the run: {"level":30'),
    );
  });

  it('finds nothing in what we do print', () => {
    const printed = [
      '{"level":30,"time":"2026-11-23T13:50:22.123Z","pid":4242,"name":"api","request_id":"01a204f6-8b21-75d4-9000-cf3e3ac1518e","method":"POST","route":"/v1/transactions","status":201,"duration_ms":12.3,"msg":"answered"}',
      '{"level":40,"msg":"unavailable: connect ECONNREFUSED 127.0.0.1:5432"}',
      'listening at http://127.0.0.1:3000',
    ];
    expect(findSecrets(printed.join('\n'), known)).toEqual([]);
  });
});
