import type { Credentials } from './credentials.js';
import { summaryLines } from './summary.js';
import { makePalette } from './terminal.js';

const credentials: Credentials = {
  base_url: 'http://127.0.0.1:3000',
  sandbox_url: 'http://127.0.0.1:3100',
  database_url: 'postgres://postgres:hidden@127.0.0.1:5433/payments',
  partner_api_key: 'partner-key',
  second_partner_api_key: 'second-key',
  limited_partner_api_key: 'limited-key',
  admin_api_key: 'admin-key',
  webhook_secret: 'whsec_hidden',
};
const options = {
  ...{ credentials, dataDir: '.local', isDatabaseEmbedded: true },
  ...{ readyAfterMs: 2_840, idempotencyKey: 'order-1' },
};
const terminal = { write: () => true, isTTY: true };

function linesFor(
  output: { write: () => boolean; isTTY: boolean },
  env: NodeJS.ProcessEnv,
  changed: Partial<typeof options> = {},
) {
  return summaryLines({ ...options, ...changed }, makePalette(output, env));
}

describe('the summary of npm start', () => {
  const text = linesFor({ ...terminal, isTTY: false }, {}).join('\n');

  it('names both Swagger UIs, every key and how to stop', () => {
    for (const part of [
      'http://127.0.0.1:3000/docs',
      'http://127.0.0.1:3000/admin/docs',
      ...['partner-key', 'second-key', 'limited-key', 'admin-key'],
      ...['Ctrl-C', 'npm run reset', 'npm run demo', 'ready in 2.8 s'],
    ]) {
      expect(text).toContain(part);
    }
  });

  it('keeps the password of the database and the webhook secret off the screen', () => {
    expect(text).not.toContain('hidden');
  });

  it('has a payment to paste, whose key does not change', () => {
    expect(text).toContain("-H 'Idempotency-Key: order-1'");
    expect(text).toContain("-H 'Authorization: Bearer partner-key'");
  });

  it('tells the other commands of a directory that was chosen, in words of the shell', () => {
    expect(text).not.toContain('LOCAL_DATA_DIR');
    const chosen = { dataDir: "../ada's data" };
    const lines = linesFor({ ...terminal, isTTY: false }, {}, chosen).join('\n');
    const given = `LOCAL_DATA_DIR='../ada'\\''s data' npm run`;
    expect(lines).toContain(`${given} demo`);
    expect(lines).toContain(`${given} reset`);
  });

  it('fits on a screen', () => {
    expect(text.split('\n').length).toBeLessThan(30);
  });

  it('has colours on a terminal and none elsewhere or with NO_COLOR', () => {
    const escape = '\u001b[';
    expect(linesFor(terminal, {}).join('')).toContain(escape);
    expect(linesFor(terminal, { NO_COLOR: '1' }).join('')).not.toContain(escape);
    expect(text).not.toContain(escape);
  });
});
