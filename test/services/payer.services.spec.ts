import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { charges, paidCharges } from '../e2e/support/sandbox.js';
import { until } from '../e2e/support/until.js';
import { createPayment, type Payment, readPayment } from '../factories/payments.js';
import { call } from '../support/http.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { type Browser, startBrowser } from './support/browser.js';

const [desktop, phone] = [
  { width: 1280, height: 900 },
  { width: 360, height: 740 },
];

/** Every page of the sandbox that a payer can be sent to, and what a partner asks for to get there. */
const pages: Record<string, Record<string, string | undefined>> = {
  'Stripe 3-D Secure challenge': {
    ...{ provider: 'stripe', payment_method_token: 'pm_card_authenticationRequired' },
  },
  'Stripe Alipay': { payment_method: 'e_wallet', payment_method_token: 'pm_sandbox_alipay' },
  'Stripe crypto': { payment_method: 'crypto', payment_method_token: 'pm_sandbox_crypto' },
  'Adyen challenge': { payment_method_token: 'sandbox/challenge', currency: 'EUR' },
  'Adyen iDEAL': {
    ...{ provider: 'adyen', payment_method: 'bank_transfer', currency: 'EUR' },
    payment_method_token: undefined,
  },
  'Adyen Alipay': {
    ...{ provider: 'adyen', payment_method: 'e_wallet', payment_method_token: undefined },
  },
  'PayPal approval': {
    ...{ provider: 'paypal', payment_method: 'e_wallet', payment_method_token: undefined },
  },
  'PayPal card challenge': { payment_method_token: 'sandbox-paypal-3ds' },
};

/** Where payers land: a page of a shop, which is not real. */
async function startShop(): Promise<{ server: Server; url: string }> {
  const server = createServer((_request, response) => {
    response
      .setHeader('content-type', 'text/html')
      .end('<link rel="icon" href="data:,"><h1>Thank you</h1>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/thanks` };
}

describe('a payer with a browser', () => {
  let shop: { server: Server; url: string };
  let system: TestSystem;
  let browser: Browser;
  let page: Page;
  const asked = new Set<string>();

  beforeAll(async () => {
    const env = { WORKER_POLL_MS: '100' };
    const starting = [startSystem({ env }), startBrowser(), startShop()] as const;
    [system, browser, shop] = await Promise.all(starting);
    page = browser.page;
    page.on('request', (request) => asked.add(new URL(request.url()).origin));
  }, 120_000);

  afterAll(async () => {
    await browser?.stop();
    await system?.stop();
    shop?.server.close();
  });

  async function open(name: string): Promise<Payment> {
    const payment = await createPayment(system, { return_url: shop.url, ...pages[name] });
    await page.goto(payment.next_action?.url ?? 'about:blank');
    await page.getByText(`10.50 ${payment.currency}`).first().waitFor();
    return payment;
  }

  /** All of the page is seen without scrolling sideways. */
  async function shoot(name: string): Promise<void> {
    for (const viewport of [phone, desktop]) {
      await page.setViewportSize(viewport);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(viewport.width);
      const file = `payer-${name.replaceAll(' ', '-')}-${viewport.width}.png`;
      await page.screenshot({ path: join(browser.screenshots, file) });
    }
  }

  /** What the shop reads in the address that the payer lands at. */
  async function landing(): Promise<Record<string, string>> {
    await page.waitForURL(`${shop.url}**`);
    expect(await page.textContent('h1')).toBe('Thank you');
    return Object.fromEntries(new URL(page.url()).searchParams);
  }

  function settled(id: string): Promise<Payment> {
    const isSettled = ({ status }: Payment) => status !== 'processing';
    return until('the outcome', () => readPayment(system, id), isSettled, 20_000);
  }

  const names = Object.keys(pages);

  it.each(names)(
    'approves by a click: %s. Lands at the shop, and is charged once',
    async (name) => {
      const { id } = await open(name);
      await shoot(name);
      await page.getByRole('button', { name: 'Approve' }).click();
      const landed = await landing();
      expect(landed).toMatchObject({ transaction_id: id });
      expect(['completed', 'processing']).toContain(landed['status']);
      expect(await settled(id)).toMatchObject({ status: 'completed', next_action: null });
      expect(await paidCharges(system, id)).toHaveLength(1);
    },
  );

  it.each(names.filter((name) => name !== 'PayPal approval' && name !== 'PayPal card challenge'))(
    'declines by keyboard: %s. Lands at the shop, and is charged nothing',
    async (name) => {
      const { id } = await open(name);
      await page.keyboard.press('Tab');
      expect(await page.textContent(':focus')).toBe('Approve');
      await page.keyboard.press('Tab');
      expect(await page.textContent(':focus')).toBe('Decline');
      await page.keyboard.press('Enter');
      expect(await landing()).toEqual({ transaction_id: id, status: 'failed' });
      expect(await settled(id)).toMatchObject({ status: 'failed' });
      expect(await paidCharges(system, id)).toEqual([]);
    },
  );

  it.each(['PayPal approval', 'PayPal card challenge'])(
    'declines: %s. Lands at the shop, and may come back, for PayPal leaves the order open',
    async (name) => {
      const { id, next_action: next } = await open(name);
      await page.getByRole('button', { name: 'Decline' }).click();
      expect(await landing()).toEqual({ transaction_id: id, status: 'processing' });
      expect(await charges(system, id)).toEqual([]);
      await page.goto(next?.url ?? 'about:blank');
      await page.getByRole('button', { name: 'Approve' }).click();
      await landing();
      expect(await settled(id)).toMatchObject({ status: 'completed' });
    },
  );

  it.each(['Stripe Alipay', 'Adyen iDEAL'])(
    'is told of a payment that the shop cancelled meanwhile, and finds back: %s',
    async (name) => {
      const { id } = await open(name);
      const body = { reason: 'Sold out' };
      await call(system, 'POST', `/v1/transactions/${id}/cancel`, { body });
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByText('The shop has cancelled this payment.').waitFor();
      await shoot(`cancelled ${name}`);
      await page.getByRole('link', { name: 'Back to the shop' }).click();
      expect(await landing()).toMatchObject({ transaction_id: id });
      expect(await settled(id)).toMatchObject({ status: 'cancelled' });
      expect(await charges(system, id)).toEqual([]);
    },
  );

  it('comes to the page again after approving, and finds back to the shop', async () => {
    const { id, next_action: next } = await open('Stripe 3-D Secure challenge');
    await page.getByRole('button', { name: 'Approve' }).click();
    await landing();
    await page.goto(next?.url ?? 'about:blank');
    await page.getByText('This payment has been made.').waitFor();
    await page.getByRole('link', { name: 'Back to the shop' }).click();
    expect(await landing()).toEqual({ transaction_id: id, status: 'completed' });
    expect(await paidCharges(system, id)).toHaveLength(1);
  });

  it('is asked by nobody but the sandbox, the API and the shop to load anything', () => {
    const known = [system.sandboxUrl, system.baseUrl, shop.url].map((url) => new URL(url).origin);
    expect([...asked].toSorted()).toEqual(known.toSorted());
  });
});
