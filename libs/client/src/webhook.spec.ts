import { createWebhookSecret, signWebhook } from '@libs/webhooks';
import { InvalidWebhookSecretError, verifyWebhook, WebhookVerificationError } from './index.js';

const secret = createWebhookSecret();
const event = {
  ...{ id: 'm1', type: 'transaction.completed', timestamp: '2026-01-02T03:04:05.678Z' },
  ...{ sequence: 2, api_version: 'v1', livemode: false },
  data: { object: { object: 'transaction', id: 'tx1', note: 'ä' }, previous_status: 'processing' },
};
const body = JSON.stringify(event);

function headersOf(signed: string | Uint8Array, timestamp = Math.floor(Date.now() / 1000)) {
  return {
    'webhook-id': 'm1',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWebhook({ id: 'm1', timestamp, body: signed }, [secret]),
  };
}

describe('a webhook', () => {
  it('is its event, from text or bytes, with the headers of Node or of fetch', () => {
    const headers = headersOf(body);
    expect(verifyWebhook(body, headers, secret)).toEqual(event);
    expect(verifyWebhook(Buffer.from(body), headers, secret)).toEqual(event);
    const ofFetch = new Headers(headers);
    expect(verifyWebhook(new TextEncoder().encode(body), ofFetch, [secret])).toEqual(event);
  });

  it('has the resource that its type tells of, or what is left of it', () => {
    const given = verifyWebhook(body, headersOf(body), secret);
    if (given.type !== 'transaction.completed') throw new Error('another type');
    const { object } = given.data;
    const refundable: string | undefined = object.deleted ? object.id : object.amount_refundable;
    expect(refundable).toBeUndefined();
  });

  it('of a type that is not known yet is accepted', () => {
    const other = JSON.stringify({ ...event, type: 'transaction.teleported', more: 1 });
    const given = verifyWebhook(other, headersOf(other), secret);
    expect(given).toMatchObject({ type: 'transaction.teleported', more: 1 });
  });

  it('is refused with another body, secret or time', () => {
    const verify =
      (raw: string, key = secret, at?: number) =>
      () =>
        verifyWebhook(raw, headersOf(body, at), key);
    expect(verify(`${body} `)).toThrow(WebhookVerificationError);
    expect(verify(body, createWebhookSecret())).toThrow(WebhookVerificationError);
    expect(verify(body, 'whsec_short')).toThrow(InvalidWebhookSecretError);
    expect(verify(body, secret, Math.floor(Date.now() / 1000) - 400)).toThrow('seconds old');
  });

  it('that was parsed already is refused with the reason', () => {
    const parsed = event as unknown as string;
    expect(() => verifyWebhook(parsed, headersOf(body), secret)).toThrow('the raw body is needed');
  });
});
