import { createServer } from 'node:net';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createWebhookSecret, verifyWebhook } from '@libs/webhooks';
import {
  startReceiver,
  type WebhookReceiver,
} from '../../../../../test/support/webhook-receiver.js';
import type { DeliveryOutcome } from './delivery-outcome.js';
import { type SenderOptions, WebhookSender } from './webhook-sender.service.js';

const patient = { timeoutMs: 20_000, allowPrivate: true };
const secret = createWebhookSecret();
const webhook = {
  id: 'evt_1',
  body: '{"type":"transaction.completed","name":"Zoë"}',
  secrets: [createWebhookSecret(), secret],
  timestamp: 1_800_000_000,
};

type Answer = (response: ServerResponse) => void;

const running: (() => Promise<void>)[] = [];

function createSender(options: SenderOptions = patient): WebhookSender {
  const sender = new WebhookSender(options);
  running.push(() => sender.onApplicationShutdown());
  return sender;
}

async function receive(answer: Answer): Promise<WebhookReceiver> {
  const receiver = await startReceiver(answer);
  running.push(() => receiver.stop());
  return receiver;
}

function sendTo(port: number, sender = createSender(), path = '/'): Promise<DeliveryOutcome> {
  return sender.send({ ...webhook, url: `http://127.0.0.1:${port}${path}` });
}

async function outcomeOf(answer: Answer, options?: SenderOptions): Promise<DeliveryOutcome> {
  const { port } = await receive(answer);
  return sendTo(port, createSender(options));
}

async function answerTo(body: string | Buffer, headers: Record<string, string> = {}) {
  const outcome = await outcomeOf((response) => response.writeHead(200, headers).end(body));
  return outcome.kind === 'answered' ? outcome.answer : outcome.reason;
}

/** A server that answers with these bytes, be they HTTP or not. */
async function outcomeOfBytes(bytes: string): Promise<DeliveryOutcome> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(bytes));
  }).listen(0, '127.0.0.1');
  running.push(async () => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return sendTo((server.address() as { port: number }).port);
}

const failed = (reason: string) => ({ kind: 'failed', reason, durationMs: expect.any(Number) });

