import { httpAnswer, listenForBytes } from '../contract/byte-server.js';
import type { ByteServer } from '../contract/byte-server.js';
import type { ChargeIntent, PaymentProvider, ProviderError } from '../port.js';
import { stripeDefinition } from './stripe.definition.js';
import { StripeTransport } from './stripe.transport.js';

const intent: ChargeIntent = {
  idempotencyKey: '01900000-0000-7000-8000-000000000000.1',
  transactionId: '01900000-0000-7000-8000-000000000000',
  amount: '10.50',
  currency: 'USD',
  paymentMethod: 'card',
  paymentMethodToken: 'pm_card_visa',
  payer: {},
};
const taken = {
  object: 'payment_intent',
  status: 'succeeded',
  amount_received: 1050,
  currency: 'usd',
};
const succeeded = JSON.stringify({ id: 'pi_1', ...taken });

let server: ByteServer | undefined;
let provider: PaymentProvider | undefined;

async function open(answer: Parameters<typeof listenForBytes>[0], timeoutMs = 2_000) {
  server = await listenForBytes(answer);
  return openAt(server.url, timeoutMs);
}

function openAt(apiUrl: URL, timeoutMs: number): PaymentProvider {
  const settings = { apiUrl, secretKey: 'sk_test_abc', webhookSecret: 'whsec_abc' };
  provider = stripeDefinition.create(settings, { timeoutMs });
  return provider;
}

async function failureOf(charge: Promise<unknown>): Promise<ProviderError> {
  return charge.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error: unknown) => error as ProviderError,
  );
}

afterEach(async () => {
  await server?.close();
  await provider?.close?.();
  server = undefined;
  provider = undefined;
});

describe('a charge at Stripe', () => {
  it('is one POST with a minimal body and our idempotency key', async () => {
    const stripe = await open((socket) => socket.write(httpAnswer('200 OK', succeeded)));
    await expect(stripe.charge(intent)).resolves.toMatchObject({ status: 'completed' });
    expect(server?.requests).toHaveLength(1);
    const [head, body] = (server?.requests[0] ?? '').split('\r\n\r\n');
    expect(head).toMatch(/^POST \/v1\/payment_intents HTTP\/1\.1/);
    expect(head).toMatch(new RegExp(`idempotency-key: ${intent.idempotencyKey}`, 'i'));
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      amount: '1050',
      currency: 'usd',
      confirm: 'true',
      payment_method: 'pm_card_visa',
      'metadata[transaction_id]': intent.transactionId,
      'metadata[attempt_key]': intent.idempotencyKey,
      'automatic_payment_methods[enabled]': 'true',
      'automatic_payment_methods[allow_redirects]': 'never',
    });
  });

  it('sends the same bytes again when it is replayed', async () => {
    const stripe = await open((socket) => socket.write(httpAnswer('200 OK', succeeded)));
    const withAll = { ...intent, description: 'Tea', returnUrl: 'https://a.test/back' };
    await stripe.charge(withAll);
    await stripe.charge(withAll);
    expect(server?.requests).toHaveLength(2);
    expect(server?.requests[1]).toBe(server?.requests[0]);
  });

  it('that nobody listens for was not sent: unreachable', async () => {
    const stripe = await open(() => undefined);
    await server?.close();
    const error = await failureOf(stripe.charge(intent));
    expect(error).toMatchObject({ kind: 'unreachable' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('to a host without an address was not sent: unreachable', async () => {
    const stripe = openAt(new URL('http://stripe.invalid'), 5_000);
    expect(await failureOf(stripe.charge(intent))).toMatchObject({ kind: 'unreachable' });
  });

  it('that is still waiting for a connection when its time is up was not sent', async () => {
    await open(() => undefined);
    const neverShakesHands = new URL(server?.url.href.replace('http:', 'https:') ?? '');
    const stripe = openAt(neverShakesHands, 300);
    expect(await failureOf(stripe.charge(intent))).toMatchObject({ kind: 'unreachable' });
    expect(server?.requests).toEqual([]);
  });

  it('that was called unreachable is not sent when a connection becomes free later', async () => {
    let answerFirst = () => {};
    server = await listenForBytes((socket) => {
      answerFirst = () => void socket.write(httpAnswer('200 OK', succeeded));
    });
    const transport = new StripeTransport(server.url.origin, 1);
    const post = (path: string, timeoutMs: number) =>
      transport.makeRequest('', '', path, 'POST', {}, 'a=1', '', timeoutMs);
    const first = post('/first', 5_000);
    expect(await failureOf(post('/second', 200))).toMatchObject({ kind: 'unreachable' });
    answerFirst();
    await first;
    await transport.close();
    expect(server.requests).toEqual([expect.stringContaining('/first')]);
  });

  it('that is reset is sent once and its outcome is unknown', async () => {
    const stripe = await open((socket) => socket.resetAndDestroy());
    expect(await failureOf(stripe.charge(intent))).toMatchObject({ kind: 'outcome_unknown' });
    expect(server?.requests).toHaveLength(1);
  });

  it('that is reset by a server that then goes away is not taken for unreachable', async () => {
    const stripe = await open((socket) => {
      server?.refuse();
      socket.resetAndDestroy();
    });
    expect(await failureOf(stripe.charge(intent))).toMatchObject({ kind: 'outcome_unknown' });
  });

  it('that gets no answer in time has an unknown outcome', async () => {
    const stripe = await open(() => undefined, 300);
    const startedMs = performance.now();
    expect(await failureOf(stripe.charge(intent))).toMatchObject({ kind: 'outcome_unknown' });
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });

  it('whose answer drips in for ever is cut off in time', async () => {
    let drip: NodeJS.Timeout | undefined;
    const stripe = await open((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
      drip = setInterval(() => socket.write(' '), 20);
    }, 300);
    const error = await failureOf(stripe.charge(intent));
    clearInterval(drip);
    expect(error).toMatchObject({ kind: 'outcome_unknown' });
  });

  it('whose answer breaks off in the middle has an unknown outcome', async () => {
    const stripe = await open((socket) => {
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n${succeeded}`);
    });
    expect(await failureOf(stripe.charge(intent))).toMatchObject({ kind: 'outcome_unknown' });
  });

  it('whose answer is larger than 1 MB is cut off', async () => {
    const megabyte = Buffer.alloc(1_048_576, 0x20);
    const allBytes = 100 * megabyte.length;
    let sentBytes = 0;
    const stripe = await open((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${allBytes}\r\n\r\n`);
      const pour = () => {
        if (socket.destroyed || sentBytes >= allBytes) return;
        sentBytes += megabyte.length;
        socket.write(megabyte, pour);
      };
      pour();
    }, 20_000);
    const error = await failureOf(stripe.charge(intent));
    expect(error).toMatchObject({ kind: 'outcome_unknown' });
    expect(error.message).toContain('1 MB');
    expect(sentBytes).toBeLessThan(allBytes / 2);
  });
});
