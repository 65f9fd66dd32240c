import { httpAnswer, listenForBytes } from '../contract/byte-server.js';
import type { ByteServer } from '../contract/byte-server.js';
import { issueCertificate } from '../contract/certificate-authority.js';
import { InvalidWebhookError } from '../port.js';
import { certificatesOf, isPayPalSigner, PayPalCertificates } from './paypal.certificates.js';

const dayMs = 24 * 60 * 60 * 1000;
const path = '/v1/notifications/certs/CERT-1';

const root = issueCertificate({ name: 'Our root', isAuthority: true });
const middle = issueCertificate({ name: 'Between', isAuthority: true, issuer: root });
const leaf = issueCertificate({ name: 'Webhooks', issuer: middle });

let server: ByteServer | undefined;

/** Serves this answer for every certificate, and trusts these roots. */
async function serve(answer: string, trustRoots = root.pem, timeoutMs = 2_000) {
  const served = await listenForBytes((socket) => socket.write(answer));
  server = served;
  const certificateHosts = [served.url.hostname];
  const certificates = new PayPalCertificates({ certificateHosts, trustRoots }, timeoutMs);
  return (nowMs = Date.now()) => certificates.keyAt(`${served.url.origin}${path}`, nowMs);
}

function pemAnswer(...chain: { pem: string }[]): string {
  return httpAnswer('200 OK', chain.map(({ pem }) => pem).join('\n'));
}

afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe("PayPal's certificate", () => {
  it('gives its key when its chain leads to a trusted root', async () => {
    const keyAt = await serve(pemAnswer(leaf, middle));
    expect((await keyAt()).equals(leaf.certificate.publicKey)).toBe(true);
  });

  it('is believed by a trusted certificate in the middle of its chain', async () => {
    const keyAt = await serve(pemAnswer(leaf), middle.pem);
    expect((await keyAt()).equals(leaf.certificate.publicKey)).toBe(true);
  });

  it('is fetched once, also by webhooks that come together', async () => {
    const keyAt = await serve(pemAnswer(leaf, middle));
    await Promise.all([keyAt(), keyAt(), keyAt()]);
    await keyAt();
    expect(server?.requests).toHaveLength(1);
  });

  it.each([
    ['500 Oops', 1_000, { kind: 'unreachable' }],
    ['404 Not Found', 60_000, { name: 'InvalidWebhookError' }],
  ])('that is answered by %s is asked for again after %i ms', async (status, pauseMs, error) => {
    const keyAt = await serve(httpAnswer(status, ''));
    const nowMs = Date.now();
    for (const atMs of [nowMs, nowMs + pauseMs - 1]) {
      await expect(keyAt(atMs)).rejects.toMatchObject(error);
    }
    expect(server?.requests).toHaveLength(1);
    await expect(keyAt(nowMs + pauseMs)).rejects.toMatchObject(error);
    expect(server?.requests).toHaveLength(2);
  });

  it('stays known, and its host is spared, when strangers name addresses of their own', async () => {
    const served = await listenForBytes((socket) => {
      const isOurs = server?.requests.at(-1)?.startsWith(`GET ${path} `);
      socket.write(isOurs ? pemAnswer(leaf, middle) : httpAnswer('404 Not Found', ''));
    });
    server = served;
    const settings = { certificateHosts: [served.url.hostname], trustRoots: root.pem };
    const certificates = new PayPalCertificates(settings);
    const nowMs = Date.now();
    const keyAt = (name: string) =>
      certificates.keyAt(`${served.url.origin}/v1/notifications/certs/${name}`, nowMs);
    await keyAt('CERT-1');
    for (let turn = 0; turn < 50; turn++) {
      await expect(keyAt(`CERT-0${turn}`)).rejects.toThrow(/certificate/);
    }
    await keyAt('CERT-1');
    expect(served.requests).toHaveLength(9);
    await expect(keyAt('CERT-2')).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('that was good is refused once it has ended', async () => {
    const keyAt = await serve(pemAnswer(leaf, middle));
    await keyAt();
    await expect(keyAt(Date.now() + 2 * dayMs)).rejects.toThrow(
      new InvalidWebhookError('the certificate is not valid at this time'),
    );
  });

  const stranger = issueCertificate({ name: 'Our root', isAuthority: true });
  const notAuthority = issueCertificate({ name: 'Webhooks', issuer: root });
  const past = { notBefore: new Date(Date.now() - 2 * dayMs), notAfter: new Date(Date.now() - 1) };
  const endedMiddle = issueCertificate({ name: 'Ended', isAuthority: true, issuer: root, ...past });

  it.each([
    ['of nobody', [issueCertificate({ name: 'Webhooks' })]],
    ['of a stranger with the name of a root', [issueCertificate({ name: 'W', issuer: stranger })]],
    [
      'of a stranger who comes along',
      [issueCertificate({ name: 'W', issuer: stranger }), stranger],
    ],
    ['without the middle of its chain', [leaf]],
    [
      'of one that may not issue',
      [issueCertificate({ name: 'W', issuer: notAuthority }), notAuthority],
    ],
    ['of one that has ended', [issueCertificate({ name: 'W', issuer: endedMiddle }), endedMiddle]],
    ['that has ended', [issueCertificate({ name: 'W', issuer: root, ...past })]],
    [
      'that has not begun',
      [issueCertificate({ name: 'W', issuer: root, notBefore: new Date(Date.now() + dayMs) })],
    ],
  ])('%s does not lead to a trusted root', async (_, chain) => {
    const keyAt = await serve(pemAnswer(...chain));
    await expect(keyAt()).rejects.toThrow(
      new InvalidWebhookError('the certificate does not lead to a trusted root'),
    );
  });

  it('of our own root is refused by the roots that Node.js comes with', async () => {
    const answer = pemAnswer(leaf, middle, root);
    const served = await listenForBytes((socket) => socket.write(answer));
    server = served;
    const certificates = new PayPalCertificates({ certificateHosts: ['127.0.0.1'] });
    const key = certificates.keyAt(`${served.url.origin}${path}`, Date.now());
    await expect(key).rejects.toThrow('the certificate does not lead to a trusted root');
  });

  it('does not lead to a root that has ended', async () => {
    const ended = issueCertificate({ name: 'Ended root', isAuthority: true, ...past });
    const issued = issueCertificate({ name: 'Webhooks', issuer: ended });
    const keyAt = await serve(pemAnswer(issued, ended), ended.pem);
    await expect(keyAt()).rejects.toThrow('the certificate does not lead to a trusted root');
  });

  it('with another key than RSA is refused', async () => {
    const elliptic = issueCertificate({ name: 'Webhooks', issuer: root, keyType: 'ec' });
    const keyAt = await serve(pemAnswer(elliptic));
    await expect(keyAt()).rejects.toThrow('the certificate has no RSA key');
  });

  it.each([
    ['404 Not Found', '{}', ''],
    ['200 OK', 'no certificate', ''],
    ['200 OK', '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----', ''],
    ['200 OK', leaf.pem.padEnd(70_000), ''],
    ['302 Found', leaf.pem, 'Location: http://127.0.0.1:1/\r\n'],
  ])('is not there: %s', async (status, body, header) => {
    const keyAt = await serve(httpAnswer(status, body, header));
    await expect(keyAt()).rejects.toThrow(
      new InvalidWebhookError('there is no certificate at its address'),
    );
  });

  it('whose host can not be reached, or is slow, makes no webhook invalid', async () => {
    const slow = await serve('', root.pem, 50);
    await expect(slow()).rejects.toMatchObject({ name: 'ProviderError' });
    await server?.close();
    const later = slow(Date.now() + 1_000);
    await expect(later).rejects.toMatchObject({ name: 'ProviderError', kind: 'unreachable' });
  });
});

describe("the address of PayPal's certificate", () => {
  const certificates = new PayPalCertificates({
    certificateHosts: ['api.paypal.com', '127.0.0.1:3100'],
    trustRoots: root.pem,
  });

  it.each([
    `http://api.paypal.com${path}`,
    `https://api.paypal.com.evil.test${path}`,
    `https://evil.test/api.paypal.com${path}`,
    `https://api.paypal.com:8443${path}`,
    `https://user@api.paypal.com${path}`,
    `https://api.paypal.com${path}?a=1`,
    `https://api.paypal.com${path}#a`,
    'https://api.paypal.com/v1/oauth2/token',
    `https://api.paypal.com${path}/../../oauth2/token`,
    `http://127.0.0.1:3101${path}`,
    `http://169.254.169.254${path}`,
    `http://localhost:3100${path}`,
    `file://${path}`,
    'CERT-1',
  ])('%s is refused, and nobody is asked', async (address) => {
    await expect(certificates.keyAt(address, Date.now())).rejects.toThrow(InvalidWebhookError);
  });
});

describe("the address of a sandbox's certificate", () => {
  const certificateHosts = ['127.0.0.2:9'];
  const address = `http://127.0.0.2:9${path}`;

  it('may be http when the API is reached there by http', async () => {
    const apiUrl = new URL('http://127.0.0.2:9');
    const certificates = new PayPalCertificates({ certificateHosts, apiUrl });
    await expect(certificates.keyAt(address, Date.now())).rejects.toMatchObject({
      kind: 'unreachable',
    });
  });

  it.each(['https://127.0.0.2:9', 'http://127.0.0.2:10'])('is refused beside %s', async (api) => {
    const certificates = new PayPalCertificates({ certificateHosts, apiUrl: new URL(api) });
    await expect(certificates.keyAt(address, Date.now())).rejects.toThrow(InvalidWebhookError);
  });
});

describe('the name on a certificate', () => {
  const signer = 'messageverificationcerts.paypal.com';

  it.each([
    [signer, [], true],
    ['messageverificationcerts.sandbox.paypal.com', [], true],
    ['PayPal', [signer], true],
    ['api.paypal.com', ['api.paypal.com'], false],
    ['*.paypal.com', ['*.paypal.com'], false],
    [`${signer}.evil.test`, [], false],
    [`CN=${signer}`, [], false],
  ])('%s %j may sign webhooks: %s', (name, hosts, may) => {
    expect(isPayPalSigner(issueCertificate({ name, hosts }).certificate)).toBe(may);
  });
});

describe('a PEM text', () => {
  it('gives every certificate in it', () => {
    const names = certificatesOf(`${leaf.pem}\n${middle.pem}`).map(({ subject }) => subject);
    expect(names).toEqual(['CN=Webhooks', 'CN=Between']);
    expect(certificatesOf('')).toEqual([]);
  });
});
