import { ProviderError } from '../port.js';
import { parseJsonObject, retryAfterMs } from '../transport.js';
import type { HttpAnswer, Transport } from '../transport.js';
import type { PayPalSettings } from './paypal.settings.js';

/** A token is given up this long before it ends. */
const marginSeconds = 60;

/** The access token of one account: fetched once for all calls that wait for it, and kept until shortly before its end. */
export class PayPalTokens {
  private current: { value: string; freshUntilMs: number } | undefined;
  private coming: Promise<string> | undefined;

  constructor(
    private readonly settings: PayPalSettings,
    private readonly transport: Transport,
    private readonly timeoutMs: number,
  ) {}

  /** @throws ProviderError of a kind that says that nothing was sent: the call that needs the token has not begun */
  get(): Promise<string> {
    if (this.current && Date.now() < this.current.freshUntilMs) {
      return Promise.resolve(this.current.value);
    }
    this.coming ??= this.ask().finally(() => (this.coming = undefined));
    return this.coming;
  }

  /** Forgets a token that PayPal no longer takes. */
  drop(value: string): void {
    if (this.current?.value === value) this.current = undefined;
  }

  private async ask(): Promise<string> {
    const { clientId, clientSecret } = this.settings;
    const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const call = {
      method: 'POST',
      path: '/v1/oauth2/token',
      headers: {
        accept: 'application/json',
        authorization: `Basic ${credentials}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    } as const;
    const answer = await this.transport.send(call, this.timeoutMs).catch((error: unknown) => {
      throw nothingSent(error);
    });
    const { access_token: value, expires_in: seconds } = parseJsonObject(answer.body) ?? {};
    if (answer.httpStatus !== 200 || typeof value !== 'string' || typeof seconds !== 'number') {
      throw refusal(answer);
    }
    this.current = { value, freshUntilMs: Date.now() + (seconds - marginSeconds) * 1000 };
    return value;
  }
}

function refusal({ httpStatus, headers, body }: HttpAnswer): ProviderError {
  const { error } = parseJsonObject(body) ?? {};
  const code = typeof error === 'string' ? error.slice(0, 100) : undefined;
  const message = `PayPal gave no access token: HTTP ${httpStatus}, ${code ?? 'no code'}`;
  const details = { code, httpStatus, retryAfterMs: retryAfterMs(headers, Date.now()) };
  if (httpStatus === 429) return new ProviderError('throttled', message, details);
  const isOurFault = [400, 401, 403].includes(httpStatus);
  return new ProviderError(isOurFault ? 'misconfigured' : 'unreachable', message, details);
}

function nothingSent(error: unknown): ProviderError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ProviderError('unreachable', `PayPal gave no access token: ${reason}`);
}
