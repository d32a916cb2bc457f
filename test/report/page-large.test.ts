/** Ten thousand runs on one page. What it costs is measured by bench/page. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { comparisonOf } from '../../bench/page/comparison.ts';
import { chromiumSkipReason, needsChromium } from '../helpers/chromium.ts';
import { type OpenComparison, pageRig } from './page-rig.ts';

const large = comparisonOf({ runs: 10_000, params: 20, metrics: 10, points: 20 });

describe(`a page of ten thousand runs${chromiumSkipReason}`, needsChromium, () => {
  const rig = pageRig();
  let shown: OpenComparison;
  beforeAll(async () => {
    shown = await rig.open(large);
  });
  afterEach(() => {
    expect(shown.complaints).toEqual([]);
  });

  test('has every panel, and says what it leaves out', async () => {
    const { page } = shown;
    await expect.poll(() => page.locator('section').count()).toBeGreaterThanOrEqual(5);
    await expect.poll(() => page.locator('#curves').innerText()).toContain('The best 60 of');
    expect(await page.locator('#ranking').innerText()).toContain('The best 40 of');
  });

  test('filters by an expression to the runs it is true of', async () => {
    const { page } = shown;
    const wanted = large.runs.filter(({ params, status }) => params['model.loss'] === 'wgan' && status === 'complete');
    await page.locator('.filter').fill('loss = "wgan" and status = "complete"');
    await expect.poll(() => page.locator('.filter-bar .count').textContent()).toBe(`${wanted.length} of 10000 runs`);
    await page.locator('.filter').fill('');
  });

  test('sorts all of them, though a few rows are drawn', async () => {
    const { page, column } = shown;
    const name = 'optimiser.rate_1';
    await page.locator('.tabulator-col', { hasText: 'rate_1' }).first().click();
    const least = Math.min(...large.runs.flatMap(({ params }) => (params[name] as number | undefined) ?? []));
    const heading = (await page.locator('.tabulator-col').allInnerTexts()).map((text) => text.trim());
    const title = heading.find((text) => text.endsWith('rate_1')) ?? '';
    await expect.poll(async () => Number((await column(title))[0])).toBeCloseTo(least, 10);
    expect(await page.locator('.tabulator-row').count()).toBeLessThan(200);
  });
});
