import { X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { InvalidWebhookError, ProviderError } from '../port.js';
import { Transport } from '../transport.js';
import type { HttpAnswer } from '../transport.js';
import type { PayPalSettings } from './paypal.settings.js';

const fetchLimitMs = 5_000;
const largestPemBytes = 65_536;
const mostKept = 16;
/** PayPal signs with one certificate at a time: more addresses than that are not PayPal's. */
const mostUnknown = 8;
const refusedForMs = 60_000;
const unreachableForMs = 1_000;
const longestChain = 5;

/** Names that PayPal signs webhooks under, as its own SDKs check them. */
const payPalNames = [
  'messageverificationcerts.paypal.com',
  'messageverificationcerts.sandbox.paypal.com',
];

const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** An address that gave no certificate, and until when it is not asked again. */
interface Failure {
  error: unknown;
  untilMs: number;
}

/**
 * Keys that webhooks are signed with: fetched from listed hosts alone, and believed when their chain is.
 *
 * Anybody can name an address. One is asked once at a time, not again soon after it failed, and not at all while too
 * many others are being asked or have just failed. A certificate that is believed stays, whatever strangers name.
 */
export class PayPalCertificates {
  private readonly believed = new Map<string, X509Certificate>();
  private readonly coming = new Map<string, Promise<X509Certificate>>();
  private readonly failures = new Map<string, Failure>();

  constructor(
    private readonly settings: Pick<PayPalSettings, 'certificateHosts' | 'trustRoots'> &
      Partial<Pick<PayPalSettings, 'apiUrl'>>,
    private readonly timeoutMs = fetchLimitMs,
  ) {}

  /**
   * The key of the certificate at this address.
   *
   * @throws InvalidWebhookError when the address or the certificate is not PayPal's
   * @throws ProviderError when the address can't be reached: the webhook is to be sent again
   */
  async keyAt(address: string, nowMs: number): Promise<KeyObject> {
    const url = allowedUrl(address, this.settings);
    const { href } = url;
    const leaf =
      this.believed.get(href) ?? (await (this.coming.get(href) ?? this.fetched(url, nowMs)));
    if (!isCurrent(leaf, nowMs)) {
      this.believed.delete(href);
      throw new InvalidWebhookError('the certificate is not valid at this time');
    }
    return leaf.publicKey;
  }

  private fetched(url: URL, nowMs: number): Promise<X509Certificate> {
    for (const [href, { untilMs }] of this.failures) {
      if (untilMs <= nowMs) this.failures.delete(href);
    }
    const failure = this.failures.get(url.href);
    if (failure) throw failure.error;
    if (this.coming.size + this.failures.size >= mostUnknown) {
      throw new ProviderError('unreachable', 'too many unknown certificates are asked for');
    }
    const coming = this.load(url, nowMs).finally(() => this.coming.delete(url.href));
    this.coming.set(url.href, coming);
    return coming;
  }

  private async load(url: URL, nowMs: number): Promise<X509Certificate> {
    try {
      const leaf = this.verified(url, await fetchPem(url, this.timeoutMs), nowMs);
      if (this.believed.size >= mostKept) {
        this.believed.delete(String(this.believed.keys().next().value));
      }
      this.believed.set(url.href, leaf);
      return leaf;
    } catch (error) {
      const isOver = error instanceof InvalidWebhookError;
      const untilMs = nowMs + (isOver ? refusedForMs : unreachableForMs);
      this.failures.set(url.href, { error, untilMs });
      throw error;
    }
  }

  private verified(url: URL, pem: string, nowMs: number): X509Certificate {
    const chain = certificatesOf(pem);
    const [leaf] = chain;
    if (!leaf) throw new InvalidWebhookError('there is no certificate at its address');
    const isPayPals = /(^|\.)paypal\.com$/.test(url.hostname);
    if (isPayPals && !isPayPalSigner(leaf)) {
      throw new InvalidWebhookError('the certificate is not one for webhooks');
    }
    if (leaf.publicKey.asymmetricKeyType !== 'rsa') {
      throw new InvalidWebhookError('the certificate has no RSA key');
    }
    const roots = certificatesOf(this.settings.trustRoots ?? rootCertificates.join('\n'));
    if (!leadsToRoot(leaf, chain, roots, nowMs)) {
      throw new InvalidWebhookError('the certificate does not lead to a trusted root');
    }
    return leaf;
  }
}

/** The certificates of a PEM text. What is no certificate is left out. */
export function certificatesOf(pem: string): X509Certificate[] {
  return (pem.match(pemBlock) ?? []).flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

/**
 * https, a listed host, and the path of PayPal's certificates. Listed as well, a loopback address may be http, and so
 * may the API's own address where that is http: a sandbox.
 */
function allowedUrl(
  address: string,
  { certificateHosts: hosts, apiUrl }: PayPalCertificates['settings'],
): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^\/v1\/notifications\/certs\/[\w.-]{1,100}$/.test(url.pathname)) {
    throw new InvalidWebhookError("the certificate's address is not one of PayPal's");
  }
  const isLoopback = /^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname);
  const isListed = hosts.includes(url.host) || (isLoopback && hosts.includes(url.hostname));
  const isPlain = !url.username && !url.password && !url.search && !url.hash;
  const mayBeHttp = isLoopback || url.origin === apiUrl?.origin;
  const isSafe = url.protocol === 'https:' || (mayBeHttp && url.protocol === 'http:');
  if (!isListed || !isPlain || !isSafe) {
    throw new InvalidWebhookError("the certificate's address is not an allowed one");
  }
  return url;
}

async function fetchPem(url: URL, timeoutMs: number): Promise<string> {
  const transport = new Transport("PayPal's certificate host", url.origin, 1);
  try {
    const call = { method: 'GET', path: url.pathname, headers: {} } as const;
    return pemOf(await transport.send(call, timeoutMs));
  } finally {
    await transport.close();
  }
}

/** Redirects are not followed. */
function pemOf({ httpStatus, body }: HttpAnswer): string {
  if (httpStatus >= 500 || httpStatus === 429) {
    const message = `PayPal's certificate host answered HTTP ${httpStatus}`;
    throw new ProviderError('unreachable', message, { httpStatus });
  }
  if (httpStatus !== 200 || body.length > largestPemBytes) {
    throw new InvalidWebhookError('there is no certificate at its address');
  }
  return body.toString('latin1');
}

/** Node.js builds no chains by itself. Any certificate of the roots is trusted, an intermediate one too. */
function leadsToRoot(
  leaf: X509Certificate,
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  nowMs: number,
): boolean {
  let current = leaf;
  for (let length = 0; length < longestChain; length += 1) {
    if (!isCurrent(current, nowMs)) return false;
    if (roots.some((root) => isIssuer(root, current) && isCurrent(root, nowMs))) return true;
    const issuer = chain.find((one) => one !== current && isIssuer(one, current));
    if (!issuer) return false;
    current = issuer;
  }
  return false;
}

function isIssuer(issuer: X509Certificate, issued: X509Certificate): boolean {
  return issuer.ca && issued.checkIssued(issuer) && issued.verify(issuer.publicKey);
}

function isCurrent({ validFrom, validTo }: X509Certificate, nowMs: number): boolean {
  return Date.parse(validFrom) <= nowMs && nowMs <= Date.parse(validTo);
}

/** Whether a certificate is made out to the name that PayPal signs webhooks under. */
export function isPayPalSigner(certificate: X509Certificate): boolean {
  const options = { subject: 'always', wildcards: false } as const;
  return payPalNames.some((name) => certificate.checkHost(name, options) !== undefined);
}
