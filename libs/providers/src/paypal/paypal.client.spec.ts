import { httpAnswer, listenForBytes } from '../contract/byte-server.js';
import type { ByteServer } from '../contract/byte-server.js';
import { failureOf } from '../contract/intents.js';
import { PayPalClient } from './paypal.client.js';

const token = reply(200, { access_token: 'A1', token_type: 'Bearer', expires_in: 32_400 });
const found = reply(200, { id: 'O1' });
const unauthorised = reply(401, { error: 'invalid_token' });
const asksForToken = 'POST /v1/oauth2/token';

function reply(status: number, body: object, headers = ''): string {
  return httpAnswer(`${status} Status`, JSON.stringify(body), headers);
}

let server: ByteServer | undefined;
let client: PayPalClient | undefined;

/** PayPal with these answers, in this order; nothing where they end. */
async function open(...answers: string[]) {
  const rest = [...answers];
  server = await listenForBytes((socket) => socket.write(rest.shift() ?? ''));
  const opened = new PayPalClient(
    {
      apiUrl: server.url,
      clientId: 'client',
      clientSecret: 'MARKED',
      webhookId: 'WEBHOOK1',
      certificateHosts: [],
    },
    answers.includes('') ? 2_000 : 20_000,
  );
  client = opened;
  return (deadlineMs = opened.deadline()) => opened.get('/v2/checkout/orders/O1', deadlineMs);
}

/** `POST /path` of every request. */
function requested(): string[] {
  return (server?.requests ?? []).map((text) => text.split(' HTTP/', 1)[0] ?? '');
}

afterEach(async () => {
  await server?.close();
  await client?.close();
  server = undefined;
  client = undefined;
});

describe('an access token of PayPal', () => {
  it('is fetched once and kept', async () => {
    const get = await open(token, found, found);
    await get();
    await get();
    const look = 'GET /v2/checkout/orders/O1';
    expect(requested()).toEqual([asksForToken, look, look]);
    const [first, second] = server?.requests ?? [];
    const basic = Buffer.from('client:MARKED').toString('base64');
    expect(first).toContain(`authorization: Basic ${basic}`);
    expect(first).toMatch(/\r\n\r\ngrant_type=client_credentials$/);
    expect(second).toContain('authorization: Bearer A1');
  });

  it('is fetched once by calls that come together', async () => {
    const get = await open(token, found, found, found);
    await Promise.all([get(), get(), get()]);
    expect(requested().filter((line) => line === asksForToken)).toHaveLength(1);
  });

  it('that PayPal no longer takes is fetched anew, once', async () => {
    const get = await open(token, unauthorised, token, found);
    expect(await get()).toMatchObject({ httpStatus: 200, json: { id: 'O1' } });
    expect(requested()).toHaveLength(4);
  });

  it('that PayPal refuses twice is told as it is', async () => {
    const get = await open(token, unauthorised, token, unauthorised, token);
    expect(await get()).toMatchObject({ httpStatus: 401 });
    expect(requested()).toHaveLength(4);
  });

  it('that is about to end is fetched anew', async () => {
    const short = reply(200, { access_token: 'A0', expires_in: 60 });
    const get = await open(short, found, token, found);
    await get();
    await get();
    expect(requested().filter((line) => line === asksForToken)).toHaveLength(2);
  });

  it.each([
    ['misconfigured', reply(401, { error: 'invalid_client' })],
    ['misconfigured', reply(400, { error: 'unsupported_grant_type' })],
    ['throttled', reply(429, {}, 'Retry-After: 3\r\n')],
    ['unreachable', reply(500, {})],
    ['unreachable', httpAnswer('200 OK', '<html>')],
    ['unreachable', reply(200, { access_token: 'A1' })],
    ['unreachable', ''],
  ])('that does not come means that nothing was sent: %s', async (kind, answer) => {
    const get = await open(answer, token, found);
    const error = await failureOf(get());
    expect(error).toMatchObject({ kind });
    expect(error.message).not.toMatch(/MARKED|TUFSS0VE/);
    expect(requested()).toEqual([asksForToken]);
  });

  it('that did not come is asked for again by the next call', async () => {
    const get = await open(reply(500, {}), token, found);
    await failureOf(get());
    expect(await get()).toMatchObject({ httpStatus: 200 });
  });
});

describe('a call of PayPal', () => {
  it('whose time is over before it begins is never made', async () => {
    const get = await open(token, found);
    expect(await failureOf(get(Date.now() - 1))).toMatchObject({ kind: 'unreachable' });
    expect(requested()).toEqual([asksForToken]);
  });

  it('carries the key that makes it repeatable, and asks for the whole answer', async () => {
    await open(token, found);
    await client?.post('/v2/checkout/orders', 'key-1', { a: 1 }, client.deadline());
    const request = server?.requests[1];
    expect(request).toMatch(/^POST \/v2\/checkout\/orders HTTP/);
    expect(request).toContain('paypal-request-id: key-1');
    expect(request).toContain('prefer: return=representation');
    expect(request).toMatch(/\r\n\r\n\{"a":1\}$/);
  });

  it.each([
    ['nothing', ''],
    ['a page of success', httpAnswer('200 OK', '<html>')],
    ['a page of refusal', httpAnswer('403 Forbidden', '<html>')],
    ['an error that names nothing', reply(400, {})],
    ['a 500', reply(500, { name: 'INTERNAL_SERVER_ERROR' })],
    ['a redirect', reply(302, { name: 'FOUND' }, 'Location: /elsewhere\r\n')],
  ])('that is answered with %s has an unknown outcome', async (_, answer) => {
    const get = await open(token, answer, found);
    expect(await failureOf(get())).toMatchObject({ kind: 'outcome_unknown' });
    expect(requested()).toHaveLength(2);
  });

  it('that came too often is told so, whoever wrote the answer', async () => {
    const get = await open(token, httpAnswer('429 Too Many', '<html>', 'Retry-After: 3\r\n'));
    const headers = { 'retry-after': '3' };
    expect(await get()).toMatchObject({ httpStatus: 429, headers, json: {} });
  });
});
