import type clientModule from '@adyen/api-library/lib/src/client.js';
import type { EnvironmentEnum } from '@adyen/api-library/lib/src/config.js';
import type { ModificationsApi } from '@adyen/api-library/lib/src/services/checkout/modificationsApi.js';
import type { PaymentsApi } from '@adyen/api-library/lib/src/services/checkout/paymentsApi.js';
import { Transport } from '../transport.js';
import { usableBody } from './adyen.errors.js';
import type { AdyenSettings } from './adyen.settings.js';

type ClientClass = (typeof clientModule)['default'];
type HttpClient = InstanceType<ClientClass>['httpClient'];

/** The two services of the Checkout API that we use. */
export interface AdyenApi {
  payments: PaymentsApi;
  modifications: ModificationsApi;
}

/**
 * The official SDK over our own connections.
 *
 * Its index loads every API of Adyen, which takes seconds; the three modules of Checkout take a tenth of one.
 */
export class AdyenClient {
  private readonly transport: Transport;
  private api: Promise<AdyenApi> | undefined;

  constructor(
    private readonly settings: AdyenSettings,
    private readonly timeoutMs: number,
  ) {
    this.transport = new Transport('Adyen', settings.apiUrl.origin);
  }

  get(): Promise<AdyenApi> {
    return (this.api ??= this.load());
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  private async load(): Promise<AdyenApi> {
    const [{ PaymentsApi }, { ModificationsApi }, Sdk] = await Promise.all([
      import('@adyen/api-library/lib/src/services/checkout/paymentsApi.js'),
      import('@adyen/api-library/lib/src/services/checkout/modificationsApi.js'),
      loadClient(),
    ]);
    const prefix = livePrefixOf(this.settings.apiUrl);
    const environment = (prefix ? 'LIVE' : 'TEST') as EnvironmentEnum;
    const client = new Sdk({ environment, liveEndpointUrlPrefix: prefix }, this.httpClient());
    return { payments: new PaymentsApi(client), modifications: new ModificationsApi(client) };
  }

  /** The SDK names Adyen's own host; only the path behind it is taken, so that ADYEN_API_URL rules. */
  private httpClient(): HttpClient {
    const headers = { 'content-type': 'application/json', 'x-api-key': this.settings.apiKey };
    return {
      request: async (endpoint, body, _config, _isApiKeyRequired, options) => {
        const key = options?.idempotencyKey;
        const call = {
          method: 'POST' as const,
          path: new URL(endpoint).pathname,
          headers: key ? { ...headers, 'idempotency-key': key } : headers,
          body: body.toString(),
        };
        return usableBody(await this.transport.send(call, this.timeoutMs));
      },
    };
  }
}

/** The company account's prefix in a live address; `undefined` in any other address. */
export function livePrefixOf({ hostname }: URL): string | undefined {
  return /^(.+)-checkout-live\.adyenpayments\.com$/.exec(hostname)?.[1];
}

/** Node gives a CommonJS module whole as its default; compiled to CommonJS, the default is unwrapped already. */
async function loadClient(): Promise<ClientClass> {
  const { default: module } = await import('@adyen/api-library/lib/src/client.js');
  return 'default' in module ? module.default : module;
}
