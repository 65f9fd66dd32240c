import type { SandboxParts } from '../provider.js';
import { OAuthError, PaypalError } from './paypal.errors.js';
import { checkPublished } from './paypal.shapes.js';
import type { PaypalStore } from './paypal.store.js';
import type { WireObject } from './paypal.wire.js';

/** Published at developer.paypal.com/api/rest/authentication, read 2026: nine hours. */
const lifetimeSeconds = 32_400;
const scope = [
  'https://uri.paypal.com/services/payments/payment/authcapture',
  'https://uri.paypal.com/services/payments/refund',
  'https://uri.paypal.com/services/payments/realtimepayment',
].join(' ');

/** OAuth 2.0 with client credentials: gives access tokens out and tells whose one is. */
export class PaypalTokens {
  constructor(
    private readonly parts: SandboxParts,
    private readonly store: PaypalStore,
  ) {}

  grant(authorization: string | undefined, form: URLSearchParams): WireObject {
    const clientId = clientOf(authorization);
    if (form.get('grant_type') !== 'client_credentials') {
      throw new OAuthError(400, 'unsupported_grant_type', 'Grant Type is NULL or unsupported');
    }
    const { clock, identifiers } = this.parts;
    const id = identifiers.next('A21AA', 60);
    this.store.tokens.put({ id, clientId, expiresAt: clock.now() + lifetimeSeconds * 1_000 });
    const token = {
      scope,
      access_token: id,
      token_type: 'Bearer',
      app_id: 'APP-80W284485P519543T',
      expires_in: lifetimeSeconds,
      nonce: `${new Date(clock.now()).toISOString()}${identifiers.plain()}`,
    };
    checkPublished('token', token);
    return token;
  }

  /** Whether a call's token was given out here, good or not. */
  isOurs(authorization: string): boolean {
    const id = tokenIn(authorization);
    return id !== undefined && this.store.tokens.get(id) !== undefined;
  }

  /** The client that a call's token was given to; throws PayPal's error for a token that is not good. */
  clientOf(authorization: string | undefined): string {
    const id = tokenIn(authorization ?? '');
    if (id === undefined) throw new PaypalError(401);
    const token = this.store.tokens.get(id);
    if (!token) {
      throw new OAuthError(401, 'invalid_token', 'The token passed in was not found in the system');
    }
    if (token.expiresAt > this.parts.clock.now()) return token.clientId;
    throw new OAuthError(401, 'invalid_token', 'Access Token has expired');
  }

  /** Ends every token that was given out, earlier than it was promised. */
  expireAll(): void {
    const now = this.parts.clock.now();
    for (const token of [...this.store.tokens.values()]) {
      if (token.expiresAt > now) this.store.tokens.put({ ...token, expiresAt: now });
    }
  }
}

function tokenIn(authorization: string): string | undefined {
  return /^Bearer (\S+)$/i.exec(authorization)?.[1];
}

/** The client that asks for a token, whatever its secret. */
export function clientIn(authorization: string): string | undefined {
  return basicIn(authorization)[0];
}

function basicIn(authorization: string): string[] {
  const encoded = /^Basic (\S+)$/i.exec(authorization)?.[1] ?? '';
  return Buffer.from(encoded, 'base64').toString().split(/:(.*)/s);
}

function clientOf(authorization: string | undefined): string {
  const [clientId, secret = ''] = basicIn(authorization ?? '');
  if (clientId !== undefined && clientId !== '' && secret !== '' && !secret.startsWith('wrong')) {
    return clientId;
  }
  throw new OAuthError(401, 'invalid_client', 'Client Authentication failed');
}
