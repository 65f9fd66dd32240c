import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { startSystem, type TestSystem } from '../support/system.js';
import { type Browser, startBrowser } from './support/browser.js';

interface Outcome {
  status: number;
  key: string | undefined;
  body: Record<string, unknown>;
}

describe('Swagger UI', () => {
  let system: TestSystem;
  let browser: Browser;
  let page: Page;
  const foreignRequests: string[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem({ worker: 0 }), startBrowser()]);
    page = browser.page;
    page.on('request', (request) => {
      if (/^https?:/.test(request.url()) && !request.url().startsWith(system.baseUrl)) {
        foreignRequests.push(request.url());
      }
    });
    page.on('pageerror', (error) => problems.push(String(error)));
  }, 120_000);

  afterAll(async () => {
    await browser?.stop();
    await system?.stop();
  });

  async function shoot(name: string): Promise<void> {
    await page.screenshot({ path: join(browser.screenshots, `${name}.png`), fullPage: true });
  }

  async function authorise(key: string): Promise<void> {
    await page.locator('.auth-wrapper .authorize').first().click();
    await page.locator('.modal-ux input').fill(key);
    await page.locator('.modal-ux button.authorize').click();
    await page.locator('.modal-ux .btn-done').click();
  }

  function operation(id: string): Locator {
    return page.locator(`[id$="-${id}"].opblock`);
  }

  /** Presses Execute and reads what the server answered. */
  async function execute(block: Locator, path: string): Promise<Outcome> {
    const [response] = await Promise.all([
      page.waitForResponse((answer) => new URL(answer.url()).pathname === path),
      block.locator('button.execute').click(),
    ]);
    return {
      status: response.status(),
      key: response.request().headers()['idempotency-key'],
      body: (await response.json()) as Record<string, unknown>,
    };
  }

  it('makes a completed payment of the example as it stands, and another one each time', async () => {
    await page.goto(`${system.baseUrl}/docs`);
    await operation('createTransaction').waitFor();
    await shoot('partner-api');
    await authorise(system.credentials.partner_api_key);
    const block = operation('createTransaction');
    await block.locator('.opblock-summary-control').click();
    await block.locator('button.try-out__btn').click();
    const first = await execute(block, '/v1/transactions');
    expect(first).toMatchObject({ status: 201, body: { status: 'completed', amount: '10.50' } });
    await block.locator('.live-responses-table').waitFor();
    await shoot('payment');
    const example = await block.locator('textarea.body-param__text').inputValue();
    await block.locator('textarea.body-param__text').fill(example.replace('10.50', '11.50'));
    const second = await execute(block, '/v1/transactions');
    expect(second).toMatchObject({ status: 201, body: { status: 'completed', amount: '11.50' } });
    expect(second.key).not.toBe(first.key);
  });

  it('sends a key that was typed as it is', async () => {
    const block = operation('createTransaction');
    await block.locator('input[placeholder="Idempotency-Key"]').fill('typed-key');
    const { status, key } = await execute(block, '/v1/transactions');
    expect({ status, key }).toEqual({ status: 201, key: 'typed-key' });
    const replay = page.waitForResponse(`${system.baseUrl}/v1/transactions`);
    await block.locator('button.execute').click();
    expect((await replay).headers()['idempotent-replayed']).toBe('true');
  });

  it('lists the partners to an operator, whose key is kept apart', async () => {
    await page.goto(`${system.baseUrl}/admin/docs`);
    const block = operation('listPartners');
    await block.waitFor();
    await shoot('operations-api');
    await block.locator('.opblock-summary-control').click();
    await block.locator('button.try-out__btn').click();
    expect(await execute(block, '/admin/v1/partners')).toMatchObject({ status: 401 });
    await authorise(system.credentials.admin_api_key);
    const listed = await execute(block, '/admin/v1/partners');
    expect(listed.status).toBe(200);
    expect(listed.body).toMatchObject({ object: 'list' });
    expect((listed.body.data as unknown[]).length).toBeGreaterThanOrEqual(3);
    await shoot('partners');
  });

  it('comes from the application alone and breaks nowhere', () => {
    expect({ foreignRequests, problems }).toEqual({ foreignRequests: [], problems: [] });
  });
});
