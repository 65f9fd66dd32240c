import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { startSystem, type TestSystem } from '../support/system.js';
import { type Browser, startBrowser } from './support/browser.js';
import { faintTexts } from './support/faint-texts.js';

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
    page.on('console', (message) => {
      // Chromium's own line for every answer of 400 and above.
      const isAnswer = message.text().startsWith('Failed to load resource: the server responded');
      if (message.type() === 'error' && !isAnswer) problems.push(message.text());
    });
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

  async function tryOut(id: string): Promise<Locator> {
    const block = operation(id);
    await block.locator('.opblock-summary-control').click();
    await block.locator('button.try-out__btn').click();
    return block;
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
    const block = await tryOut('createTransaction');
    const first = await execute(block, '/v1/transactions');
    expect(first).toMatchObject({ status: 201, body: { status: 'completed', amount: '10.50' } });
    await block.locator('.live-responses-table').waitFor();
    await shoot('payment');
    expect(await page.evaluate<string[]>(faintTexts)).toEqual([]);
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

  it('reads and refunds the payment that was answered last, with the id filled in, after a reload too', async () => {
    await page.goto(`${system.baseUrl}/docs`);
    const { body: paid } = await execute(await tryOut('createTransaction'), '/v1/transactions');
    const path = `/v1/transactions/${String(paid.id)}`;
    const read = await execute(await tryOut('getTransaction'), path);
    expect(read).toMatchObject({ status: 200, body: { id: paid.id } });
    await page.goto(`${system.baseUrl}/docs`);
    const refund = await execute(await tryOut('createRefund'), `${path}/refunds`);
    expect(refund).toMatchObject({ status: 201, body: { object: 'refund', amount: '4.00' } });
    await shoot('refund');
    const shown = await execute(await tryOut('getRefund'), `/v1/refunds/${String(refund.body.id)}`);
    expect(shown).toMatchObject({ status: 200, body: { id: refund.body.id } });
  });

  it('confirms and cancels the payment that waits, and no other', async () => {
    await page.goto(`${system.baseUrl}/docs`);
    const create = await tryOut('createTransaction');
    await create.locator('.opblock-section-request-body select').last().selectOption('pending');
    const { body: waiting } = await execute(create, '/v1/transactions');
    expect(waiting).toMatchObject({ status: 'pending' });
    const path = `/v1/transactions/${String(waiting.id)}/cancel`;
    const cancelled = await execute(await tryOut('cancelTransaction'), path);
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    const confirm = await tryOut('confirmTransaction');
    expect(await confirm.locator('input[placeholder="id"]').inputValue()).toBe('');
  });

  it('leads from an error to the page of its code', async () => {
    const block = operation('createTransaction');
    await block.locator('textarea.body-param__text').fill('{}');
    expect(await execute(block, '/v1/transactions')).toMatchObject({ status: 422 });
    const link = block.locator('.error-page a');
    await link.waitFor();
    await shoot('error');
    await page.goto((await link.getAttribute('href')) ?? '');
    expect(await page.locator('h1').textContent()).toBe('validation_failed');
    expect(await page.title()).toBe('validation_failed · Payments API');
    await shoot('error-page');
  });

  it('has the guides one click away', async () => {
    await page.goto(`${system.baseUrl}/docs`);
    for (const title of ['First payment', 'Idempotency', 'Webhooks', 'Testing', 'Going live']) {
      await page.locator('.site-header nav').getByText(title, { exact: true }).click();
      await page.waitForURL(/\/docs\/guides\//);
      expect(await page.title()).toBe(`${title} · Payments API`);
      expect(await page.locator('h1').count()).toBe(1);
    }
  });

  it('has no text that is hard to read, nor a page wider than a telephone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ['/docs', '/docs/guides/webhooks', '/docs/errors', '/admin/docs']) {
      await page.goto(`${system.baseUrl}${path}`);
      await page.locator('.opblock, h1').first().waitFor();
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect({ path, width, faint: await page.evaluate<string[]>(faintTexts) }).toEqual({
        ...{ path, width: 390, faint: [] },
      });
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it('lists the partners to an operator, whose key is kept apart', async () => {
    await page.goto(`${system.baseUrl}/admin/docs`);
    await operation('listPartners').waitFor();
    await shoot('operations-api');
    const block = await tryOut('listPartners');
    expect(await execute(block, '/admin/v1/partners')).toMatchObject({ status: 401 });
    await authorise(system.credentials.admin_api_key);
    const listed = await execute(block, '/admin/v1/partners');
    expect(listed.status).toBe(200);
    expect(listed.body).toMatchObject({ object: 'list' });
    expect((listed.body.data as unknown[]).length).toBeGreaterThanOrEqual(3);
    await shoot('partners');
  });

  it('makes, changes and deletes a partner of the examples as they stand, and touches no other', async () => {
    const partners = '/admin/v1/partners';
    const change = await tryOut('updatePartner');
    const rotation = await tryOut('rotatePartnerApiKey');
    for (const block of [change, rotation]) {
      expect(await block.locator('input[placeholder="id"]').inputValue()).toBe('');
    }
    const made = await execute(await tryOut('createPartner'), partners);
    expect(made).toMatchObject({ status: 201, body: { rate_limit_per_minute: 100 } });
    const path = `${partners}/${String(made.body.id)}`;
    const changed = await execute(change, path);
    expect(changed).toMatchObject({
      ...{ status: 200, body: { id: made.body.id, rate_limit_per_minute: 100, is_active: true } },
    });
    expect(await execute(rotation, `${path}/api-key/rotate`)).toMatchObject({
      ...{ status: 200, body: { partner_id: made.body.id } },
    });
    const gone = page.waitForResponse((answer) => new URL(answer.url()).pathname === path);
    await (await tryOut('deletePartner')).locator('button.execute').click();
    expect((await gone).status()).toBe(204);
  });

  it('leads from its pages to no other host', async () => {
    for (const path of ['/docs', '/admin/docs']) {
      await page.goto(`${system.baseUrl}${path}`);
      await page.locator('.opblock').first().waitFor();
      const links = await page
        .locator('a[href]:visible')
        .evaluateAll((all) => all.map((link) => (link as unknown as { href: string }).href));
      expect(links.length).toBeGreaterThan(5);
      expect(links.filter((link) => new URL(link).origin !== system.baseUrl)).toEqual([]);
    }
  });

  it('comes from the application alone and breaks nowhere', () => {
    expect({ foreignRequests, problems }).toEqual({ foreignRequests: [], problems: [] });
  });
});
