import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { paidCharges } from '../e2e/support/sandbox.js';
import { until } from '../e2e/support/until.js';
import { createPayment, type Payment, readPayment } from '../factories/payments.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { type Browser, startBrowser } from './support/browser.js';

const shop = 'https://shop.example/thanks';

describe('a payer with a browser', () => {
  let system: TestSystem;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const env = { WORKER_POLL_MS: '100' };
    [system, browser] = await Promise.all([startSystem({ env }), startBrowser()]);
    page = browser.page;
    const thanks = { status: 200, contentType: 'text/html', body: '<h1>Thank you</h1>' };
    await page.route(`${shop}**`, (route) => route.fulfill(thanks));
  }, 120_000);

  afterAll(async () => {
    await browser?.stop();
    await system?.stop();
  });

  /** Makes a payment, lets the payer press a button of the provider's page, and sees where they land. */
  async function visit(wish: object, button: string): Promise<Payment> {
    const payment = await createPayment(system, { return_url: shop, ...wish });
    await page.goto(payment.next_action?.url ?? 'about:blank');
    await page.getByText('10.50 USD').first().waitFor();
    const [name = ''] = Object.values(wish) as string[];
    await page.screenshot({ path: join(browser.screenshots, `payer-${name}-${button}.png`) });
    await page.getByRole('button', { name: button }).click();
    await page.waitForURL(`${shop}**`);
    expect(await page.textContent('h1')).toBe('Thank you');
    return payment;
  }

  function settled(id: string): Promise<Payment> {
    const isSettled = ({ status }: Payment) => status !== 'processing';
    return until('the outcome', () => readPayment(system, id), isSettled, 20_000);
  }

  const wallet = {
    ...{ provider: 'paypal', payment_method: 'e_wallet', payment_method_token: undefined },
  };
  const challenge = {
    ...{ provider: 'stripe', payment_method_token: 'pm_card_authenticationRequired' },
  };

  it.each([
    ['PayPal approval', wallet],
    ['3-D Secure challenge', challenge],
  ])('approves a %s, lands at the shop, and is charged once', async (_what, wish) => {
    const { id } = await visit(wish, 'Approve');
    expect(await settled(id)).toMatchObject({ status: 'completed', next_action: null });
    expect(await paidCharges(system, id)).toHaveLength(1);
  });

  it('declines a 3-D Secure challenge, lands at the shop, and is charged nothing', async () => {
    const { id } = await visit(challenge, 'Decline');
    expect(await settled(id)).toMatchObject({ status: 'failed' });
    expect(await paidCharges(system, id)).toEqual([]);
  });
});
