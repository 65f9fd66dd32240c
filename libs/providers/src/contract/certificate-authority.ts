import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const dayMs = 24 * 60 * 60 * 1000;
/** Long keys take long to make, and these protect nothing. */
const shortKeyBits = 1024;

const oids = {
  commonName: '0603550403',
  basicConstraints: '0603551d13',
  subjectAltName: '0603551d11',
  sha256WithRsa: '06092a864886f70d01010b',
};

/** A key and the certificate over it. */
export interface Issued {
  certificate: X509Certificate;
  privateKey: KeyObject;
  pem: string;
}

/** What a certificate is to say. */
export interface CertificateWish {
  name: string;
  /** Whose key signs it; absent: its own. */
  issuer?: Issued;
  isAuthority?: boolean;
  /** Subject alternative names. */
  hosts?: readonly string[];
  notBefore?: Date;
  notAfter?: Date;
  keyType?: 'rsa' | 'ec';
}

/** Makes a key and a certificate (RFC 5280), which Node.js can read and not write. Always signed by RSA. */
export function issueCertificate(wish: CertificateWish): Issued {
  const { privateKey, publicKey } =
    wish.keyType === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: shortKeyBits });
  const body = unsignedCertificate(wish, publicKey);
  const signature = sign('sha256', body, wish.issuer?.privateKey ?? privateKey);
  const algorithm = sequence(hex(oids.sha256WithRsa), tagged(0x05));
  const der = sequence(body, algorithm, tagged(0x03, hex('00'), signature));
  const certificate = new X509Certificate(der);
  return { certificate, privateKey, pem: certificate.toString() };
}

function unsignedCertificate(wish: CertificateWish, publicKey: KeyObject): Buffer {
  const issuerName = wish.issuer ? commonNameOf(wish.issuer.certificate) : wish.name;
  const notBefore = wish.notBefore ?? new Date(Date.now() - dayMs);
  const notAfter = wish.notAfter ?? new Date(Date.now() + dayMs);
  const version = tagged(0xa0, tagged(0x02, hex('02')));
  const serial = tagged(0x02, hex('01'));
  return sequence(
    version,
    serial,
    sequence(hex(oids.sha256WithRsa), tagged(0x05)),
    nameOf(issuerName),
    sequence(timeOf(notBefore), timeOf(notAfter)),
    nameOf(wish.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensionsOf(wish))),
  );
}

function extensionsOf({ isAuthority = false, hosts = [] }: CertificateWish): Buffer[] {
  const authority = isAuthority ? sequence(tagged(0x01, hex('ff'))) : sequence();
  const names = hosts.map((host) => tagged(0x82, Buffer.from(host)));
  return [
    sequence(hex(oids.basicConstraints), tagged(0x04, authority)),
    ...(hosts.length === 0
      ? []
      : [sequence(hex(oids.subjectAltName), tagged(0x04, sequence(...names)))]),
  ];
}

function commonNameOf({ subject }: X509Certificate): string {
  return /^CN=(.*)$/m.exec(subject)?.[1] ?? '';
}

function nameOf(commonName: string): Buffer {
  const attribute = sequence(hex(oids.commonName), tagged(0x0c, Buffer.from(commonName)));
  return sequence(tagged(0x31, attribute));
}

function timeOf(date: Date): Buffer {
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  return tagged(0x18, Buffer.from(digits));
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content]);
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 128) return Buffer.from([length]);
  const bytes = length < 256 ? [length] : [length >> 8, length & 255];
  return Buffer.from([0x80 + bytes.length, ...bytes]);
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}
