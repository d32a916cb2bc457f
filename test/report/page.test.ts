/** Comparisons of every other shape: few runs, one, none, attempts of one config, names that are markup. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Comparison } from '../../src/report/comparison.ts';
import { chromiumSkipReason, needsChromium } from '../helpers/chromium.ts';
import { comparison, hostile, runOf, study } from './fixture.ts';
import { darkGround, pageRig } from './page-rig.ts';

describe(`the compare page${chromiumSkipReason}`, needsChromium, () => {
  const rig = pageRig();

  async function open(shown: Comparison, options: { width?: number; dark?: boolean } = {}) {
    const opened = await rig.open(shown, options);
    onTestFinished(() => opened.page.close());
    return opened;
  }

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

  test('shows params that are the same when asked to', async () => {
    const runs = [runOf(0, { a: 1, same: 'x' }, 0.1), runOf(1, { a: 2, same: 'x' }, 0.2)];
    const { page } = await open(comparison(runs));
    const headings = () => page.locator('.tabulator-col').allInnerTexts();
    expect((await headings()).map((text) => text.trim())).not.toContain('same');
    await page.getByLabel('only params that differ').uncheck();
    await expect.poll(async () => (await headings()).map((text) => text.trim())).toContain('same');
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
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(darkGround);
    expect(complaints).toEqual([]);
  });

  test('one run is shown in depth, with its curves and without comparisons', async () => {
    const { page } = await open(comparison(study().runs.slice(0, 1)));
    expect(await page.locator('.run-table').count()).toBe(0);
    expect(await page.locator('.details').innerText()).toContain('model.hidden');
    await expect.poll(() => page.locator('[data-series="train.g_loss"] svg path').count()).toBeGreaterThan(0);
  });
});
