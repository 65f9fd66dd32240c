import { paymentBody } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { expectProblem } from './support/problems.js';

const limit = 100;
const beyond = 20;

describe('the limit of a partner', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ worker: 0 });
  });
  afterAll(() => system?.stop());

  function read(key?: string) {
    return call(system, 'GET', '/v1/currencies', { key });
  }

  it('is told with every answer', async () => {
    const first = await read();
    expect(first.headers.get('ratelimit-policy')).toBe('"partner";q=60000;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"partner";r=\d+;t=\d+$/);
    const left = ({ headers }: typeof first) =>
      Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]);
    expect(left(await read())).toBe(left(first) - 1);
  });

  it('lets a burst through up to the limit, and slows nobody else', async () => {
    const key = system.credentials.limited_partner_api_key;
    const burst = Array.from({ length: limit + beyond }, () => read(key));
    const others = Array.from({ length: beyond }, () => read());
    const [answers, theirs] = await Promise.all([Promise.all(burst), Promise.all(others)]);
    const refused = answers.filter((answer) => answer.status !== 200);
    expect(refused).toHaveLength(beyond);
    for (const answer of refused) {
      expect(expectProblem(answer, 429, 'rate_limit_exceeded').retryable).toBe(true);
      const seconds = Number(answer.headers.get('retry-after'));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(60);
      expect(answer.headers.get('ratelimit-policy')).toBe(`"partner";q=${limit};w=60`);
      expect(answer.headers.get('ratelimit')).toBe(`"partner";r=0;t=${seconds}`);
    }
    expect(theirs.map((answer) => answer.status)).toEqual(Array(beyond).fill(200));
  });

  it('once reached keeps a payment from being recorded', async () => {
    const key = system.credentials.limited_partner_api_key;
    const options = { key, body: paymentBody({ reference: 'beyond' }) };
    const answer = await call(system, 'POST', '/v1/transactions', options);
    expectProblem(answer, 429, 'rate_limit_exceeded');
    const text = `SELECT id FROM transactions WHERE reference = 'beyond'`;
    expect(await queryOnce(system.database.admin, text)).toEqual([]);
    const control = await call(system, 'POST', '/v1/transactions', { body: options.body });
    expect(control.status).toBe(201);
  });

  it('of unknown callers counts by address, and partners of that address go on', async () => {
    const attempts = Array.from({ length: 80 }, () => read('nonsense'));
    const statuses = (await Promise.all(attempts)).map((answer) => answer.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(60);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    const last = await read('nonsense');
    expectProblem(last, 429, 'rate_limit_exceeded');
    expect(last.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await read()).status).toBe(200);
  });
});
