import { call } from '../support/http.js';
import type { List } from '../factories/payments.js';
import {
  type MeasuredPartner,
  type MeasuredSystem,
  startMeasuredSystem,
} from '../support/query-plans/measured-system.js';
import type { LoggedPlan } from '../support/query-plans/plan-log.js';
import { faultsOf } from '../support/query-plans/plan-rules.js';
import {
  filtersWithoutSample,
  type ReadableApi,
  type ReadCase,
  readCases,
  type Samples,
} from '../support/query-plans/read-cases.js';
import { samplesOf } from '../support/query-plans/samples.js';
import { sizes } from '../support/sizes.js';
import { until } from './support/until.js';

const limit = 20;
const deepLimit = 100;
const deepPages = 3;
/** What a search walks through, and matches that it sorts. */
const searchRows = 8_000;
const isOfSearch = /OFFSET 0|LIMIT (?:100|5000)\) AS t/;
const minuteMs = 60_000;

describe(`with ${sizes.historyTransactions} payments of ${sizes.historyPartners} partners`, () => {
  let system: MeasuredSystem;

  beforeAll(async () => {
    system = await startMeasuredSystem(sizes.historyTransactions, sizes.historyPartners);
  }, 15 * minuteMs);
  afterAll(() => system?.stop());

  /** One filter goes straight to its rows; a search samples, walks and sorts. */
  function faultsSince(name: string, { isPair }: ReadCase): string[] {
    return system.readPlans().flatMap((logged) => {
      const most = isPair || isOfSearch.test(logged.query) ? searchRows : 25 * limit;
      const faults = faultsOf(logged, system.bigTables, { rows: most, sorted: most });
      return faults.map((fault) => `${name}: ${fault}`);
    });
  }

  async function read(
    key: string,
    { path, query, cursor }: ReadCase,
    rows: number,
    after?: string,
  ) {
    const paging = cursor ? `&limit=${rows}${after ? `&${cursor}=${after}` : ''}` : '';
    const answer = await call<List<unknown>>(system, 'GET', `${path}?${query}${paging}`, { key });
    if (answer.status >= 400) throw new Error(`${path}?${query}: ${answer.text}`);
    return answer.body;
  }

  /** The first page, and one some hundred rows below. */
  async function faultsOfCase(key: string, one: ReadCase): Promise<string[]> {
    let page = await read(key, one, limit);
    const faults = faultsSince(one.name, one);
    if (one.isPair || !one.cursor || !page.has_more) return faults;
    for (let depth = 1; depth <= deepPages && page.has_more; depth++) {
      page = await read(key, one, deepLimit, page.next_cursor ?? '');
    }
    system.readPlans();
    if (page.has_more) await read(key, one, limit, page.next_cursor ?? '');
    return [...faults, ...faultsSince(`${one.name}, deep`, one)];
  }

  async function documentOf(path: string): Promise<ReadableApi> {
    return (await call<ReadableApi>(system, 'GET', path, { key: null })).body;
  }

  async function faultsOfAll(key: string, cases: ReadCase[]): Promise<string[]> {
    const faults: string[] = [];
    for (const one of cases) faults.push(...(await faultsOfCase(key, one)));
    return faults;
  }

  it.each(['big', 'small'] as const)(
    'indexes lead every read of the %s partner to its rows, on the first page and deep inside',
    async (size) => {
      const partner: MeasuredPartner = system[size];
      const document = await documentOf('/docs/openapi.json');
      const samples: Samples = await samplesOf(system.superuser, partner);
      expect(filtersWithoutSample(document, samples)).toEqual([]);
      const cases = readCases(document, samples);
      expect(cases.length).toBeGreaterThan(50);
      expect(await faultsOfAll(partner.key, cases)).toEqual([]);
    },
    10 * minuteMs,
  );

  it('indexes lead every read of the operations to its rows', async () => {
    const document = await documentOf('/admin/docs/openapi.json');
    const samples = await samplesOf(system.superuser, system.big);
    expect(filtersWithoutSample(document, samples)).toEqual([]);
    const cases = readCases(document, samples);
    expect(await faultsOfAll(system.credentials.admin_api_key, cases)).toEqual([]);
  });

  it('indexes lead the worker to what is due', async () => {
    system.readPlans();
    await system.startWorker();
    const seen: LoggedPlan[] = [];
    const claims = () => seen.filter(({ query }) => query.includes('SKIP LOCKED'));
    await until(
      'five kinds of claims',
      async () => {
        seen.push(...system.readPlans().filter(({ role }) => role === 'payments_worker'));
        return new Set(claims().map(({ query }) => query)).size;
      },
      (kinds) => kinds >= 5,
    );
    const faults = claims().flatMap((logged) =>
      faultsOf(logged, system.bigTables, { rows: 500, sorted: 100 }).map(
        (fault) => `${logged.query}: ${fault}`,
      ),
    );
    expect(faults).toEqual([]);
  });

  it('a missing index would show', async () => {
    await system.superuser.query('DROP INDEX idx_transactions_partner_pending');
    await system.superuser.query('DROP INDEX idx_audit_logs_resource');
    await system.superuser.query('DROP INDEX idx_transactions_customer_email');
    const samples = await samplesOf(system.superuser, system.big);
    const cases = readCases(await documentOf('/docs/openapi.json'), samples).filter(({ name }) =>
      /^(?:listTransactions (?:status=pending|customer_email=nobody[^&]+)|listAuditLogs resource_id=[^&]+)$/.test(
        name,
      ),
    );
    expect(cases).toHaveLength(3);
    expect(await faultsOfAll(system.big.key, cases)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^listTransactions status=pending: looks at \d+ rows$/),
        expect.stringMatching(/^listTransactions customer_email=.*: looks at \d+ rows$/),
        expect.stringMatching(/^listAuditLogs resource_id=.*: looks at \d+ rows$/),
      ]),
    );
  });
});