describe('sending a webhook', () => {
  afterEach(async () => {
    await Promise.all(running.splice(0).map((stop) => stop()));
  });

  it('posts the body as it is, signed, to the path and query of the URL', async () => {
    const receiver = await receive((response) => response.writeHead(202).end('thanks'));
    const outcome = await sendTo(receiver.port, createSender(), '/hooks?shop=1');
    expect(outcome).toEqual({
      ...{ kind: 'answered', httpStatus: 202, durationMs: expect.any(Number) },
      ...{ answer: 'thanks', retryAfterMs: null },
    });
    const [{ url, headers, body } = { url: '', headers: {}, body: '' }] = receiver.received;
    expect([url, body]).toEqual(['/hooks?shop=1', webhook.body]);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(webhook.body)),
      'user-agent': 'payment-orchestration-webhooks/1',
      'accept-encoding': 'identity',
      'webhook-id': 'evt_1',
      'webhook-timestamp': '1800000000',
    });
    const now = new Date(webhook.timestamp * 1000);
    for (const each of webhook.secrets) {
      expect(() => verifyWebhook(headers, body, each, { now })).not.toThrow();
    }
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect of %d', async (status) => {
    const inside = await receive((response) => response.end('secrets'));
    const location = `http://127.0.0.1:${inside.port}/`;
    const outcome = await outcomeOf((response) => response.writeHead(status, { location }).end());
    expect(outcome).toMatchObject({ kind: 'answered', httpStatus: status });
    expect(inside.connections()).toBe(0);
  });

  it('cuts an endless answer off', async () => {
    const receiver = await receive((response) => {
      const flood = () => {
        while (!response.destroyed && response.write('a'.repeat(10_000)));
        response.once('drain', flood);
      };
      flood();
    });
    expect(await sendTo(receiver.port)).toEqual(failed('answer_too_large'));
    await receiver.firstClosed();
    expect(receiver.received).toHaveLength(1);
  });

  it('reads 64 KB of an answer and keeps 1024 bytes of it', async () => {
    expect(await answerTo('a'.repeat(65_536))).toBe('a'.repeat(1024));
    expect(await answerTo('a'.repeat(65_537))).toBe('answer_too_large');
  });

  it('unpacks no answer, however small it is packed', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000, 'a'));
    const answer = await answerTo(bomb, { 'content-encoding': 'gzip' });
    expect(answer).toContain('\uFFFD');
    expect(answer).not.toContain('aa');
  });

  it('keeps text that is safe to store and to show', async () => {
    expect(await answerTo('Zoë\t1\r\n2')).toBe('Zoë\t1\r\n2');
    expect(await answerTo('a\u0000b\u001B[31mc\u202Ed\u200Be')).toBe('a�b�[31mc�d�e');
    expect(await answerTo(Buffer.from([0x61, 0xff, 0xfe, 0x62]))).toBe('a��b');
    expect(await answerTo(`${'a'.repeat(1023)}ë`)).toBe('a'.repeat(1023));
    expect(await answerTo(`${'a'.repeat(1020)}😀😀`)).toBe(`${'a'.repeat(1020)}😀`);
  });

  it('keeps nothing of an answer with a card number', async () => {
    const leftOut = '[left out: it contains a card number]';
    expect(await answerTo('Thanks for 4242-4242 4242 4242!')).toBe(leftOut);
    expect(await answerTo(`${'a'.repeat(1008)}4242424242424242`)).toBe(leftOut);
    expect(await answerTo('Thanks for 4242-4242 4242 4241!')).toContain('4241');
  });

  it.each([
    ['30', 30_000],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ['when it suits you', null],
  ])('says what a Retry-After of %j asks for', async (header, retryAfterMs) => {
    const answer: Answer = (response) => response.writeHead(503, { 'retry-after': header }).end();
    expect(await outcomeOf(answer)).toMatchObject({ httpStatus: 503, retryAfterMs });
  });

  it('takes the status that follows an early hint', async () => {
    const hint = 'HTTP/1.1 103 Early Hints\r\nretry-after: 5\r\n\r\n';
    const gone = 'HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n';
    const outcome = await outcomeOfBytes(hint + gone);
    expect(outcome).toMatchObject({ kind: 'answered', httpStatus: 410, retryAfterMs: null });
  });

  it.each([
    ['reset', 'nothing', ''],
    ['reset', 'half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'],
    [
      'reset',
      'another protocol',
      'HTTP/1.1 101 Switching\r\nupgrade: a\r\nconnection: upgrade\r\n\r\n',
    ],
    ['answer_malformed', 'a greeting', '220 mail.example ESMTP\r\n'],
    ['answer_too_large', 'endless headers', `HTTP/1.1 200 OK\r\na: ${'a'.repeat(20_000)}\r\n\r\n`],
  ])('fails with %s when the answer is %s', async (reason, _what, bytes) => {
    expect(await outcomeOfBytes(bytes)).toEqual(failed(reason));
  });

  it('fails with reset when the connection is reset', async () => {
    const answer: Answer = (response) => response.socket?.resetAndDestroy();
    expect(await outcomeOf(answer)).toEqual(failed('reset'));
  });

  it('fails with connect when nobody listens', async () => {
    const receiver = await startReceiver(() => undefined);
    await receiver.stop();
    expect(await sendTo(receiver.port)).toEqual(failed('connect'));
  });

  it('uses a connection again, but not for ever', async () => {
    const receiver = await receive((response) => response.end());
    const sender = createSender();
    for (let count = 0; count < 120; count++) await sendTo(receiver.port, sender);
    expect(receiver.connections()).toBeGreaterThan(2);
    expect(receiver.connections()).toBeLessThan(10);
  });

  it('forgets its connections when it knows many hosts, but none that is in use', async () => {
    let release: () => void = () => undefined;
    const receiver = await receive((response) => (release = () => response.end('late')));
    const findAddresses = () => Promise.resolve([]);
    const sender = createSender({ ...patient, findAddresses });
    const slow = sendTo(receiver.port, sender);
    while (receiver.received.length < 1) await new Promise(setImmediate);
    for (let count = 0; count < 256; count++) {
      const url = `http://shop-${count}.example/`;
      expect(await sender.send({ ...webhook, url })).toEqual(failed('dns'));
    }
    expect(receiver.connections()).toBe(1);
    release();
    expect(await slow).toMatchObject({ answer: 'late' });
    const again = sendTo(receiver.port, sender);
    while (receiver.received.length < 2) await new Promise(setImmediate);
    release();
    expect([(await again).kind, receiver.connections()]).toEqual(['answered', 2]);
  });

  it('sends nothing with a secret that is none', async () => {
    const receiver = await receive((response) => response.end());
    const url = `http://127.0.0.1:${receiver.port}/`;
    const sent = createSender().send({ ...webhook, url, secrets: ['whsec_short'] });
    await expect(sent).rejects.toThrow('a webhook secret is whsec_');
    expect(receiver.connections()).toBe(0);
  });
});
