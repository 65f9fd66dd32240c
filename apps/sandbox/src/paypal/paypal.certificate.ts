import { createHash, type KeyObject, sign } from 'node:crypto';

/** What an X.509 certificate of the sandbox says. It is signed with an elliptic curve key. */
export interface CertificateRequest {
  subject: string;
  issuer: string;
  publicKey: KeyObject;
  signWith: KeyObject;
  /** It may sign other certificates. */
  authority: boolean;
  fromMs: number;
  untilMs: number;
}

const [boolean, integer, bits, octets, objectId, text] = [0x01, 0x02, 0x03, 0x04, 0x06, 0x0c];
const [sequence, set, utcTime] = [0x30, 0x31, 0x17];
const ecdsaWithSha256 = der(sequence, oid('1.2.840.10045.4.3.2'));

/** One certificate of version 3 as RFC 5280 lays it out, in PEM. */
export function certificate(request: CertificateRequest): string {
  const publicKey = request.publicKey.export({ type: 'spki', format: 'der' });
  const body = der(
    sequence,
    der(0xa0, der(integer, Buffer.from([2]))),
    der(integer, serialOf(publicKey)),
    ecdsaWithSha256,
    name(request.issuer),
    der(sequence, time(request.fromMs), time(request.untilMs)),
    name(request.subject),
    publicKey,
    der(0xa3, der(sequence, ...extensions(request))),
  );
  const signature = sign('sha256', body, request.signWith);
  const whole = der(sequence, body, ecdsaWithSha256, der(bits, Buffer.from([0]), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function extensions({ authority, subject }: CertificateRequest): Buffer[] {
  const isAuthority = der(boolean, Buffer.from([0xff]));
  const signsCertificates = Buffer.from([1, 0x06]);
  const signsMessages = Buffer.from([7, 0x80]);
  const all = [
    critical('2.5.29.19', authority ? der(sequence, isAuthority) : der(sequence)),
    critical('2.5.29.15', der(bits, authority ? signsCertificates : signsMessages)),
  ];
  if (authority) return all;
  const dnsName = der(0x82, Buffer.from(subject));
  return [...all, der(sequence, oid('2.5.29.17'), der(octets, der(sequence, dnsName)))];
}

function critical(id: string, value: Buffer): Buffer {
  return der(sequence, oid(id), der(boolean, Buffer.from([0xff])), der(octets, value));
}

function name(commonName: string): Buffer {
  const value = der(text, Buffer.from(commonName));
  return der(sequence, der(set, der(sequence, oid('2.5.4.3'), value)));
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+|\D/g, '');
  return der(utcTime, Buffer.from(`${digits.slice(2)}Z`));
}

/** Positive, and another one for each key. */
function serialOf(publicKey: Buffer): Buffer {
  const serial = createHash('sha256').update(publicKey).digest().subarray(0, 16);
  serial[0] = (serial[0] & 0x3f) | 0x40;
  return serial;
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const head = length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

function oid(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = rest.flatMap((number) => {
    const digits = [number & 0x7f];
    for (let left = number >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return der(objectId, Buffer.from([first * 40 + second, ...bytes]));
}
