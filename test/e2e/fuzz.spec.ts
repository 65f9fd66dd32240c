import * as fc from 'fast-check';
import { storedDocument } from '../support/documents.js';
import { call } from '../support/http.js';
import { sizes } from '../support/sizes.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { startReceiver } from '../support/webhook-receiver.js';
import { type DocumentedCall, readCalls } from './support/documented-calls.js';
import { answerToExamples } from './support/example-answers.js';
import { makeFullFixture } from './support/fuzz-fixtures.js';
import {
  allowedRequests,
  brokenRequests,
  exampleRequests,
  type FuzzedRequest,
} from './support/fuzzed-requests.js';

const documents = ['/docs/openapi.json', '/admin/docs/openapi.json'];
/** Shown with the webhooks, where a worker sends them. */
const deliveryLog = '/v1/webhook-deliveries';
const nobody = 'http://127.0.0.1:9/';
const limits = { OPERATOR_RATE_LIMIT_PER_MINUTE: '60000' };
const seed = 20_261_123;

/** How often an operation answered each status. */
type Counts = Record<number, number>;

function sample(requests: fc.Arbitrary<FuzzedRequest>): FuzzedRequest[] {
  return fc.sample(requests, { seed, numRuns: sizes.fuzzedRequests });
}

describe('every operation of both OpenAPI documents', () => {
  let system: TestSystem;
  let calls: DocumentedCall[];

  beforeAll(async () => {
    system = await startSystem({ worker: 0, env: limits });
    calls = (await Promise.all(documents.map((url) => readCalls(system, url)))).flat();
  });
  afterAll(() => system?.stop());

  /** Each request in turn; what is outside of the document fails in `call`. */
  async function fuzz(one: DocumentedCall): Promise<Counts> {
    const { key: own, ids } = await makeFullFixture(system, nobody);
    const isOperators = one.path.startsWith('/admin/');
    let key = isOperators ? system.credentials.admin_api_key : own;
    const counts: Counts = {};
    const requests = [
      ...exampleRequests(one, ids),
      ...sample(allowedRequests(one, ids)),
      ...sample(brokenRequests(one, ids)),
    ];
    for (const { address, options } of requests) {
      const { status, body } = await call(system, one.method, address, { key, ...options });
      if (status >= 500) throw new Error(`${one.method} ${address} ${JSON.stringify(options)}`);
      counts[status] = (counts[status] ?? 0) + 1;
      // Who rotates a key goes on with the new one.
      if (!isOperators && typeof body?.api_key === 'string') key = body.api_key;
    }
    return counts;
  }

  it('answers the examples of its requests as its document shows, ids aside', async () => {
    const receiver = await startReceiver((response) => response.end('ok'));
    const shown: Record<string, unknown> = {};
    try {
      const webhookUrl = `http://127.0.0.1:${receiver.port}/hooks`;
      for (const one of calls.filter(({ path }) => !path.startsWith(deliveryLog))) {
        const audience = one.path.startsWith('/admin/') ? 'operations' : 'partners';
        const answers = await answerToExamples(system, one, webhookUrl);
        if (Object.keys(answers).length > 0) shown[`${audience} ${one.operationId}`] = answers;
      }
    } finally {
      await receiver.stop();
    }
    const stored = storedDocument('apps/api/src/http/answer-examples.json', () =>
      JSON.stringify(shown),
    );
    expect(shown).toEqual(JSON.parse(stored));
  });

  it(
    'answers what its own schema allows, and almost allows, as documented',
    async () => {
      const table: string[] = [];
      for (const one of calls) {
        const counts = await fuzz(one);
        const shown = Object.entries(counts).map(([status, count]) => `${status}: ${count}`);
        const statuses = Object.keys(counts);
        const [met, refused] = ['2', '4'].map((kind) =>
          statuses.some((each) => each.startsWith(kind)),
        );
        const verdict = met && refused ? 'both' : 'ONE KIND OF ANSWER ALONE';
        table.push(
          `${one.method.padEnd(7)}${one.path.padEnd(44)}${verdict.padEnd(6)}${shown.join('  ')}`,
        );
      }
      expect(calls.length).toBeGreaterThan(30);
      process.stdout.write(`${table.join('\n')}\n`);
      expect(table.filter((line) => !line.includes(' both '))).toEqual([]);
    },
    20 * 60_000,
  );
});
