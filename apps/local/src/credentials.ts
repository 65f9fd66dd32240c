import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { writeSecretFile } from './secrets.js';
import { StartFailure } from './start-failure.js';
import type { Progress } from './terminal.js';

/** What a developer, the demo and the tests need to use the running system. */
export interface Credentials {
  base_url: string;
  sandbox_url: string;
  /** URL of the database's superuser. */
  database_url: string;
  partner_api_key: string;
  second_partner_api_key: string;
  limited_partner_api_key: string;
  admin_api_key: string;
  /** Signs the webhooks to the first partner. */
  webhook_secret: string;
}

export type SystemUrls = Pick<Credentials, 'base_url' | 'sandbox_url' | 'database_url'>;

interface CreatedPartner {
  api_key: string;
  webhook_secret: string;
}

interface DemoPartner {
  name: string;
  mailbox: string;
  rateLimitPerMinute: number;
}

const demoPartners: DemoPartner[] = [
  { name: 'Demo Shop', mailbox: 'demo', rateLimitPerMinute: 60_000 },
  { name: 'Second Shop', mailbox: 'second', rateLimitPerMinute: 60_000 },
  { name: 'Limited Shop', mailbox: 'limited', rateLimitPerMinute: 100 },
];

export interface CredentialOptions {
  file: string;
  urls: SystemUrls;
  /** Resolves when the api answers. */
  apiReady: Promise<unknown>;
  /** Where the webhooks of the first partner go. */
  webhookUrl: string;
  /** The built command, and the environment to run it in. */
  commandEntry: string;
  commandEnv: Record<string, string>;
  progress: Progress;
}

/** The keys of an earlier start when they still work, else new ones; the file is written either way. */
export async function prepareCredentials(options: CredentialOptions): Promise<Credentials> {
  const { file, urls, apiReady } = options;
  const known = readCredentials(file);
  if (known) {
    await apiReady;
    if (await areAccepted(known, urls.base_url)) {
      const current = { ...known, ...urls };
      writeSecretFile(file, current);
      return current;
    }
  }
  return options.progress.run('Demo partners and keys', async () => {
    const adminKey = await createOperator(options.commandEntry, options.commandEnv);
    await apiReady;
    const credentials = await createDemoPartners(urls, adminKey, options.webhookUrl);
    writeSecretFile(file, credentials);
    return credentials;
  });
}

export function readCredentials(file: string): Credentials | undefined {
  if (!fs.existsSync(file)) return undefined;
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Credentials;
}

/** False when the keys are those of another database, as after a change of DATABASE_URL. */
async function areAccepted(credentials: Credentials, baseUrl: string): Promise<boolean> {
  const response = await fetch(`${baseUrl}/v1/partner`, {
    headers: { authorization: `Bearer ${credentials.partner_api_key}` },
    signal: AbortSignal.timeout(10_000),
  });
  await response.body?.cancel();
  return response.status === 200;
}

/** Makes an operator with the built command and answers its key. */
export async function createOperator(
  commandEntry: string,
  env: Record<string, string>,
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [commandEntry, 'operator', 'create', 'local-admin'],
      { env, timeout: 30_000 },
    );
    const lastLine = stdout.trim().split('\n').at(-1) ?? '';
    return (JSON.parse(lastLine) as { api_key: string }).api_key;
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim();
    throw new StartFailure(`The command "operator create" failed: ${said || String(error)}`);
  }
}

/** Makes the three partners through the operations API; webhooks go to the first, if anywhere. */
export async function createDemoPartners(
  urls: SystemUrls,
  adminKey: string,
  webhookUrl: string | null = null,
): Promise<Credentials> {
  const [first, second, limited] = await Promise.all(
    demoPartners.map((partner, index) =>
      createPartner(urls.base_url, adminKey, partner, index === 0 ? webhookUrl : null),
    ),
  );
  if (!first || !second || !limited) throw new StartFailure('The demo partners are incomplete.');
  return {
    ...urls,
    partner_api_key: first.api_key,
    second_partner_api_key: second.api_key,
    limited_partner_api_key: limited.api_key,
    admin_api_key: adminKey,
    webhook_secret: first.webhook_secret,
  };
}

async function createPartner(
  baseUrl: string,
  adminKey: string,
  partner: DemoPartner,
  webhookUrl: string | null,
): Promise<CreatedPartner> {
  const { name, mailbox, rateLimitPerMinute } = partner;
  const addresses = [`${mailbox}@example.com`, `${mailbox}+${Date.now()}@example.com`];
  let answer = '';
  for (const email of addresses) {
    const response = await fetch(`${baseUrl}/admin/v1/partners`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ name, email, rate_limit_per_minute: rateLimitPerMinute, webhook_url: webhookUrl },
      }),
      signal: AbortSignal.timeout(10_000),
    });
    answer = await response.text();
    if (response.status === 201) return JSON.parse(answer) as CreatedPartner;
    // The address is taken when credentials.json was lost and the database was kept.
    if (response.status !== 409 && response.status !== 422) break;
  }
  throw new StartFailure(`The partner "${name}" could not be made: ${answer.slice(0, 500)}`);
}
