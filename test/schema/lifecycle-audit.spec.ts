import { verifyBlocks } from '../../apps/api/src/modules/lifecycle/audit-verification.js';
import { AgingDatabase } from './support/aging-database.js';
import { createPayment } from './support/rows.js';

describe('the audit log', () => {
  let aging: AgingDatabase;

  beforeEach(async () => {
    aging = await AgingDatabase.start();
  });
  afterEach(() => aging?.stop());

  const month = `date_trunc('month', now() - interval '1 month', 'UTC')`;
  const many = 1_200;
  const write = (count: number, partnerId: string | null = aging.partner) =>
    aging.owner.query(
      `INSERT INTO audit_logs (partner_id, actor, actor_type, action, resource_type, resource_id,
         changes, created_at)
       SELECT $1, 'key', 'system', 'read', 'transaction', gen_random_uuid(),
         jsonb_build_object('text', E'one line\\nor two', 'n', n), ${month} + n * interval '1 s'
       FROM generate_series(1, $2::int) AS n`,
      [partnerId, count],
    );
  const packedAt = () =>
    aging.around(`SELECT ${month} + interval '1 month' + interval '90 days' AS at`);
  const blocks = () =>
    aging.rowsOf<{ partner_id: string; row_count: number }>(
      'SELECT partner_id, row_count FROM audit_blocks ORDER BY partner_id, last_at',
    );
  const unpacked = `SELECT r.* FROM audit_blocks AS b
    CROSS JOIN LATERAL string_to_table(b.content, E'\\n') AS line
    CROSS JOIN LATERAL jsonb_populate_record(NULL::audit_logs, line::jsonb) AS r
    ORDER BY r.created_at, r.id`;

  it('is packed 90 days after the end of its month, in blocks of 500 that unpack to the same', async () => {
    await write(many);
    await write(1, null);
    const before = await aging.rowsOf('SELECT * FROM audit_logs ORDER BY created_at, id');
    const [tooEarly, lateEnough] = await packedAt();
    expect(await aging.lifecycle.run('audit-blocks', tooEarly)).toEqual({});
    expect(await aging.lifecycle.run('audit-blocks', lateEnough)).toEqual({
      ...{ audit_logs_packed: many + 1, partitions_dropped: 1 },
    });
    expect(await blocks()).toEqual([
      ...[500, 500, 200].map((count) => ({ partner_id: aging.partner, row_count: count })),
      { partner_id: null, row_count: 1 },
    ]);
    expect(await aging.rowsOf(unpacked)).toEqual(before);
    const own = await aging.rowsOf<{ resource_type: string }>(
      'SELECT resource_type FROM audit_logs',
    );
    expect(own).toEqual([{ resource_type: 'lifecycle' }]);
    expect(await verifyBlocks(aging.lifecycle.rows)).toEqual({
      ...{ blocks: 4, rows: many + 1, broken: [] },
    });
  });

  it.each([
    ['one letter', `content = replace(content, '"n": 3', '"n": 4')`],
    ['a missing row', `content = substring(content FROM position(E'\\n' IN content) + 1)`],
    ['another count', 'row_count = row_count + 1'],
    ['another hash', `sha256 = repeat('0', 64)`],
  ])('shows %s in a block when it is verified', async (_what, change) => {
    await write(5);
    const [, lateEnough] = await packedAt();
    await aging.lifecycle.run('audit-blocks', lateEnough);
    await aging.owner.query('SET session_replication_role = replica');
    const changed = await aging.rowsOf<{ id: string }>(
      `UPDATE audit_blocks SET ${change} RETURNING id`,
    );
    const found = await verifyBlocks(aging.lifecycle.rows);
    expect(found.broken).toEqual(changed.map(({ id }) => id));
    expect(found.broken).toHaveLength(1);
  });

  it('is deleted after 3 years, and kept while anything of its partner is held', async () => {
    await write(5);
    const [, lateEnough] = await packedAt();
    await aging.lifecycle.run('audit-blocks', lateEnough);
    const [before, after] = await aging.around(
      `SELECT last_at + interval '3 years' AS at FROM audit_blocks`,
    );
    const packed = async (at: Date) => {
      const { audit_blocks_deleted: deleted = 0 } = await aging.lifecycle.run('audit-blocks', at);
      return [
        deleted,
        (await blocks()).filter(({ partner_id: of }) => of === aging.partner).length,
      ];
    };
    expect(await packed(before)).toEqual([0, 1]);
    await aging.hold(await createPayment(aging.owner, aging.partner));
    expect(await packed(after)).toEqual([0, 1]);
    await aging.release();
    expect(await packed(after)).toEqual([1, 0]);
  });

  it('stays as it is about a held payment, and is packed about the others', async () => {
    await write(3);
    const [{ id }] = await aging.rowsOf<{ id: string }>(
      'SELECT resource_id AS id FROM audit_logs LIMIT 1',
    );
    await aging.hold(id);
    const [, lateEnough] = await packedAt();
    expect(await aging.lifecycle.run('audit-blocks', lateEnough)).toEqual({ audit_logs_packed: 2 });
    const left = await aging.rowsOf(
      `SELECT resource_id AS id FROM audit_logs WHERE action = 'read'`,
    );
    expect(left).toEqual([{ id }]);
  });

  it('can not be changed in its blocks, not even by the owner', async () => {
    await write(1);
    const [, lateEnough] = await packedAt();
    await aging.lifecycle.run('audit-blocks', lateEnough);
    for (const text of ['UPDATE audit_blocks SET row_count = 2', 'DELETE FROM audit_blocks']) {
      await expect(aging.owner.query(text)).rejects.toMatchObject({ constraint: 'append_only' });
    }
  });
});
