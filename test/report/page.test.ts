/** The compare page in a real browser, from a file, with nothing else to reach. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { buildWhereNeeded } from '../../setup/build.js';
import type { Comparison } from '../../src/report/comparison.ts';
import { comparisonHtml } from '../../src/report/html.ts';
import { launchChromium, noChromium, openFile } from '../helpers/chromium.ts';
import { comparison, hostile, runOf, study } from './fixture.ts';

const dark = 'rgb(19, 23, 26)';

describe.skipIf(noChromium)('the compare page', () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'retrial-page-'));

  beforeAll(async () => {
    await buildWhereNeeded();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(shown: Comparison, options: { width?: number; dark?: boolean } = {}) {
    const file = join(folder, `${Math.random()}.html`);
    writeFileSync(file, await comparisonHtml(shown));
    const opened = await openFile(browser, file, options);
    onTestFinished(() => opened.page.close());
    const cells = async (title: string): Promise<string[]> => {
      const headings = (await opened.page.locator('.tabulator-col').allInnerTexts()).map((text) => text.trim());
      const at = headings.indexOf(title) + 1;
      return opened.page
        .locator(`.tabulator-row:not(.tabulator-group) .tabulator-cell:nth-child(${at} of .tabulator-cell)`)
        .allInnerTexts();
    };
    return { ...opened, column: cells };
  }

  test('draws without a complaint and without a request', async () => {
    const { page, complaints } = await open(study());
    expect(await page.locator('h1').textContent()).toBe('Study loss');
    expect(await page.locator('.best').textContent()).toContain('validate.ndcg@10');
    await expect.poll(() => page.locator('.chart svg path').count()).toBeGreaterThan(20);
    expect(complaints).toEqual([]);
  });

  test('sorts by a heading, by mouse and by keyboard; what diverged comes last both ways', async () => {
    const { page, column } = await open(comparison(study().runs.slice(0, 16), { rankBy: 'validate.ndcg@10' }));
    const heading = page.locator('.tabulator-col', { hasText: 'validate.ndcg@10' });
    const values = async () => (await column('validate.ndcg@10')).map((cell) => cell.replace('★ ', ''));
    const numbers = (cells: string[]) => cells.map(Number).filter((value) => !Number.isNaN(value));
    const down = await values();
    expect(numbers(down)).toEqual(numbers(down).toSorted((a, b) => b - a));
    await heading.click();
    const up = await values();
    expect(numbers(up)).toEqual(numbers(up).toSorted((a, b) => a - b));
    expect(up[0]).not.toBe(down[0]);
    expect(up.slice(-2).sort()).toEqual(['diverged (NaN)', '–']);
    await heading.focus();
    await page.keyboard.press('Enter');
    await expect.poll(values).toEqual(down);
    expect(down.slice(-2).sort()).toEqual(['diverged (NaN)', '–']);
  });

  test('no order mixes groups that may not be ranked together', async () => {
    const { page, column } = await open(study());
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
    const { page, column } = await open(study());
    await page.locator('.filter').fill('wgan');
    await expect.poll(async () => new Set(await column('loss'))).toEqual(new Set(['wgan']));
    expect(await page.locator('.toolbar [role=status]').first().textContent()).toBe('8 of 17 runs');
  });

  test('shows params that are the same when asked to', async () => {
    const runs = [runOf(0, { a: 1, same: 'x' }, 0.1), runOf(1, { a: 2, same: 'x' }, 0.2)];
    const { page } = await open(comparison(runs));
    const headings = () => page.locator('.tabulator-col').allInnerTexts();
    expect((await headings()).map((text) => text.trim())).not.toContain('same');
    await page.getByLabel('only params that differ').uncheck();
    await expect.poll(async () => (await headings()).map((text) => text.trim())).toContain('same');
  });

  test('the best is marked within its group; what failed and what diverged are there with their reason', async () => {
    const { page } = await open(study());
    expect(await page.locator('.run-table .is-best').allInnerTexts()).toEqual(['★ 0.2100', '★ 0.1890']);
    expect(await page.locator('.best').textContent()).toMatch(/^Best where evaluate.protocol = held-out: .* 0.2100/);
    const failed = page.locator('.tabulator-row', { hasText: 'failed' });
    expect(await failed.innerText()).toContain('train: exited with code 1');
    expect(await page.locator('.run-table .diverged').allInnerTexts()).toEqual(['diverged (NaN)']);
    expect(await page.locator('.holdout').innerText()).toContain('scored by 7 configs so far');
  });

  test('the values of the split param are beside each other', async () => {
    const { page } = await open(study());
    const rows = await page.locator('[data-group="evaluate.protocol = held-out"] tbody tr').allInnerTexts();
    expect(rows.map((row) => row.split('\t', 4).map((cell) => cell.trim()))).toEqual([
      ['loss = vanilla', '6', '0.2000', '0.1500'],
      ['loss = wgan', '6', '0.2100', '0.1600'],
      ['no loss', '2', '0.1200', '0.0650'],
    ]);
  });

  test('curves lie side by side by the loss, with the line of chance, and say who did not report', async () => {
    const { page } = await open(study());
    const card = page.locator('[data-series="train.g_loss"]');
    expect(await card.locator('h4').allInnerTexts()).toEqual(['loss = vanilla', 'loss = wgan']);
    const accuracy = page.locator('[data-series="train.d_accuracy"]');
    await expect.poll(() => accuracy.locator('svg text').allTextContents()).toContain('chance');
    expect(await accuracy.locator('.panel.is-empty').innerText()).toContain('loss = wgan');
    expect(await accuracy.innerText()).toContain('Not reported by 11 of 17 runs');
    expect(await accuracy.innerText()).toContain('150 of 300 points are drawn');
  });

  test('curves laid over each other, alone, smoothed and on a log axis', async () => {
    const { page, complaints } = await open(study());
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
    expect(complaints).toEqual([]);
  });

  test('the pointer over a chart tells the values at a step', async () => {
    const { page, complaints } = await open(study());
    const chart = page.locator('[data-series="train.g_loss"] .chart').first();
    await chart.scrollIntoViewIfNeeded();
    await expect.poll(() => chart.locator('svg path').count()).toBeGreaterThan(0);
    await chart.hover();
    await expect.poll(() => page.locator('.tip').allInnerTexts()).toEqual([expect.stringMatching(/^step \d+/)]);
    expect(await page.locator('.tip-line').count()).toBe(6);
    expect(complaints).toEqual([]);
  });

  test('two attempts of a config are two runs', async () => {
    const [first] = study().runs;
    if (first === undefined) throw new Error('the study has runs');
    const { page, complaints } = await open(comparison([first, { ...first, attempt: 2, status: 'failed' }]));
    await expect.poll(() => page.locator('[data-series="train.g_loss"] svg path').count()).toBeGreaterThan(1);
    await page.locator('.tabulator-row', { hasText: '@2' }).click();
    await expect.poll(() => page.locator('.details').innerText()).toContain('attempt 2');
    expect(complaints).toEqual([]);
  });

  test('a click on a row, and Enter on it, show that run in depth', async () => {
    const { page } = await open(study());
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

  test('names and values that are markup stay texts', async () => {
    const { page, complaints } = await open(hostile());
    await page.locator('.tabulator-row').first().click();
    expect(await page.evaluate(`'pwned' in window`)).toBe(false);
    expect(await page.locator('h1').textContent()).toContain('</script>');
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test.each([
    ['a study', study],
    ['hostile names', hostile],
    ['one run', () => comparison(study().runs.slice(0, 1))],
    ['no run', () => comparison([])],
  ])('fits 375 pixels, in the dark: %s', async (_what, shown) => {
    const { page, complaints } = await open(shown(), { width: 375, dark: true });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(dark);
    expect(complaints).toEqual([]);
  });

  test('the theme can be chosen; charts follow it, and paper is light', async () => {
    const { page } = await open(study());
    const lines = () => page.locator('[data-series="train.g_loss"] svg path[stroke="#56b4e9"]').count();
    await expect.poll(() => page.locator('[data-series="train.g_loss"] svg path').count()).toBeGreaterThan(0);
    expect(await lines()).toBe(0);
    await page.getByRole('button', { name: 'Use the dark theme' }).click();
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(dark);
    await expect.poll(lines).toBeGreaterThan(0);
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    await expect.poll(lines).toBe(0);
    await page.evaluate('dispatchEvent(new Event("afterprint"))');
    await expect.poll(lines).toBeGreaterThan(0);
  });

  test('one run is shown in depth, with its curves and without comparisons', async () => {
    const { page } = await open(comparison(study().runs.slice(0, 1)));
    expect(await page.locator('.run-table').count()).toBe(0);
    expect(await page.locator('.details').innerText()).toContain('model.hidden');
    await expect.poll(() => page.locator('[data-series="train.g_loss"] svg path').count()).toBeGreaterThan(0);
  });
});
