import { readConfig } from '../../apps/api/src/config.js';
import { failpoints } from '../../apps/api/src/failpoints.js';
import { apiEnvironment } from '../../apps/local/src/environments.js';
import { generateSecrets } from '../../apps/local/src/secrets.js';
import { failpointCoverage } from './rules/failpoint-coverage.js';
import { readSources } from './sources.js';

const project = readSources();
const nowhere = 'postgres://127.0.0.1:1/x';
const deployment = {
  databases: { admin: nowhere, api: nowhere, worker: nowhere, operations: nowhere },
  secrets: generateSecrets(),
  ...{ port: 0, apiUrl: 'http://127.0.0.1', sandboxUrl: 'http://127.0.0.1:9' },
};
const path = 'apps/api/src/modules/transactions/transactions.service.ts';

describe('failpoints', () => {
  it('follow every step that a crash can separate from the next', () => {
    expect(failpointCoverage(project)).toEqual([]);
  });

  it.each([
    'const written = await this.transactions.insert(draft); return written;',
    "failpoint('create.before_intent'); return this.routing.charge(written);",
    'await this.idempotency.storeAnswer(claim, 201, body);',
  ])('are missed after %s', (body) => {
    const text = `class A { async create() { ${body} } }`;
    expect(failpointCoverage([{ path, text }])).toHaveLength(1);
  });

  it('are each passed by the code', () => {
    const code = project
      .filter((source) => source.path.startsWith('apps/api/src/modules/'))
      .map(({ text }) => text)
      .join('\n');
    expect(failpoints.filter((name) => !code.includes(`failpoint('${name}')`))).toEqual([]);
  });

  it('are armed in tests only, and by a name of the list', () => {
    const read = (extra: Record<string, string>) => () =>
      readConfig(apiEnvironment({ ...deployment, environment: 'test', extra }));
    const FAILPOINT = 'create.after_intent:3,webhook.after_claim';
    expect(read({ FAILPOINT })().FAILPOINT).toEqual([
      { name: 'create.after_intent', time: 3 },
      { name: 'webhook.after_claim', time: 1 },
    ]);
    expect(read({ FAILPOINT: 'create.after_lunch' })).toThrow(/FAILPOINT is wrong/);
    expect(read({ FAILPOINT: 'webhook.after_claim,' })).toThrow(/FAILPOINT is wrong/);
    expect(read({ FAILPOINT: 'create.after_intent:0' })).toThrow(/FAILPOINT is wrong/);
    for (const ENVIRONMENT of ['production', 'development']) {
      expect(read({ FAILPOINT: 'create.after_intent', ENVIRONMENT })).toThrow(/needs ENVIRONMENT/);
    }
  });
});
