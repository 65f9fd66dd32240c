import * as path from 'node:path';
import { type NewTransaction, PaymentsClient } from '@libs/client';
import { createDemoPartners, createOperator, type Credentials } from '../credentials.js';
import { apiEnvironment, type DatabaseUrls, sandboxEnvironment } from '../environments.js';
import { choosePort, host } from '../ports.js';
import { type RunningProcess, startProcess } from '../processes.js';
import { generateSecrets } from '../secrets.js';

export interface ApplicationOptions {
  databases: DatabaseUrls;
  distDir: string;
  /** Where its processes log. */
  directory: string;
  /** How many API processes; 1 unless given. The sandbox sends its webhooks to the first. */
  apis?: number;
}

/** The whole system on a database that a drill made: what is restored is what it wrote. */
export class Application {
  private readonly partner: PaymentsClient;

  private constructor(
    private readonly apis: RunningProcess[],
    private readonly others: RunningProcess[],
    readonly credentials: Credentials,
    readonly databases: DatabaseUrls,
  ) {
    this.partner = clientOf(credentials);
  }

  get apiUrls(): string[] {
    return this.apis.map(({ url }) => url ?? '');
  }

  static async start(options: ApplicationOptions): Promise<Application> {
    const { databases, distDir, directory, apis = 1 } = options;
    const [port, sandboxPort] = await Promise.all([choosePort(), choosePort()]);
    const secrets = generateSecrets();
    const apiUrl = `http://${host}:${port}`;
    const sandboxUrl = `http://${host}:${sandboxPort}`;
    const settings = {
      databases,
      secrets,
      apiUrl,
      sandboxUrl,
      environment: 'development',
    } as const;
    const env = apiEnvironment({ ...settings, port });
    const start = (name: string, entry: string, environment: Record<string, string>) =>
      startProcess({
        ...{ name, entry: path.join(distDir, 'apps', entry), env: environment },
        logFile: path.join(directory, `${name}.log`),
      });
    const started: Promise<RunningProcess>[] = [
      start('api', 'api/src/main.js', env),
      ...Array.from({ length: apis - 1 }, (_, index) =>
        start(`api-${index + 2}`, 'api/src/main.js', { ...env, PORT: '0' }),
      ),
      start('worker', 'api/src/worker.js', { ...env, PORT: '0' }),
      start(
        'sandbox',
        'sandbox/src/main.js',
        sandboxEnvironment({ secrets, port: sandboxPort, apiUrl, sandboxUrl }),
      ),
    ];
    const [operator, ...ready] = await Promise.allSettled([
      createOperator(path.join(distDir, 'apps/api/src/command.js'), env),
      ...started,
    ]);
    const running = ready.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    try {
      const failed = [operator, ...ready].find((one) => one.status === 'rejected');
      if (failed) throw failed.reason;
      if (operator.status !== 'fulfilled') throw new Error('The API did not start.');
      const urls = { base_url: apiUrl, sandbox_url: sandboxUrl, database_url: databases.admin };
      const credentials = await createDemoPartners(urls, operator.value);
      return new Application(running.slice(0, apis), running.slice(apis), credentials, databases);
    } catch (error) {
      await Promise.all(running.map((each) => each.stop()));
      throw error;
    }
  }

  /** Makes payments, and refunds part of every second one. */
  async pay(count: number): Promise<void> {
    for (let number = 1; number <= count; number++) {
      const { id } = await this.create({});
      if (number % 2 > 0) continue;
      await this.partner.refunds.create(id, { amount: '1.00', reason: 'returned' });
    }
  }

  /** Makes payments that wait for a confirmation: they need neither a provider nor the worker. */
  async order(count: number): Promise<void> {
    for (let number = 1; number <= count; number++) await this.create({ confirm: false });
  }

  /** Ends what writes without being asked. The API alone goes on. */
  async quieten(): Promise<void> {
    await Promise.all(this.others.splice(0).map((other) => other.stop()));
  }

  async stop(): Promise<void> {
    await this.quieten();
    await Promise.all(this.apis.map((api) => api.stop()));
  }

  private create(fields: Partial<NewTransaction>) {
    const card = { payment_method: 'card', payment_method_token: 'pm_card_visa' } as const;
    const order = { amount: '10.50', currency: 'EUR', customer_email: 'drill@example.com' };
    return this.partner.transactions.create({ ...order, ...card, ...fields });
  }
}

function clientOf({ base_url: baseUrl, partner_api_key: apiKey }: Credentials): PaymentsClient {
  return new PaymentsClient({ apiKey, baseUrl });
}
