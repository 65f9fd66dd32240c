import { readFileSync } from 'node:fs';
import { createPayment } from '../factories/payments.js';
import type { List, Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';

const hourMs = 3_600_000;

describe('the end-to-end tests run seven hours off UTC', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ worker: 0 });
  });
  afterAll(() => system?.stop());

  it('in the database, and in the process of the API', async () => {
    const { pid } = system.child('api');
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')).toContain('TZ=Asia/Bangkok');
    const [row] = await queryOnce<{ zone: string }>(
      system.database.api,
      `SELECT current_setting('TimeZone') AS zone`,
    );
    expect(row).toEqual({ zone: 'Asia/Bangkok' });
  });

  it('and times are answered and asked for in any zone all the same', async () => {
    const { id, created_at: createdAt } = await createPayment(system);
    expect(createdAt).toMatch(/T.*Z$/);
    expect(Math.abs(Date.now() - Date.parse(createdAt))).toBeLessThan(hourMs);
    const inTokyo = (offsetMs: number) => {
      const local = new Date(Date.parse(createdAt) + 9 * hourMs + offsetMs).toISOString();
      return encodeURIComponent(local.replace('Z', '+09:00'));
    };
    const find = async (query: string) => {
      const answer = await call<List<Payment>>(system, 'GET', `/v1/transactions?${query}`);
      return answer.body.data.map((payment) => payment.id);
    };
    expect(await find(`created_from=${inTokyo(-1000)}&created_to=${inTokyo(1000)}`)).toEqual([id]);
    expect(await find(`created_from=${inTokyo(1000)}`)).toEqual([]);
  });
});
