import { httpAnswer, listenForBytes } from '../contract/byte-server.js';
import type { ByteServer } from '../contract/byte-server.js';
import { failureOf, newIntent } from '../contract/intents.js';
import type { PaymentProvider } from '../port.js';
import { adyenDefinition } from './adyen.definition.js';

const intent = newIntent('sandbox/visa');

let server: ByteServer | undefined;
let provider: PaymentProvider | undefined;

async function open(answer: string): Promise<PaymentProvider> {
  server = await listenForBytes((socket) => socket.write(answer));
  const hmacKey = '00'.repeat(32);
  const settings = { apiUrl: server.url, apiKey: 'the-key', merchantAccount: 'Shop', hmacKey };
  provider = adyenDefinition.create(settings, { timeoutMs: 2_000 });
  return provider;
}

function refused(status: string, errorCode: string, headers = ''): string {
  const answer = { status: Number(status.slice(0, 3)), errorCode, message: 'MARKED' };
  return httpAnswer(status, JSON.stringify({ ...answer, errorType: 'validation' }), headers);
}

afterEach(async () => {
  await server?.close();
  await provider?.close?.();
});

describe('a charge at Adyen', () => {
  it('that is refused because of the card is a decline', async () => {
    const adyen = await open(refused('422 Unprocessable Entity', '103'));
    expect(await adyen.charge(intent)).toMatchObject({
      status: 'declined',
      code: 'incorrect_cvc',
      raw: { code: '103' },
    });
  });

  it.each([
    ['400 Bad Request', '702', 'rejected'],
    ['401 Unauthorized', '000', 'misconfigured'],
    ['403 Forbidden', '010', 'misconfigured'],
    ['404 Not Found', '000', 'rejected'],
    ['422 Unprocessable Entity', '800', 'rejected'],
    ['422 Unprocessable Entity', '901', 'misconfigured'],
    ['422 Unprocessable Entity', '704', 'outcome_unknown'],
    ['409 Conflict', '704', 'outcome_unknown'],
    ['408 Request Timeout', '000', 'outcome_unknown'],
    ['500 Internal Server Error', '905', 'outcome_unknown'],
    ['503 Service Unavailable', '703', 'outcome_unknown'],
  ])('answered by %s, %s is %s', async (status, code, kind) => {
    const adyen = await open(refused(status, code));
    const error = await failureOf(adyen.charge(intent));
    expect(error).toMatchObject({
      kind,
      details: { code, httpStatus: Number(status.slice(0, 3)) },
    });
    expect(error.message).not.toContain('MARKED');
  });

  it.each([
    ['422 Unprocessable Entity', '999', '999'],
    ['400 Bad Request', 'constructor', 'constructor'],
    ['422 Unprocessable Entity', '800', undefined],
    ['422 Unprocessable Entity', '901', undefined],
    ['403 Forbidden', '999', undefined],
    ['500 Internal Server Error', '999', undefined],
  ])('refused by %s, %s names %p as a code that no table knows', async (status, code, unmapped) => {
    const adyen = await open(refused(status, code));
    const { details } = await failureOf(adyen.charge(intent));
    expect([details.code, details.unmapped]).toEqual([code, unmapped]);
  });

  it('answered by 429 was not made, whoever says so', async () => {
    const adyen = await open(httpAnswer('429 Too Many', '<html>', 'Retry-After: 7\r\n'));
    expect(await failureOf(adyen.charge(intent))).toMatchObject({
      kind: 'throttled',
      details: { retryAfterMs: 7_000 },
    });
  });

  it.each([
    ['422 Unprocessable Entity', '<html>not Adyen</html>'],
    ['401 Unauthorized', '{}'],
    ['404 Not Found', ''],
    ['200 OK', ''],
    ['200 OK', '[]'],
    ['200 OK', '{"status":"ok"}'],
    ['200 OK', '"ok"'],
    ['308 Permanent Redirect', '{}'],
  ])("answered by %s %j, not in Adyen's form, has an unknown outcome", async (status, body) => {
    const adyen = await open(httpAnswer(status, body));
    expect(await failureOf(adyen.charge(intent))).toMatchObject({ kind: 'outcome_unknown' });
  });
});
