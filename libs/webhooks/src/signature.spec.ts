import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import {
  createWebhookSecret,
  InvalidWebhookSecretError,
  signWebhook,
  verifyWebhook,
  WebhookVerificationError,
} from './index.js';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const content = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  body: '{"test": 2432232314}',
};
const published = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const signedAt = new Date(content.timestamp * 1000);

type Changes = Record<string, string | string[] | undefined>;

function headersOf(changes: Changes = {}): Changes {
  return {
    'webhook-id': content.id,
    'webhook-timestamp': String(content.timestamp),
    'webhook-signature': published,
    ...changes,
  };
}

function failure(changes: Changes = {}, { body = content.body, now = signedAt } = {}): unknown {
  try {
    verifyWebhook(headersOf(changes), body, secret, { now });
    return 'verified';
  } catch (error) {
    return error instanceof WebhookVerificationError ? error.reason : error;
  }
}

describe('the signature of a webhook', () => {
  it('is the one that Standard Webhooks publishes', () => {
    expect(signWebhook(content, [secret])).toBe(published);
    expect(signWebhook({ ...content, body: Buffer.from(content.body) }, [secret])).toBe(published);
  });

  it('is made with every secret during a rotation', () => {
    const other = createWebhookSecret();
    const both = signWebhook(content, [other, secret]);
    expect(both.split(' ')).toEqual([signWebhook(content, [other]), published]);
  });

  it('is what the library of Standard Webhooks accepts and makes, whatever the text', () => {
    const body = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(fc.uuid(), body, (id, text) => {
        const own = createWebhookSecret();
        const timestamp = Math.floor(Date.now() / 1000);
        const theirs = new Webhook(own);
        const signature = signWebhook({ id, timestamp, body: text }, [createWebhookSecret(), own]);
        const headers = {
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signature,
        };
        theirs.verify(text, headers, { jsonParse: false });
        const made = theirs.sign(id, new Date(timestamp * 1000), text);
        verifyWebhook({ ...headers, 'webhook-signature': made }, text, own);
        expect(made).toBe(signature.split(' ')[1]);
      }),
    );
  });
});

describe('verifying a webhook', () => {
  it('accepts the published one, with header names in any case and as raw bytes', () => {
    expect(failure()).toBe('verified');
    const headers = Object.entries(headersOf()).map(([name, value]) => [name.toUpperCase(), value]);
    const bytes = Buffer.from(content.body);
    const verify = () =>
      verifyWebhook(Object.fromEntries(headers), bytes, [secret], { now: signedAt });
    expect(verify).not.toThrow();
  });

  it('accepts one signature of several, with one secret of several', () => {
    const old = createWebhookSecret();
    const signature = `v1a,AAAA v2,BBBB ${signWebhook(content, [old, createWebhookSecret()])}`;
    const headers = headersOf({ 'webhook-signature': signature });
    const secrets = [createWebhookSecret(), old];
    expect(() => verifyWebhook(headers, content.body, secrets, { now: signedAt })).not.toThrow();
  });

  it.each([
    ['webhook-id', undefined],
    ['webhook-timestamp', undefined],
    ['webhook-signature', undefined],
    ['webhook-signature', ''],
    ['webhook-signature', [published, published]],
    ['Webhook-Signature', published],
  ])('refuses a %s of %j as missing or there twice', (name, value) => {
    expect(failure({ [name]: value })).toBe('missing_header');
  });

  it.each(['soon', '1614265330.5', '-1', '0x10', ' 1614265330', '9'.repeat(13)])(
    'refuses %j for a timestamp',
    (timestamp) => {
      expect(failure({ 'webhook-timestamp': timestamp })).toBe('invalid_timestamp');
    },
  );

  it.each([
    ['id', failure({ 'webhook-id': 'msg_other' })],
    ['timestamp', failure({ 'webhook-timestamp': String(content.timestamp + 1) })],
    ['body', failure({}, { body: `${content.body} ` })],
    ['signature', failure({ 'webhook-signature': published.replace('g0hM', 'g0hN') })],
    ['version', failure({ 'webhook-signature': published.replace('v1', 'v2') })],
    ['signature, cut short', failure({ 'webhook-signature': published.slice(0, -1) })],
  ])('refuses another %s', (_what, reason) => {
    expect(reason).toBe('no_matching_signature');
  });

  it('accepts nothing without a secret', () => {
    for (const signature of [' ', published]) {
      const headers = headersOf({ 'webhook-signature': signature });
      const verify = () => verifyWebhook(headers, content.body, [], { now: signedAt });
      expect(verify).toThrow('no signature is of this content and secret');
    }
  });

  it('believes a timestamp for 300 seconds either way, and for as long as it is told', () => {
    const after = (seconds: number) =>
      failure({}, { now: new Date(signedAt.getTime() + seconds * 1000) });
    expect([300, 301, -300, -301].map(after)).toEqual([
      'verified',
      'too_old',
      'verified',
      'too_new',
    ]);
    const now = new Date(signedAt.getTime() + 11_000);
    const strict = () =>
      verifyWebhook(headersOf(), content.body, secret, { toleranceSeconds: 10, now });
    expect(strict).toThrow('11 seconds old');
  });
});

describe('the lines that partners verify with', () => {
  const page = readFileSync('docs/guides/webhooks.md', 'utf8');
  const [, lines = ''] = /```js verify\n(.*?)```/s.exec(page) ?? [];

  function isGenuine(changes: Changes, ageSeconds = 0): unknown {
    const clock = { now: () => signedAt.getTime() + ageSeconds * 1000 };
    const globals = { createHmac, timingSafeEqual, Buffer, Date: clock };
    const given = [headersOf(changes), Buffer.from(content.body), secret];
    return runInNewContext(`${lines}; isGenuine(...given)`, { ...globals, given });
  }

  it('accept the published webhook, also beside the signature of another secret', () => {
    const two = signWebhook(content, [createWebhookSecret(), secret]);
    expect([isGenuine({}), isGenuine({ 'webhook-signature': two })]).toEqual([true, true]);
    expect([isGenuine({}, 300), isGenuine({}, -300)]).toEqual([true, true]);
  });

  it('refuse another one, an old one and one from the future', () => {
    const other = signWebhook(content, [createWebhookSecret()]);
    for (const signature of [other, 'v1,short', published.replace('v1', 'v2')]) {
      expect(isGenuine({ 'webhook-signature': signature })).toBe(false);
    }
    expect(isGenuine({ 'webhook-id': 'msg_other' })).toBe(false);
    expect([isGenuine({}, 301), isGenuine({}, -301)]).toEqual([false, false]);
  });
});

describe('a webhook secret', () => {
  it('is new every time: whsec_ and 32 bytes in base64', () => {
    const secrets = Array.from({ length: 100 }, createWebhookSecret);
    expect(new Set(secrets).size).toBe(100);
    for (const each of secrets) expect(each).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  });

  it.each([
    ['has no prefix', secret.slice(6)],
    ['is empty', 'whsec_'],
    ['is no base64', 'whsec_not-base64-but-long-enough-to-be-a-secret!'],
    ['is too short', `whsec_${Buffer.alloc(23).toString('base64')}`],
    ['is too long', `whsec_${Buffer.alloc(65).toString('base64')}`],
  ])('is refused, and not repeated, when it %s', (_what, wrong) => {
    const sign = () => signWebhook(content, [secret, wrong]);
    expect(sign).toThrow(InvalidWebhookSecretError);
    expect(sign).toThrow('a webhook secret is whsec_ and 24 to 64 bytes in base64');
  });
});
