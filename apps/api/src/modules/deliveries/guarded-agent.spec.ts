import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createWebhookSecret } from '@libs/webhooks';
import { createHttpsIdentity } from '../../../../../test/support/https-identity.js';
import {
  startReceiver,
  type WebhookReceiver,
} from '../../../../../test/support/webhook-receiver.js';
import { isPublicAddress } from '../../platform/public-address.js';
import type { DeliveryOutcome } from './delivery-outcome.js';
import { askDns, type FindAddresses } from './host-addresses.js';
import { type SenderOptions, WebhookSender } from './webhook-sender.service.js';

const timeoutMs = 20_000;
const isPrivate = (address: string) => !isPublicAddress(address);
const identity = createHttpsIdentity('shop.example');

function leadTo(...addresses: string[]): FindAddresses {
  return async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
}

/** An attempt, and how many connections it made to a server of this machine. */
async function attempt(
  options: Partial<SenderOptions>,
  urlAt: (port: number) => string,
  receiver: WebhookReceiver,
): Promise<[DeliveryOutcome, number]> {
  const sender = new WebhookSender({ timeoutMs, allowPrivate: false, ...options });
  const before = receiver.connections();
  const webhook = { id: '1', body: '{}', secrets: [createWebhookSecret()], timestamp: 1 };
  const outcome = await sender.send({ ...webhook, url: urlAt(receiver.port) });
  await sender.onApplicationShutdown();
  return [outcome, receiver.connections() - before];
}

const refused = [{ kind: 'failed', reason: 'address_refused', durationMs: expect.any(Number) }, 0];
const delivered = [expect.objectContaining({ kind: 'answered', httpStatus: 200 }), 1];
const atShop = (port: number) => `https://shop.example:${port}/`;

describe('where a webhook connects to', () => {
  let plain: WebhookReceiver;
  let secure: WebhookReceiver;

  beforeAll(async () => {
    plain = await startReceiver((response) => response.setHeader('connection', 'close').end());
    secure = await startReceiver((response) => response.end(), identity);
  });
  afterAll(() => Promise.all([plain, secure].map((receiver) => receiver?.stop())));

  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '①②⑦.0.0.1',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
  ])('is no private address in the URL: %s', async (host) => {
    const url = (port: number) => `http://${host}:${port}/`;
    expect(await attempt({ allowPrivate: true, isRefused: isPrivate }, url, plain)).toEqual(
      refused,
    );
    expect(await attempt({ allowPrivate: true }, url, plain)).toEqual(delivered);
  });

  it.each([
    ['loopback', ['127.0.0.1']],
    ['loopback, mapped', ['::ffff:127.0.0.1']],
    ['a public address and loopback', ['8.8.8.8', '127.0.0.1']],
    ['loopback and a public address', ['127.0.0.1', '2606:4700::1']],
    ['the metadata of clouds', ['169.254.169.254']],
    ['the metadata of Amazon in IPv6', ['fd00:ec2::254']],
    ['loopback through NAT64', ['64:ff9b::7f00:1']],
    ['a link', ['fe80::1%lo']],
  ])('is no name that leads to %s', async (_what, addresses) => {
    const findAddresses = leadTo(...addresses);
    expect(await attempt({ findAddresses }, atShop, secure)).toEqual(refused);
  });

  it('is the name that leads to an allowed address', async () => {
    const options = { findAddresses: leadTo('127.0.0.1'), isRefused: () => false };
    const { ca } = identity;
    expect(await attempt({ ...options, ca }, atShop, secure)).toEqual(delivered);
  });

  it('is the address that was checked, though the name leads elsewhere a moment later', async () => {
    const answers = ['127.0.0.1', '127.0.0.2', '127.0.0.2'];
    const options = {
      allowPrivate: true,
      isRefused: (address: string) => address === '127.0.0.2',
      findAddresses: () => leadTo(answers.shift() ?? '')(''),
    };
    const url = (port: number) => `http://rebind.example:${port}/`;
    expect(await attempt(options, url, plain)).toEqual(delivered);
    expect(answers).toHaveLength(2);
    expect(await attempt(options, url, plain)).toEqual(refused);
  });

  it('is checked again for each connection of the same sender', async () => {
    const answers = ['127.0.0.1', '127.0.0.2'];
    const sender = new WebhookSender({
      ...{ timeoutMs, allowPrivate: true },
      isRefused: (address) => address === '127.0.0.2',
      findAddresses: () => leadTo(answers.shift() ?? '')(''),
    });
    const url = `http://rebind.example:${plain.port}/`;
    const webhook = { url, id: '1', body: '{}', secrets: [createWebhookSecret()], timestamp: 1 };
    expect(await sender.send(webhook)).toMatchObject({ httpStatus: 200 });
    expect(await sender.send(webhook)).toMatchObject({ reason: 'address_refused' });
    await sender.onApplicationShutdown();
  });

  it.each([
    ['url_refused', (port: number) => `http://shop.example:${port}/`],
    ['url_refused', () => 'https://shop.example:22/'],
    ['url_refused', (port: number) => `https://user:password@shop.example:${port}/`],
    ['url_refused', () => 'nowhere'],
    ['address_refused', (port: number) => `https://127.0.0.1:${port}/`],
    ['address_refused', (port: number) => `https://localhost:${port}/`],
  ])('is checked by its text first: %s', async (reason, url) => {
    const options = { findAddresses: leadTo('127.0.0.1'), isRefused: () => false };
    expect(await attempt(options, url, plain)).toEqual([
      { kind: 'failed', reason, durationMs: 0 },
      0,
    ]);
  });

  it.each([
    ['no certificate that anybody trusts', atShop, undefined],
    [
      'a certificate of another name',
      (port: number) => `https://bank.example:${port}/`,
      identity.ca,
    ],
  ])('is no server with %s', async (_what, url, ca) => {
    const options = { findAddresses: leadTo('127.0.0.1'), isRefused: () => false, ca };
    const [outcome] = await attempt(options, url, secure);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'tls' });
  });

  it('is no server that speaks no TLS', async () => {
    const options = { findAddresses: leadTo('127.0.0.1'), isRefused: () => false };
    const [outcome] = await attempt(options, atShop, plain);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'tls' });
    expect(plain.received.filter(({ headers }) => headers.host?.startsWith('shop'))).toEqual([]);
  });

  it('is this machine by its name, in development', async () => {
    const url = (port: number) => `http://localhost:${port}/`;
    const [outcome] = await attempt({ allowPrivate: true }, url, plain);
    expect(outcome).toMatchObject({ kind: 'answered', httpStatus: 200 });
  });

  it.each([
    ['fails', () => Promise.reject(new Error('ESERVFAIL'))],
    ['finds nothing', leadTo()],
  ])('is nowhere when the look-up %s', async (_what, findAddresses) => {
    const [outcome] = await attempt({ findAddresses }, atShop, secure);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'dns' });
  });
});

