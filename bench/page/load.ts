/** Opening the page, and how long that takes by the browser's own clock. */
import type { Browser, Page } from 'playwright-core';

const mostMs = 300_000;

export async function openPage(browser: Browser, file: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(mostMs);
  page.on('pageerror', (error) => console.error(error.message));
  await page.goto(`file://${file}`);
  await page.waitForSelector('header');
  return page;
}

/** From navigation to the first paint that has a content, and to the first moment without work after that. */
export function loadTimes(page: Page): Promise<{ paintedMs: number; drawnMs: number }> {
  return page.evaluate(`new Promise((tell) => requestIdleCallback(() => {
    const [painted] = performance.getEntriesByName('first-contentful-paint');
    tell({ paintedMs: painted?.startTime ?? NaN, drawnMs: performance.now() });
  }))`);
}
