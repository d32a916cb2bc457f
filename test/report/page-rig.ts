/** The compare page in a real browser, from a file, with nothing else to reach. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { buildWhereNeeded } from '../../setup/build.js';
import type { Comparison } from '../../src/report/comparison.ts';
import { comparisonHtml } from '../../src/report/html.ts';
import { launchChromium, type OpenPage, openFile } from '../helpers/chromium.ts';

export const darkGround = 'rgb(19, 23, 26)';

export interface OpenComparison extends OpenPage {
  /** Texts of the cells under a heading, from the first row on. */
  column(title: string): Promise<string[]>;
}

/** One browser for the tests of a `describe`, closed after the last. */
export function pageRig() {
  let browser: Browser | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'retrial-page-'));
  let pages = 0;
  beforeAll(async () => {
    await buildWhereNeeded();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    async open(shown: Comparison, options: { width?: number; dark?: boolean } = {}): Promise<OpenComparison> {
      if (browser === undefined) throw new Error('the browser is started before the first test');
      const file = join(folder, `${pages++}.html`);
      writeFileSync(file, await comparisonHtml(shown));
      const opened = await openFile(browser, file, options);
      return { ...opened, column: (title) => column(opened, title) };
    },
  };
}

async function column({ page }: OpenPage, title: string): Promise<string[]> {
  const headings = (await page.locator('.tabulator-col').allInnerTexts()).map((text) => text.trim());
  const at = headings.indexOf(title) + 1;
  return page
    .locator(`.tabulator-row:not(.tabulator-group) .tabulator-cell:nth-child(${at} of .tabulator-cell)`)
    .allInnerTexts();
}
