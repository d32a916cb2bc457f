/** The page that follows the record, in more tabs than a browser has connections to one server. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { chromiumSkipReason, launchChromium, needsChromium } from '../helpers/chromium.ts';
import { rig } from '../helpers/rig.ts';
import { oneStage, served } from '../helpers/served.ts';

describe(`an open page${chromiumSkipReason}`, needsChromium, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  test('is live in more tabs than a browser has connections, also when the first is closed', async () => {
    const project = rig(oneStage);
    for (const x of ['x=2', 'x=3']) await project.run('--set', x);
    const { url } = await served(project);
    const tabs = await browser.newContext(); // what is opened in one shares its connections
    onTestFinished(() => tabs.close());
    const pages = [];
    for (let at = 0; at < 8; at++) {
      const page = await tabs.newPage();
      await page.goto(url.href);
      pages.push(page);
    }
    const [first, ...others] = pages;
    await project.run('--set', 'x=4');
    for (const page of pages) await expect.poll(() => page.locator('h1').textContent()).toBe('3 runs');
    await first?.close();
    await project.run('--set', 'x=5');
    for (const page of others) await expect.poll(() => page.locator('h1').textContent()).toBe('4 runs');
  });
});
