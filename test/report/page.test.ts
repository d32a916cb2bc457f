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

  test('a study under several seeds: ranked by means, its question said, side by side by what it asks for', async () => {
    const values: readonly (readonly [number, number, number])[] = [
      [1, 0.2, 0.3],
      [2, 0.1, 0.5],
      [3, 0.24, 0.22],
    ];
    const runs = values.flatMap(([degree, ...scores], trial) =>
      scores.map((score, seed) => runOf(trial, { 'model.degree': degree, seed }, score)),
    );
    const trials = [1, 0, 2].map((trial) => {
      const own = runs.filter((run) => run.trial === trial);
      const value = [0.25, 0.3, 0.23][trial] ?? 0;
      return { trial, value, group: 'held-out', runs: own.map((run) => run.configHash) };
    });
    const asked = { name: 'degree', question: 'Which <degree>?', states: { complete: 3 }, sampler: 'grid' };
    const metric = { name: 'validate.ndcg@10', goal: 'maximize' } as const;
    const shown = comparison(runs, {
      ...{ trials, splitBy: 'model.degree' },
      study: { ...asked, metric, replicates: ['seed'], arms: [] },
    });
    const { page } = await open(shown);
    expect(await page.locator('.question').textContent()).toBe('Which <degree>?');
    const best = await page.locator('.best').textContent();
    expect(best).toMatch(/^Best: degree 2 with mean validate\.ndcg@10 0\.3000 \(trial 1, [0-9a-f]{12}\)$/);
    const lead = await page.locator('.answer .verdict').first().textContent();
    expect(lead).toContain('It leads the second by 0.0500 (means)');
    expect(lead).toContain('had 0.1000 to 0.5000');
    expect(await page.locator('.answer code').textContent()).toContain(trials[0]?.runs[0]?.slice(0, 12));
    const arms = await page.locator('.arms tbody tr').allInnerTexts();
    expect(arms.map((row) => row.split('\t', 3).map((cell) => cell.trim()))).toEqual([
      ['degree = 1', '1', '0.2500'],
      ['degree = 2', '1', '0.3000'],
      ['degree = 3', '1', '0.2300'],
    ]);
    expect(await page.locator('.tabulator-row:not(.tabulator-group)').count()).toBe(6);
    const byDefault = await open({ ...shown, splitBy: undefined } as Comparison);
    expect(await byDefault.page.locator('.arms tbody tr').first().innerText()).toContain('degree = 1');
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
