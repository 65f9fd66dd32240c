import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpAnswer, listenForBytes } from '../contract/byte-server.js';
import { InvalidWebhookError } from '../port.js';
import { certificatesOf, isPayPalSigner, PayPalCertificates } from './paypal.certificates.js';
import { signedText, toTransmission, verifySignature } from './paypal.webhook.js';

/** The webhook that PayPal's SDKs are tested with: headers, body and certificate as they have them. */
const webhookId = '4JH86294D6297924G';
const certificatePath = '/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77';
const headers = {
  'paypal-transmission-id': 'dfb3be50-fd74-11e4-8bf3-77339302725b',
  'paypal-transmission-time': '2015-05-18T15:45:13Z',
  'paypal-transmission-sig':
    'thy4/U002quzxFavHPwbfJGcc46E8rc5jzgyeafWm5mICTBdY/8rl7WJpn8JA0GKA+oDTPsSruqusw+XXg5RLAP7ip53Euh9' +
    'Xu3UbUhQFX7UgwzE2FeYoY6lyRMiiiQLzy9BvHfIzNIVhPad4KnC339dr6y2l+mN8ALgI4GCdIh3/SoJO5wE64Bh/ueWtt8E' +
    'VuvsvXfda2Le5a2TrOI9vLEzsm9GS79hAR/5oLexNz8UiZr045Mr5ObroH4w4oNfmkTaDk9Rj0G19uvISs5QzgmBpauKr7Nw' +
    '++JI0pr/v5mFctQkoWJSGfBGzPRXawrvIIVHQ9Wer48GR2g9ZiApWg==',
  'paypal-auth-algo': 'SHA256withRSA',
  'paypal-cert-url': `https://api.sandbox.paypal.com${certificatePath}`,
};
const receivedMs = Date.parse('2015-05-18T15:46:00Z');

const publishedLinks = 'https://api.sandbox.paypal.com/v1';
const body = Buffer.from(
  '{"id":"WH-0G2756385H040842W-5Y612302CV158622M","create_time":"2015-05-18T15:45:13Z",' +
    '"resource_type":"sale","event_type":"PAYMENT.SALE.COMPLETED","summary":"Payment completed for $ 20.0 USD",' +
    '"resource":{"id":"4EU7004268015634R","create_time":"2015-05-18T15:44:02Z",' +
    '"update_time":"2015-05-18T15:44:21Z","amount":{"total":"20.00","currency":"USD"},' +
    '"payment_mode":"INSTANT_TRANSFER","state":"completed","protection_eligibility":"ELIGIBLE",' +
    '"protection_eligibility_type":"ITEM_NOT_RECEIVED_ELIGIBLE,UNAUTHORIZED_PAYMENT_ELIGIBLE",' +
    '"parent_payment":"PAY-86C81811X5228590KKVNARQQ","transaction_fee":{"value":"0.88","currency":"USD"},' +
    `"links":[{"href":"${publishedLinks}/payments/sale/4EU7004268015634R","rel":"self","method":"GET"},` +
    `{"href":"${publishedLinks}/payments/sale/4EU7004268015634R/refund","rel":"refund","method":"POST"},` +
    `{"href":"${publishedLinks}/payments/payment/PAY-86C81811X5228590KKVNARQQ","rel":"parent_payment","method":"GET"}]},` +
    `"links":[{"href":"${publishedLinks}/notifications/webhooks-events/WH-0G2756385H040842W-5Y612302CV158622M",` +
    '"rel":"self","method":"GET"},' +
    `{"href":"${publishedLinks}/notifications/webhooks-events/WH-0G2756385H040842W-5Y612302CV158622M/resend",` +
    '"rel":"resend","method":"POST"}]}',
);

const pem = readFileSync(
  join(process.cwd(), 'libs/providers/src/paypal/paypal.published.pem'),
  'utf8',
);
const [leaf, issuer] = certificatesOf(pem);

/** The certificate's key, believed as the adapter does it. Its own address no longer answers. */
async function keyAt(nowMs: number): Promise<KeyObject> {
  const server = await listenForBytes((socket) => {
    socket.write(httpAnswer('200 OK', leaf?.toString() ?? ''));
  });
  const certificateHosts = [server.url.hostname];
  const trustRoots = issuer?.toString() ?? '';
  const certificates = new PayPalCertificates({ certificateHosts, trustRoots });
  const address = `${server.url.origin}${certificatePath}`;
  try {
    return await certificates.keyAt(address, nowMs);
  } finally {
    await server.close();
  }
}

async function verify(rawBody: Buffer, id: string): Promise<void> {
  const transmission = toTransmission(headers, receivedMs);
  verifySignature(transmission, id, rawBody, await keyAt(receivedMs));
}

describe('the webhook of 2015 that PayPal published with its signature and certificate', () => {
  it('is signed over the text that PayPal published', () => {
    const transmission = toTransmission(headers, receivedMs);
    expect(signedText(transmission, webhookId, body)).toBe(
      'dfb3be50-fd74-11e4-8bf3-77339302725b|2015-05-18T15:45:13Z|4JH86294D6297924G|2771810304',
    );
  });

  it('is accepted by its signature, its certificate and the certificate of DigiCert that issued it', async () => {
    await expect(verify(body, webhookId)).resolves.toBeUndefined();
    expect(leaf && isPayPalSigner(leaf)).toBe(true);
  });

  it('is refused with one byte changed, and for another webhook', async () => {
    const changed = Buffer.from(body.toString().replace('"20.00"', '"20.01"'));
    const mismatch = new InvalidWebhookError('the signature does not match');
    await expect(verify(changed, webhookId)).rejects.toThrow(mismatch);
    await expect(verify(body, '4JH86294D6297924H')).rejects.toThrow(mismatch);
  });

  it('is refused today: it is too old, and its certificate has ended', async () => {
    expect(() => toTransmission(headers, Date.now())).toThrow(/more than 4 days old/);
    await expect(keyAt(Date.now())).rejects.toThrow(InvalidWebhookError);
  });
});
