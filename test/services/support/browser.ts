import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const executablePath = '/usr/bin/chromium';
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A headless Chromium with a profile of its own. */
export interface Browser {
  page: Page;
  /** Where screenshots go; removed at the end unless TEST_SCREENSHOTS_DIR names a folder. */
  screenshots: string;
  stop(): Promise<void>;
}

export async function startBrowser(): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'browser-'));
  const context: BrowserContext = await chromium.launchPersistentContext(join(folder, 'profile'), {
    ...{ executablePath, args: flags, headless: true },
    viewport: { width: 1280, height: 900 },
  });
  context.setDefaultTimeout(20_000);
  return {
    page: context.pages()[0] ?? (await context.newPage()),
    screenshots: process.env.TEST_SCREENSHOTS_DIR ?? folder,
    async stop() {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
