import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PaymentsClient } from './client.js';
import { ApiError, ConnectionError } from './errors.js';
import type { NewTransaction } from './models.js';
import type { ClientOptions } from './transport.js';

type Answered = { status: number; body?: unknown; headers?: Record<string, string> };
type Reply = Answered | 'hang up' | 'nothing';

interface Seen {
  target: string;
  headers: IncomingHttpHeaders;
  body: string;
}

const order: NewTransaction = {
  ...{ amount: '10.50', currency: 'EUR', customer_email: 'ada@example.com' },
  ...{ payment_method: 'card', payment_method_token: 'pm_card_visa' },
};
const payment = { object: 'transaction', id: 'tx1', status: 'completed' };
const created: Reply = { status: 201, body: payment };

function problem(status: number, code: string, more = {}): Answered {
  const body = { type: `/docs/errors/${code}`, title: code, status, detail: 'It is so.', code };
  return { status, body: { ...body, request_id: 'r1', ...more } };
}

const inProgress: Reply = {
  ...problem(409, 'idempotency_request_in_progress'),
  headers: { 'retry-after': '1' },
};

describe('a call of the client', () => {
  let server: Server;
  let replies: Reply[] = [];
  let seen: Seen[] = [];
  let pauses: number[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ target: `${request.method} ${request.url}`, headers: request.headers, body });
        const reply = replies.length > 1 ? replies.shift() : replies[0];
        if (reply === 'nothing') return;
        if (reply === 'hang up' || !reply) return void request.socket.destroy();
        const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
        response.writeHead(reply.status, { 'x-request-id': 'r2', ...reply.headers }).end(text);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  /** A client whose pauses take no time, of a server that answers so; the last answer is repeated. */
  function clientOf(answers: Reply[], options: Partial<ClientOptions> = {}, random = 0.5) {
    [replies, seen, pauses] = [answers, [], []];
    const { port } = server.address() as AddressInfo;
    const baseUrl = `http://127.0.0.1:${port}/payments/`;
    const pause = async (ms: number) => pauses.push(ms);
    return new PaymentsClient(
      { apiKey: 'key', baseUrl, ...options },
      { pause, random: () => random },
    );
  }

  async function failureOf(call: Promise<unknown>): Promise<ApiError | ConnectionError> {
    const error = await call.then(
      () => 'no failure',
      (reason: unknown) => reason,
    );
    if (error instanceof ApiError || error instanceof ConnectionError) return error;
    throw new Error(`neither an ApiError nor a ConnectionError: ${String(error)}`);
  }

  const keysSeen = () => seen.map(({ headers }) => headers['idempotency-key']);

  it('has the key, the body as JSON, and an idempotency key of its own', async () => {
    const client = clientOf([created]);
    await client.transactions.create(order);
    await client.transactions.create(order);
    await client.transactions.cancel('a/b', { reason: 'no' }, { idempotencyKey: 'order-1' });
    const [first, second, third] = seen;
    expect(first?.target).toBe('POST /payments/v1/transactions');
    expect(JSON.parse(first?.body ?? '')).toEqual(order);
    expect(first?.headers).toMatchObject({
      ...{ authorization: 'Bearer key', 'content-type': 'application/json' },
      'idempotency-key': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(second?.headers['idempotency-key']).not.toBe(first?.headers['idempotency-key']);
    expect(third).toMatchObject({
      target: 'POST /payments/v1/transactions/a%2Fb/cancel',
      headers: { 'idempotency-key': 'order-1' },
    });
  });

  it('writes filters as the API reads them, and leaves out what is undefined', async () => {
    const client = clientOf([{ status: 200, body: { data: [] } }]);
    const reference = undefined as unknown as string;
    await client.transactions.list({ status: 'failed', metadata: { 'a&b': 'c d' }, reference });
    await client.transactions.get('tx1', { expand: ['attempts', 'refunds'] });
    expect(seen.map(({ target }) => decodeURIComponent(target))).toEqual([
      'GET /payments/v1/transactions?status=failed&metadata[a&b]=c+d',
      'GET /payments/v1/transactions/tx1?expand=attempts,refunds',
    ]);
  });

  it.each<[string, Reply]>([
    ['the first one was still running', inProgress],
    ['there were too many', problem(429, 'rate_limit_exceeded')],
    ['the API was unavailable', problem(503, 'service_unavailable')],
    ['the API failed', problem(500, 'internal_error')],
    ['a proxy had no answer', { status: 502, body: '<html>' }],
    ['the connection broke', 'hang up'],
  ])('is repeated with the same key when %s', async (_why, reply) => {
    const client = clientOf([reply, reply, created]);
    expect(await client.transactions.create(order)).toEqual(payment);
    expect(seen).toHaveLength(3);
    expect(new Set(keysSeen()).size).toBe(1);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
  });

  it('is repeated with the same key when no answer comes in time', async () => {
    const client = clientOf(['nothing', created], { timeoutMs: 300, maxRetries: 50 });
    expect(await client.transactions.create(order)).toEqual(payment);
    expect(seen.length).toBeGreaterThan(1);
    expect(new Set(keysSeen()).size).toBe(1);
  });

  it.each([
    [400, 'parameter_invalid'],
    [401, 'unauthorized'],
    [404, 'transaction_not_found'],
    [409, 'transaction_not_confirmable'],
    [412, 'version_conflict'],
    [422, 'idempotency_key_reused'],
  ])('is not repeated after %d %s', async (status, code) => {
    const client = clientOf([problem(status, code), created]);
    expect(await failureOf(client.transactions.confirm('tx1'))).toMatchObject({ status, code });
    expect(seen).toHaveLength(1);
  });

  it('without an idempotency key is repeated only when it was certainly not done', async () => {
    const sent: Reply = { status: 200, body: { object: 'webhook_test' } };
    for (const reply of ['hang up', problem(503, 'service_unavailable')] as const) {
      await failureOf(clientOf([reply, sent]).partner.testWebhook());
      expect(seen).toHaveLength(1);
    }
    await clientOf([problem(429, 'rate_limit_exceeded'), sent]).partner.testWebhook();
    expect(seen).toHaveLength(2);
    await clientOf(['hang up', sent]).partner.get();
    expect(keysSeen()).toEqual([undefined, undefined]);
    await clientOf(['hang up', sent]).partner.update({ metadata: null });
    expect(seen).toHaveLength(2);
  });

  it('is given up after the retries that are allowed, and says with which key to go on', async () => {
    const client = clientOf(['hang up'], { maxRetries: 3 });
    const broken = await failureOf(client.transactions.create(order));
    expect(broken).toBeInstanceOf(ConnectionError);
    expect(keysSeen()).toEqual(Array(4).fill(broken.idempotencyKey));
    const options = { idempotencyKey: 'order-2', maxRetries: 0 };
    const refused = await failureOf(clientOf([inProgress]).transactions.confirm('tx1', options));
    expect([refused.idempotencyKey, keysSeen()]).toEqual(['order-2', ['order-2']]);
  });

  it('waits longer each time, by chance, and never less than Retry-After', async () => {
    const unavailable = problem(503, 'service_unavailable');
    await failureOf(clientOf([unavailable], { maxRetries: 7 }, 0).partner.get());
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000]);
    await failureOf(clientOf([unavailable], { maxRetries: 2 }, 1).partner.get());
    expect(pauses).toEqual([500, 1000]);
    const later = (value: string) => ({ ...unavailable, headers: { 'retry-after': value } });
    await failureOf(clientOf([later('7')], { maxRetries: 1 }).partner.get());
    expect(pauses).toEqual([7125]);
    const date = new Date(Date.now() + 30_000).toUTCString();
    await failureOf(clientOf([later(date)], { maxRetries: 1 }).partner.get());
    expect(pauses[0]).toBeGreaterThan(15_000);
    expect(pauses[0]).toBeLessThan(31_000);
  });

  it('is given up at once when it would have to wait for over a minute', async () => {
    const reply = problem(429, 'rate_limit_exceeded');
    const client = clientOf([{ ...reply, headers: { 'retry-after': '61' } }]);
    expect(await failureOf(client.partner.get())).toMatchObject({ retryAfterMs: 61_000 });
    expect([seen.length, pauses]).toEqual([1, []]);
  });

  it('that is refused has the fields of the problem', async () => {
    const errors = [{ param: 'amount', code: 'invalid', message: 'too much' }];
    const reply = problem(422, 'refund_exceeds_amount', { errors, refundable: '4.00' });
    const error = await failureOf(clientOf([reply]).refunds.create('tx1', { reason: 'late' }));
    expect(error).toMatchObject({
      ...{ name: 'ApiError', status: 422, code: 'refund_exceeds_amount', requestId: 'r1', errors },
      problem: { refundable: '4.00', detail: 'It is so.' },
      message:
        'POST /v1/transactions/tx1/refunds answered 422 refund_exceeds_amount: It is so. (request r1)',
    });
  });

  it.each<[number, string]>([
    [404, '<html>not here</html>'],
    [200, '<html>hello</html>'],
    [302, ''],
    [400, '"text"'],
  ])('that is answered with %d and %j is an error without a code', async (status, body) => {
    const headers = { location: 'http://127.0.0.1:1/' };
    const error = await failureOf(clientOf([{ status, body, headers }]).partner.get());
    expect(error).toMatchObject({ status, code: undefined, problem: undefined, requestId: 'r2' });
    expect(error.message).toContain('no answer of the API');
  });

  it('accepts values, fields and codes that it does not know', async () => {
    const news = {
      ...payment,
      status: 'in_orbit',
      rocket: { stage: 2 },
      next_action: { type: 'x' },
    };
    expect(await clientOf([{ status: 201, body: news }]).transactions.create(order)).toEqual(news);
    const error = await failureOf(clientOf([problem(418, 'teapot')]).partner.get());
    expect(error).toMatchObject({ status: 418, code: 'teapot' });
  });

  it('ends with its signal, which is no failure of the API and is not repeated', async () => {
    const ending = new AbortController();
    const call = clientOf(['nothing']).partner.get({ signal: ending.signal });
    while (seen.length === 0) await new Promise(setImmediate);
    ending.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(seen).toHaveLength(1);
  });

  it('says with If-Match which version is to be changed', async () => {
    await clientOf([{ status: 200, body: {} }]).partner.update(
      { metadata: null },
      { ifVersion: 7 },
    );
    expect(seen[0]).toMatchObject({
      target: 'PATCH /payments/v1/partner',
      body: '{"metadata":null}',
    });
    expect(seen[0]?.headers['if-match']).toBe('"7"');
  });
});
