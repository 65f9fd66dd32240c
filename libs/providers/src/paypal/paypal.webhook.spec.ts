import { generateKeyPairSync, sign } from 'node:crypto';
import { InvalidWebhookError } from '../port.js';
import { signedText, toTransmission, verifySignature } from './paypal.webhook.js';

const nowMs = Date.parse('2026-11-23T04:00:00Z');
const headers = {
  'paypal-transmission-id': 'dfb3be50-fd74-11e4-8bf3-77339302725b',
  'paypal-transmission-time': '2026-11-23T04:00:00Z',
  'paypal-transmission-sig': 'c2lnbmF0dXJl',
  'paypal-cert-url': 'https://api.paypal.com/v1/notifications/certs/CERT-1',
  'paypal-auth-algo': 'SHA256withRSA',
};

describe("PayPal's signature", () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const body = Buffer.from('{"id":"WH-1", "amount":"ü"}');
  const transmission = toTransmission(headers, nowMs);
  const text = Buffer.from(signedText(transmission, 'WEBHOOK1', body));
  const signed = { ...transmission, signature: sign('RSA-SHA256', text, privateKey) };

  it('is accepted when it is over this body, for this webhook, by this key', () => {
    expect(() => verifySignature(signed, 'WEBHOOK1', body, publicKey)).not.toThrow();
  });

  it.each([
    ['another body', signed, 'WEBHOOK1', Buffer.from(`${body.toString()} `)],
    ['another webhook', signed, 'WEBHOOK2', body],
    ['another transmission', { ...signed, id: 'other' }, 'WEBHOOK1', body],
    ['another time', { ...signed, time: '2026-11-23T04:00:01Z' }, 'WEBHOOK1', body],
    ['no signature', { ...signed, signature: Buffer.alloc(0) }, 'WEBHOOK1', body],
  ])('is refused over %s', (_, changed, webhookId, rawBody) => {
    const check = () => verifySignature(changed, webhookId, rawBody, publicKey);
    expect(check).toThrow(new InvalidWebhookError('the signature does not match'));
  });

  it('is refused by another key', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    expect(() => verifySignature(signed, 'WEBHOOK1', body, other)).toThrow(InvalidWebhookError);
  });
});

describe("the headers of PayPal's webhook", () => {
  it.each(['2026-11-23T04:05:00Z', '2026-11-19T04:00:00Z', '2026-11-23T05:00:00.123+01:00'])(
    'are accepted when sent at %s',
    (time) => {
      const sent = { ...headers, 'paypal-transmission-time': time };
      expect(toTransmission(sent, nowMs).time).toBe(time);
    },
  );

  it.each([
    ['2026-11-23T04:05:01Z', 'the transmission time is more than 300 s ahead'],
    ['2026-11-19T03:59:59Z', 'the transmission is more than 4 days old'],
    ['2026-13-45T00:00:00Z', 'the transmission time is no time'],
  ])('are refused when sent at %s', (time, message) => {
    const sent = { ...headers, 'paypal-transmission-time': time };
    expect(() => toTransmission(sent, nowMs)).toThrow(new InvalidWebhookError(message));
  });

  it.each(Object.keys(headers))('are refused without %s', (name) => {
    const message = `there is no ${name}`;
    const rest = { ...headers, [name]: undefined };
    expect(() => toTransmission(rest, nowMs)).toThrow(new InvalidWebhookError(message));
  });

  it.each([
    ['paypal-transmission-id', 'a|b'],
    ['paypal-transmission-time', 'yesterday'],
    ['paypal-transmission-sig', 'not base64!'],
    ['paypal-cert-url', `https://api.paypal.com/${'x'.repeat(500)}`],
  ])('are refused with the %s %j', (name, value) => {
    const message = `${name} is malformed`;
    const wrong = { ...headers, [name]: value };
    expect(() => toTransmission(wrong, nowMs)).toThrow(new InvalidWebhookError(message));
  });

  it.each(['SHA1withRSA', 'SHA256withECDSA', 'none'])('are refused with %s', (algorithm) => {
    const wrong = { ...headers, 'paypal-auth-algo': algorithm };
    expect(() => toTransmission(wrong, nowMs)).toThrow(InvalidWebhookError);
  });
});
