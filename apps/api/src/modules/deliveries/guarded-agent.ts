import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import type { Agent, buildConnector } from 'undici';
import type { DeliveryFailure } from './delivery-outcome.js';
import type { FindAddresses, HostAddress } from './host-addresses.js';

/** So that partners who share a host don't wait for one another. */
const mostConnectionsOfHost = 64;
/** An idle connection leads to an address that was checked when it was made; it does not get old. */
const longestIdleMs = 10_000;
const mostRequestsOfConnection = 50;

/** No connection was made. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';

  constructor(
    readonly reason: Extract<DeliveryFailure, 'address_refused' | 'dns' | 'connect' | 'tls'>,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

export interface AgentOptions {
  /** Which addresses nothing connects to, be they in the URL or in DNS. */
  isRefused: (address: string) => boolean;
  findAddresses: FindAddresses;
  connectTimeoutMs: number;
  /** Authorities instead of those that Node trusts. */
  ca?: string | undefined;
}

/**
 * Connects only to addresses that were checked, the moment it connects: it looks a name up once and hands what it
 * checked to the socket. An address in the URL is never looked up, so it is checked here as well.
 */
export async function openGuardedAgent(options: AgentOptions): Promise<Agent> {
  const undici = await import('undici');
  return new undici.Agent({
    connect: guardConnector(undici.buildConnector, options),
    connections: mostConnectionsOfHost,
    keepAliveMaxTimeout: longestIdleMs,
    maxRequestsPerClient: mostRequestsOfConnection,
    maxRedirections: 0,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

function guardConnector(
  build: typeof buildConnector,
  options: AgentOptions,
): buildConnector.connector {
  const { isRefused, connectTimeoutMs: timeout, ca } = options;
  const lookup: LookupFunction = (hostname, _options, callback) => {
    callbackify(findAllowed)(hostname, options, callback);
  };
  const connect = build({ lookup, autoSelectFamily: true, timeout, ...(ca ? { ca } : {}) });
  return (target, callback) => {
    if (isIP(target.hostname) !== 0 && isRefused(target.hostname)) {
      callback(new ConnectionError('address_refused'), null);
      return;
    }
    connect(target, (...[error, socket]) => {
      if (error) callback(toConnectionError(error, target.protocol), null);
      else callback(null, socket);
    });
  };
}

/** One refused address refuses the name: the socket tries them all. */
async function findAllowed(
  hostname: string,
  { findAddresses, isRefused }: AgentOptions,
): Promise<HostAddress[]> {
  const addresses = await findAddresses(hostname).catch((cause: unknown) => {
    throw new ConnectionError('dns', { cause });
  });
  if (addresses.length === 0) throw new ConnectionError('dns');
  if (addresses.some(({ address }) => isRefused(address))) {
    throw new ConnectionError('address_refused');
  }
  return addresses;
}

const unreachable =
  /^(?:ECONNREFUSED|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ETIMEDOUT|EADDRNOTAVAIL|EACCES|EPERM|UND_ERR_CONNECT_TIMEOUT)$/;

function toConnectionError(error: Error & { code?: string }, protocol: string): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const isTls = protocol === 'https:' && !unreachable.test(error.code ?? '');
  return new ConnectionError(isTls ? 'tls' : 'connect', { cause: error });
}
