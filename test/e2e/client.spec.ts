import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { choosePort } from '../../apps/local/src/ports.js';
import { PaymentsClient } from '../../libs/client/src/index.js';
import { storedDocument } from '../support/documents.js';
import { call } from '../support/http.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { rootDir } from '../support/test-run.js';
import { PartnerProject, type Program } from './support/packed-client.js';
import { until } from './support/until.js';

/** What compiles only while a webhook is told apart by its type, and a mistake is one. */
const typed = `
import { type NewTransaction, PaymentsClient, type WebhookEvent } from 'payment-orchestration-client';

export function amountOf(event: WebhookEvent): string | undefined {
  if (event.type === 'webhook.test' || event.data.object.deleted) return undefined;
  if (event.type === 'refund.completed') return event.data.object.transaction_id;
  return event.type === 'transaction.completed' ? event.data.object.amount_refundable : undefined;
}

// @ts-expect-error An amount is no number.
export const wrong: NewTransaction['amount'] = 10.5;
// @ts-expect-error Other methods are refused by the API.
export const other: NewTransaction['payment_method'] = 'shells';
declare const payments: PaymentsClient;
export const status: Promise<string> = payments.transactions.get('id').then((found) => found.status);
// @ts-expect-error A reason is required.
export const refund = payments.refunds.create('id', { amount: '1.00' });
`;

describe('the client', () => {
  const partner = new PartnerProject();
  let system: TestSystem;
  let packed: string[];
  let env: Record<string, string>;

  beforeAll(async () => {
    [system, packed] = await Promise.all([startSystem({ worker: 0 }), partner.install()]);
    const { partner_api_key: key } = system.credentials;
    env = { PAYMENTS_URL: system.baseUrl, PAYMENTS_API_KEY: key, NODE_ENV: 'production' };
  });
  afterAll(async () => {
    partner.remove();
    await system?.stop();
  });

  const printed = ({ output }: Program, text: string) =>
    until(
      text,
      async () => output(),
      (all) => all.includes(text),
    );

  it('has the types of the document that the application serves', async () => {
    const { text: input } = await call(system, 'GET', '/docs/openapi.json', { key: null });
    const script = join(rootDir, 'test/run/client-types.mjs');
    const types = execFileSync(process.execPath, [script], { input, encoding: 'utf8' });
    expect(storedDocument('libs/client/src/partner-api.ts', () => types)).toBe(types);
  });

  it('is packed as compiled modules with types, a README and nothing that it depends on', () => {
    expect(packed).toEqual(
      expect.arrayContaining(['README.md', 'package.json', 'dist/client/src/index.js']),
    );
    expect(packed.filter((path) => /\.spec\.|(?<!\.d)\.ts$/.test(path))).toEqual([]);
    const manifest = partner.manifest();
    expect(manifest).toMatchObject({ type: 'module', license: 'UNLICENSED', files: ['dist'] });
    const { private: isPrivate, dependencies, engines } = manifest;
    expect([isPrivate, dependencies, engines]).toEqual([
      undefined,
      undefined,
      { node: '>=20.19.0' },
    ]);
  });

  it('compiles in the strictest project of a partner, who is told of mistakes', async () => {
    partner.write('types.ts', typed);
    expect(partner.writePrograms()).toEqual(['pay.ts', 'webhooks.ts', 'events.ts']);
    expect(await partner.compile()).toBe('');
    partner.write('types.ts', 'export {};\n');
  });

  it('pays, refunds and lists as its README does', async () => {
    const { ended, output } = partner.start('pay.js', env);
    expect([await ended, output()]).toEqual([
      0,
      'completed 10.50\n422 10.50\ncompleted 10.50\ntrue refunded\n',
    ]);
  });

  it('follows the events as its README does, until it is told to end', async () => {
    const events = partner.start('events.js', env);
    await printed(events, 'refund_completed');
    events.stop();
    const [code, names] = [await events.ended, events.output().match(/(?<= )\w+$/gm)];
    expect([code, names]).toEqual([0, expect.arrayContaining(['created', 'payment_completed'])]);
  });

  it('receives webhooks as its README does, and refuses what was not signed for it', async () => {
    const payments = new PaymentsClient({
      baseUrl: system.baseUrl,
      apiKey: system.credentials.partner_api_key,
    });
    const { webhook_secret: secret } = await payments.partner.rotateWebhookSecret();
    const port = String(await choosePort());
    const { version } = await payments.partner.get();
    const webhook_url = `http://127.0.0.1:${port}/`;
    await payments.partner.update({ webhook_url }, { ifVersion: version });
    const late = payments.partner.update({ webhook_url }, { ifVersion: version });
    await expect(late).rejects.toMatchObject({ status: 412, code: 'version_conflict' });
    const receive = async (own: string) => {
      const given = { PORT: port, PAYMENTS_WEBHOOK_SECRET: own };
      const receiver = partner.start('webhooks.js', given);
      await printed(receiver, 'listening');
      const { delivered, http_status } = await payments.partner.testWebhook();
      receiver.stop();
      await receiver.ended;
      return { delivered, http_status, output: receiver.output() };
    };
    expect(await receive(secret)).toEqual({
      ...{ delivered: true, http_status: 204, output: 'listening\nwebhook.test\n' },
    });
    const another = `whsec_${Buffer.alloc(32).toString('base64')}`;
    expect(await receive(another)).toMatchObject({ delivered: false, http_status: 400 });
  });
});
