import { stringBuiltSql } from './rules/string-built-sql.js';
import { readSources } from './sources.js';

const project = readSources();
const path = 'apps/api/src/modules/refunds/refunds.repository.ts';

const columns = {
  path: 'apps/api/src/modules/refunds/refund.columns.ts',
  text: "export const columns = 'id, amount';\nexport let loose = 'id';",
};

function complaintsAbout(text: string): string[] {
  return stringBuiltSql([{ path, text }, columns]);
}

describe('SQL text', () => {
  it('is constant in the whole project', () => {
    expect(stringBuiltSql(project)).toEqual([]);
  });

  it.each([
    ['a value in a template', 'const f = (db, id) => db.query(`select 1 where id = ${id}`);'],
    ['a value added to a text', "const f = (db, id) => db.manager.query('select ' + id);"],
    ['a text that came from elsewhere', 'const f = (db, sql) => db.query(sql);'],
    [
      'a statement of a function that puts a value into it',
      'const f = (db, id) => db.statement(scope, ...find(id));\nfunction find(id) { return [`select ${id}`, []]; }',
    ],
    ['a value in a statement', 'const f = (db, id) => db.statement(scope, `select ${id}`, []);'],
    [
      'a text that any other method hands on',
      'class A { find(text) { return this.db.query(text); } }',
    ],
    ['a variable that may change', "let sql = 'select 1'; dataSource.query(sql);"],
    ['a field of a request', 'const f = (db, q) => db.query(`select 1 order by ${q.sort}`);'],
    [
      'a statement built before the call',
      'const f = (id) => `DELETE FROM refunds WHERE id = ${id}`;',
    ],
    ['a condition of the query builder', "const f = (qb, id) => qb.where('id = ' + id);"],
    [
      'parts of which one is a value',
      "const f = (db, id) => { const parts = ['a']; parts.push(id); db.query(parts.join(' ')); };",
    ],
    ['what a call returns', 'const f = (db, id) => db.query(`select ${quote(id)}`);'],
    [
      'an imported variable',
      "import { loose } from './refund.columns.js';\ndb.query(`select ${loose} from refunds`);",
    ],
    [
      'a name that is a constant in one place and a parameter in another',
      "const a = () => { const part = 'x'; return part; };\nconst b = (db, part) => db.query(`select ${part}`);",
    ],
  ])('is refused with %s', (_what, text) => {
    expect(complaintsAbout(text)).not.toEqual([]);
  });

  it.each([
    ['parameters', "db.query('select 1 where id = $1', [id]);"],
    [
      'a statement of a function that returns constant text and values',
      "const f = (db, id) => { const statement = find(id);\ndb.statement(scope, ...statement); };\nfunction find(id) { return ['select $1', [id]]; }",
    ],
    [
      'a method of the database that hands it on',
      'class A { statement(scope, text) { return this.client.query(text); } }',
    ],
    ['a constant inside', "const list = 'id, amount';\ndb.query(`select ${list} from refunds`);"],
    [
      'an imported constant inside',
      "import { columns } from './refund.columns.js';\ndb.query(`select ${columns} from refunds`);",
    ],
    [
      'a look-up in a constant table',
      "const order = { up: 'asc', down: 'desc' } as const;\ndb.query(`select 1 order by id ${order[to]}`);",
    ],
    [
      'conditions and numbered placeholders',
      "const f = (db, id) => { const values = []; const parts = ['true'];\nparts.push(`id = $${values.push(id)}`);\ndb.query(`select 1 where ${parts.join(' and ')}`, values); };",
    ],
  ])('may have %s', (_what, text) => {
    expect(complaintsAbout(text)).toEqual([]);
  });
});
