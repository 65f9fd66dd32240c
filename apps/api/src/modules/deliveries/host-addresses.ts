import { lookup, Resolver } from 'node:dns/promises';

/** An address that a host name leads to. */
export interface HostAddress {
  address: string;
  family: number;
}

/** Finds all addresses of a host name; rejects when there are none. */
export type FindAddresses = (hostname: string) => Promise<HostAddress[]>;

const queryTimeoutMs = 2_000;
const tries = 2;

/**
 * Asks DNS itself. The system's own look-up would read the hosts file, add the network's search domains, and keep one
 * of the process's four threads busy for each name whose servers are slow: those threads also find the providers.
 *
 * @param servers other than those of the system
 */
export function askDns(servers?: string[]): FindAddresses {
  const resolver = new Resolver({ timeout: queryTimeoutMs, tries });
  if (servers) resolver.setServers(servers);
  return async (hostname) => {
    const answers = await Promise.allSettled([
      resolver.resolve6(hostname),
      resolver.resolve4(hostname),
    ]);
    const [six = [], four = []] = answers.map((each) =>
      each.status === 'fulfilled' ? each.value : [],
    );
    return [
      ...six.map((address) => ({ address, family: 6 })),
      ...four.map((address) => ({ address, family: 4 })),
    ];
  };
}

/** Asks the system, which knows the names of a developer's machine. */
export const askSystem: FindAddresses = (hostname) => lookup(hostname, { all: true });
