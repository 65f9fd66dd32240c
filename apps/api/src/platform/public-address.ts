import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * IPv4 that is not on the internet: what IANA's registry of special-purpose addresses calls not globally reachable,
 * multicast, the abandoned 6to4 relays, and the address at which Azure answers its own machines.
 */
const privateIpv4: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** IANA assigns unicast from here alone; loopback, mapped, private, link-local and multicast lie outside. */
const assignedIpv6: [string, number][] = [['2000::', 3]];

/** Special purposes inside it: protocols (Teredo, ORCHID, benchmarks), documentation, 6to4. */
const specialIpv6: [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** Behind this prefix a NAT64 (RFC 6052) reaches IPv4. */
const nat64 = '64:ff9b::';
const nat64Bits = 96;

const assigned = new BlockList();
for (const [network, bits] of assignedIpv6) assigned.addSubnet(network, bits, 'ipv6');
assigned.addSubnet(nat64, nat64Bits, 'ipv6');

const refused = new BlockList();
for (const [network, bits] of specialIpv6) refused.addSubnet(network, bits, 'ipv6');
for (const [network, bits] of privateIpv4) {
  refused.addSubnet(network, bits, 'ipv4');
  refused.addSubnet(`${nat64}${network}`, nat64Bits + bits, 'ipv6');
}

/**
 * Whether an address lies on the internet, as opposed to this machine, its network or its cloud. What is no address,
 * or has a zone, does not.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  if (isIPv6(address)) return assigned.check(address, 'ipv6') && !refused.check(address, 'ipv6');
  return !refused.check(address, 'ipv4');
}