const [typeA, typeAaaa] = [1, 28];

/** A name server that knows one address of each family for every name, or refuses to answer for one. */
async function startNameServer(records: Map<number, number[]>) {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port }) => {
    const question = query.subarray(12, query.indexOf(0, 12) + 5);
    const record = records.get(question.readUInt16BE(question.length - 4));
    const head = Buffer.from(query.subarray(0, 12));
    head.set([0x81, record ? 0x80 : 0x82, 0, 1, 0, record ? 1 : 0, 0, 0, 0, 0], 2);
    const type = question.subarray(-4, -2);
    const fixed = [0xc0, 0x0c, ...type, 0, 1, 0, 0, 0, 0, 0, record?.length ?? 0];
    const answer = record ? Buffer.from([...fixed, ...record]) : Buffer.alloc(0);
    socket.send(Buffer.concat([head, question, answer]), port, '127.0.0.1');
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, stop: () => socket.close() };
}

describe('the addresses of a name', () => {
  const six = [0x26, 0x06, 0x47, ...Array.from({ length: 12 }, () => 0), 1];

  it.each([
    [
      'both families',
      [
        [typeA, [1, 2, 3, 4]],
        [typeAaaa, six],
      ],
      ['2606:4700::1', '1.2.3.4'],
    ],
    ['one family, when the other can not be had', [[typeA, [1, 2, 3, 4]]], ['1.2.3.4']],
    ['none, when nothing can be had', [], []],
  ] as [string, [number, number[]][], string[]][])(
    'are those of %s',
    async (_what, records, expected) => {
      const server = await startNameServer(new Map(records));
      const found = await askDns([server.address])('shop.example');
      server.stop();
      expect(found.map(({ address }) => address)).toEqual(expected);
    },
  );

  it('are not read from the hosts file', async () => {
    const server = await startNameServer(new Map());
    expect(await askDns([server.address])('localhost')).toEqual([]);
    server.stop();
  });
});
