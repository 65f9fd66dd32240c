import { operationsLogin } from './rules/operations-login.js';
import { readSources } from './sources.js';

const project = readSources();
const inRefunds = 'apps/api/src/modules/refunds/refunds.repository.ts';
const inOperations = 'apps/api/src/modules/operations/review-queue.repository.ts';

const probes = [
  ['injects its data source', "class A { constructor(@InjectDataSource('operations') db) {} }"],
  [
    'injects it by its constant',
    'class A { constructor(@InjectDataSource(operationsDataSource) db) {} }',
  ],
  [
    'injects a repository of it',
    'class A { constructor(@InjectRepository(Refund, source) rows) {} }',
  ],
  [
    'injects its entity manager',
    "class A { constructor(@InjectEntityManager('operations') db) {} }",
  ],
  ['asks for its token', "const provider = { inject: [getDataSourceToken('operations')] };"],
  [
    'registers entities with it',
    "const imports = [TypeOrmModule.forFeature([Refund], 'operations')];",
  ],
  ['opens a data source of its own', 'const db = new DataSource(options);'],
  ['reads its address', 'const url = config.OPERATIONS_DATABASE_URL;'],
  ['reads its address by destructuring', 'const { OPERATIONS_DATABASE_URL: url } = config;'],
  ['asks for its options', "const options = dataSourceOptions(config, 'operations');"],
];

describe('the database login that sees all partners', () => {
  it('is used by modules/operations alone', () => {
    expect(operationsLogin(project)).toEqual([]);
  });

  it.each(probes)('is found out when another module %s', (_what, text) => {
    expect(operationsLogin([{ path: inRefunds, text }])).not.toEqual([]);
    expect(operationsLogin([{ path: 'libs/database/src/all-partners.ts', text }])).not.toEqual([]);
    expect(operationsLogin([{ path: inOperations, text }])).toEqual([]);
  });

  it.each([
    'class A { constructor(@InjectDataSource() db) {} }',
    'class A { constructor(@InjectRepository(Refund) rows) {} }',
    'const imports = [TypeOrmModule.forFeature([Refund])];',
    "const options = dataSourceOptions(config, 'api');",
  ])('is not what this uses: %s', (text) => {
    expect(operationsLogin([{ path: inRefunds, text }])).toEqual([]);
  });

  it('is in the project, where the rule looks for it', () => {
    const moved = project
      .filter(({ path }) => path.startsWith('apps/api/src/modules/operations/'))
      .map(({ path, text }) => ({ path: path.replace('/operations/', '/reports/'), text }));
    const files = operationsLogin(moved).map((each) => each.split(':')[0]);
    expect(files).toEqual(
      expect.arrayContaining([
        'apps/api/src/modules/reports/operations.module.ts',
        'apps/api/src/modules/reports/operations-database.service.ts',
      ]),
    );
  });
});
