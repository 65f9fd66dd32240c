import fc from 'fast-check';
import { isPublicAddress } from './public-address.js';

const privateIpv4 = [
  ['this network', '0.0.0.0', '0.255.255.255'],
  ['a private network', '10.0.0.0', '10.255.255.255'],
  ['a carrier', '100.64.0.0', '100.127.255.255'],
  ['loopback', '127.0.0.0', '127.255.255.255'],
  ['the platform of Azure', '168.63.129.16', '168.63.129.16'],
  ['link-local, with the metadata of clouds', '169.254.0.0', '169.254.255.255'],
  ['a private network of sixteen', '172.16.0.0', '172.31.255.255'],
  ['protocol assignments', '192.0.0.0', '192.0.0.255'],
  ['documentation', '192.0.2.0', '192.0.2.255'],
  ['6to4 relays', '192.88.99.0', '192.88.99.255'],
  ['a home network', '192.168.0.0', '192.168.255.255'],
  ['benchmarks', '198.18.0.0', '198.19.255.255'],
  ['documentation, second', '198.51.100.0', '198.51.100.255'],
  ['documentation, third', '203.0.113.0', '203.0.113.255'],
  ['multicast', '224.0.0.0', '239.255.255.255'],
  ['reserved, with broadcast', '240.0.0.0', '255.255.255.255'],
] as const;

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((bits) => (number >>> bits) & 255).join('.');
}

/** What an IPv4 address looks like where an IPv6 address embeds one. */
function embeddings(address: string): string[] {
  return ['::', '::ffff:', '64:ff9b::', '64:ff9b:1::'].map((prefix) => prefix + address);
}

describe('an address that webhooks may not reach', () => {
  it.each(privateIpv4)('lies in %s: %s to %s, plain or embedded', (_what, first, last) => {
    const numbers = fc.integer({ min: toNumber(first), max: toNumber(last) });
    for (const edge of [first, last]) {
      expect([edge, ...embeddings(edge)].filter(isPublicAddress)).toEqual([]);
    }
    fc.assert(
      fc.property(numbers, (number) => {
        const address = toAddress(number);
        return ![address, ...embeddings(address)].some(isPublicAddress);
      }),
    );
  });

  it.each([
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['loopback, written out', '0:0:0:0:0:0:0:1'],
    ['loopback, mapped in hexadecimal', '::ffff:7f00:1'],
    ['a public one, mapped', '::ffff:8.8.8.8'],
    ['a public one, translated in IPv6 terms', '::ffff:0:8.8.8.8'],
    ['a local NAT64', '64:ff9b:1::808:808'],
    ['discard', '100::1'],
    ['Teredo', '2001:0:4136:e378::1'],
    ['ORCHID', '2001:20::1'],
    ['documentation', '2001:db8::1'],
    ['documentation, second', '3fff:fff::1'],
    ['6to4 of loopback', '2002:7f00:1::1'],
    ['6to4 of a public one', '2002:808:808::1'],
    ['segment routing', '5f00::1'],
    ['a private network', 'fc00::1'],
    ['the metadata of Amazon', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['a public one with a zone', '2606:4700::1%eth0'],
    ['the former site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
  ])('is %s: %s', (_what, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    '',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '[::1]',
    '8.8.8.8:443',
    ' 8.8.8.8',
  ])('is %j, which is none', (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });
});

describe('an address that webhooks may reach', () => {
  it.each([
    '1.0.0.0',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '168.63.129.15',
    '168.63.129.17',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
  ])('is %s, next to a private range, and the same through a NAT64', (address) => {
    expect(isPublicAddress(address)).toBe(true);
    expect(isPublicAddress(`64:ff9b::${address}`)).toBe(true);
  });

  it.each(['2001:200::1', '2400:cb00::1', '2606:4700::1', '2a00:1450:4001::1', '2003::1'])(
    'is %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});
