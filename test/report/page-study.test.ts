/** A study's page, read from top to bottom by one reader: each test goes on where the last one left it. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chromiumSkipReason, needsChromium } from '../helpers/chromium.ts';
import { study } from './fixture.ts';
import { darkGround, type OpenComparison, pageRig } from './page-rig.ts';

describe(`the page of a study${chromiumSkipReason}`, needsChromium, () => {
  const rig = pageRig();
  let shown: OpenComparison;
  beforeAll(async () => {
    shown = await rig.open(study());
  });
  afterEach(() => {
    expect(shown.complaints).toEqual([]);
  });

  test('draws without a complaint and without a request', async () => {
    const { page } = shown;
    expect(await page.locator('h1').textContent()).toBe('Study loss');
    expect(await page.locator('.best').textContent()).toContain('validate.ndcg@10');
    await expect.poll(() => page.locator('.chart svg path').count()).toBeGreaterThan(20);
  });

  test('no order mixes groups that may not be ranked together', async () => {
    const { page, column } = shown;
    const groups = page.locator('.tabulator-group');
    const before = await groups.allInnerTexts();
    expect(before).toEqual([
      expect.stringContaining('held-out'),
      expect.stringContaining('leaked'),
      expect.stringContaining('no value of validate.ndcg@10'),
    ]);
    for (const title of ['Trial', 'validate.ndcg@10']) {
      await page.locator('.tabulator-col', { hasText: title }).click();
      await page.locator('.tabulator-col', { hasText: title }).click();
      expect(await groups.allInnerTexts()).toEqual(before);
    }
    expect((await column('validate.ndcg@10'))[14]).toBe('0.9000');
  });

  test('filters by text and says how many are left', async () => {
    const { page, column } = shown;
    await page.locator('.filter').fill('wgan');
    await expect.poll(async () => new Set(await column('loss'))).toEqual(new Set(['wgan']));
    expect(await page.locator('.filter-bar .count').textContent()).toBe('8 of 17 runs');
    await page.locator('.filter').fill('');
    await expect.poll(() => page.locator('.tabulator-row:not(.tabulator-group)').count()).toBe(17);
  });

  test('filters by an expression; a wrong one is told and changes nothing', async () => {
    const { page, column } = shown;
    const field = page.getByLabel('Filter runs by words or by an expression');
    const said = () => page.locator('.filter-said').textContent();
    await field.fill('loss = "wgan" and metrics["validate.ndcg@10"] > .15');
    await expect.poll(() => page.locator('.filter-bar .count').textContent()).toBe('4 of 17 runs');
    expect(new Set(await column('loss'))).toEqual(new Set(['wgan']));
    await field.fill('loss = wgan');
    expect(await said()).toContain('put in quotes');
    expect(await page.locator('.filter-bar .count').textContent()).toBe('4 of 17 runs');
    expect(page.url()).toMatch(/[#&]filter=loss/);
    await field.fill('');
    await expect.poll(() => page.locator('.tabulator-row:not(.tabulator-group)').count()).toBe(17);
    expect(await said()).toBe('');
  });

  test('a link to a view shows what was set, also when followed in an open page', async () => {
    const { page } = await rig.open(study());
    await page.evaluate('location.hash = "filter=popularity"');
    await expect.poll(() => page.locator('.filter-bar .count').textContent()).toBe('1 of 17 runs');
    await page.reload();
    await expect.poll(() => page.locator('.filter-bar .count').textContent()).toBe('1 of 17 runs');
  });

  test('the best is marked within its group; what failed and what diverged are there with their reason', async () => {
    const { page } = shown;
    expect(await page.locator('.run-table .is-best').allInnerTexts()).toEqual(['★ 0.2100', '★ 0.1890']);
    expect(await page.locator('.best').textContent()).toMatch(/^Best where evaluate.protocol = held-out: .* 0.2100/);
    const failed = page.locator('.tabulator-row', { hasText: 'failed' });
    expect(await failed.innerText()).toContain('train: exited with code 1');
    expect(await page.locator('.run-table .diverged').allInnerTexts()).toEqual(['diverged (NaN)']);
    expect(await page.locator('.holdout').innerText()).toContain('scored by 7 configs so far');
  });

  test('the values of the split param are beside each other', async () => {
    const { page } = shown;
    const rows = await page.locator('[data-group="evaluate.protocol = held-out"] tbody tr').allInnerTexts();
    expect(rows.map((row) => row.split('\t', 4).map((cell) => cell.trim()))).toEqual([
      ['loss = vanilla', '6', '0.2000', '0.1500'],
      ['loss = wgan', '6', '0.2100', '0.1600'],
      ['no loss', '2', '0.1200', '0.0650'],
    ]);
  });

  test('the series that the pruner judges by comes before the others', async () => {
    const names = shown.page
      .locator('#curves [data-series]')
      .evaluateAll((all) => all.map((one) => one.dataset.series));
    expect((await names)[0]).toBe('train.d_accuracy');
  });

  test('curves lie side by side by the loss, with the line of chance, and say who did not report', async () => {
    const { page } = shown;
    const card = page.locator('[data-series="train.g_loss"]');
    expect(await card.locator('h4').allInnerTexts()).toEqual(['loss = vanilla', 'loss = wgan']);
    const accuracy = page.locator('[data-series="train.d_accuracy"]');
    await expect.poll(() => accuracy.locator('svg text').allTextContents()).toContain('chance');
    expect(await accuracy.locator('.panel.is-empty').innerText()).toContain('loss = wgan');
    expect(await accuracy.innerText()).toContain('Not reported by 11 of 17 runs');
    expect(await accuracy.innerText()).toContain('150 of 300 points are drawn');
  });

  test('the pointer over a chart tells the values at a step', async () => {
    const { page } = shown;
    const chart = page.locator('[data-series="train.g_loss"] .chart').first();
    await chart.scrollIntoViewIfNeeded();
    await expect.poll(() => chart.locator('svg path').count()).toBeGreaterThan(0);
    await chart.hover();
    await expect.poll(() => page.locator('.tip').allInnerTexts()).toEqual([expect.stringMatching(/^step \d+/)]);
    expect(await page.locator('.tip-line').count()).toBe(6);
  });

  test('a click on a row, and Enter on it, show that run in depth', async () => {
    const { page } = shown;
    const row = page.locator('.tabulator-row', { hasText: 'failed' });
    await row.click();
    const details = page.locator('.details');
    await expect.poll(() => details.innerText()).toContain('train: exited with code 1');
    expect(await details.innerText()).toContain('out of memory');
    const other = page.locator('.tabulator-row', { hasText: 'popularity' });
    await other.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => details.innerText()).toContain('trial 12');
    expect(await details.innerText()).toContain('npx retrial reproduce');
    expect(await details.locator('mark').allInnerTexts()).toEqual(['popularity', 'not set', 'not set', 'not set']);
    expect(await page.evaluate('document.activeElement?.className')).toBe('run-name');
  });

  test('curves laid over each other, alone, smoothed and on a log axis', async () => {
    const { page } = shown;
    const card = page.locator('[data-series="train.g_loss"]');
    const lines = () => card.locator('svg path[fill="none"][stroke-width="1.5"]').count();
    await page.getByLabel('Side by side by').selectOption('');
    expect(await card.locator('h4').count()).toBe(0);
    await expect.poll(lines).toBe(12);
    await page.locator('.legend .entry', { hasText: 'loss = wgan' }).click();
    await expect.poll(lines).toBe(6);
    await page.getByLabel('smooth').check();
    expect(await card.innerText()).toContain('Smoothed');
    await page.getByLabel('log axis').check();
    await expect.poll(lines).toBe(12);
    expect(await page.evaluate('document.activeElement.parentElement.textContent')).toBe(' log axis');
  });

  test('the theme can be chosen; charts follow it, and paper is light', async () => {
    const { page } = shown;
    const lines = () => page.locator('[data-series="train.g_loss"] svg path[stroke="#56b4e9"]').count();
    await expect.poll(() => page.locator('[data-series="train.g_loss"] svg path').count()).toBeGreaterThan(0);
    expect(await lines()).toBe(0);
    await page.getByRole('button', { name: 'Use the dark theme' }).click();
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(darkGround);
    await expect.poll(lines).toBeGreaterThan(0);
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    await expect.poll(lines).toBe(0);
    await page.evaluate('dispatchEvent(new Event("afterprint"))');
    await expect.poll(lines).toBeGreaterThan(0);
  });
});
