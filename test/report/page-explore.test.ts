/** The panels that explore settings, by one reader of one page: each test goes on where the last one left it. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chromiumSkipReason, needsChromium } from '../helpers/chromium.ts';
import { comparison, hostile, runOf, study } from './fixture.ts';
import { type OpenComparison, pageRig } from './page-rig.ts';
import { searched, searchedCount } from './searched.ts';

describe(`exploring settings${chromiumSkipReason}`, needsChromium, () => {
  const rig = pageRig();
  let shown: OpenComparison;
  beforeAll(async () => {
    shown = await rig.open(searched());
  });
  afterEach(() => {
    expect(shown.complaints).toEqual([]);
  });
  const count = () => shown.page.locator('.filter-bar .count').textContent();
  const rows = () => shown.page.locator('.tabulator-row:not(.tabulator-group)').count();
  const views = () => shown.page.getByRole('tablist', { name: 'Views of the metric' });
  const panel = () => shown.page.locator('[role=tabpanel]:not([hidden])');

  test('every param that differs has an axis, with the metric as the last; what is drawn is said in a sentence', async () => {
    const { page } = shown;
    const names = await page.locator('.axis-name').allInnerTexts();
    expect(names).toEqual(['loss', 'learning_rate', 'hidden', 'critic_steps', 'validate.ndcg@10 ↑']);
    expect(await page.locator('.parallel-stage').getAttribute('aria-label')).toContain(
      '60 runs over loss, learning_rate',
    );
    expect(await page.locator('.parallel .note').innerText()).toContain('1 failed, 1 pruned, 1 diverged');
    const ticks = await page.locator('.parallel-stage .tick').allTextContents();
    expect(ticks.filter((text) => text === 'not set' || text === 'no value')).toEqual(['not set', 'no value']);
    expect(ticks).toEqual(expect.arrayContaining(['hinge', '1e-4', '64']));
  });

  test('a range pulled along an axis filters the table and is kept in the link', async () => {
    const { page } = shown;
    const axis = page.locator('.axis-brush').nth(1);
    await axis.scrollIntoViewIfNeeded();
    const box = await axis.boundingBox();
    if (box === null) throw new Error('the axis is there');
    const x = box.x + box.width / 2;
    await page.mouse.move(x, box.y + 0.1 * box.height);
    await page.mouse.down();
    await page.mouse.move(x, box.y + 0.3 * box.height, { steps: 3 });
    await page.mouse.move(x, box.y + 0.5 * box.height);
    await page.mouse.up();
    const [low, high] = [page.getByLabel('learning_rate from'), page.getByLabel('learning_rate to')];
    const [from, to] = [Number(await low.inputValue()), Number(await high.inputValue())];
    const kept = searched().runs.filter(({ params }) => {
      const lr = Number(params['model.learning_rate']);
      return lr >= from && lr <= to;
    }).length;
    expect(kept).toBeGreaterThan(5);
    expect(kept).toBeLessThan(searchedCount);
    expect(await count()).toBe(`${kept} of 60 runs`);
    await expect.poll(rows).toBe(kept);
    expect(await page.locator('.parallel-foot').innerText()).toContain(`${kept} runs of 60`);
    expect(decodeURIComponent(page.url())).toContain('parallel.brush=[["p:model.learning_rate",{"range":');
  });

  test('a page loaded from that link shows the same', async () => {
    const { page } = shown;
    const before = await count();
    await page.reload();
    await expect.poll(count).toBe(before);
    expect(await page.locator('.range-row legend').allInnerTexts()).toEqual(['learning_rate']);
    await page.getByRole('button', { name: 'Clear all ranges' }).click();
    await expect.poll(rows).toBe(searchedCount);
    expect(page.url()).not.toContain('brush');
  });

  test('ranges are set by keyboard too', async () => {
    const { page } = shown;
    await page.getByRole('button', { name: 'hidden', exact: true }).focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('hidden from');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('100');
    await page.keyboard.press('Tab');
    const wide = searched().runs.filter(({ params }) => Number(params['model.hidden']) >= 100).length;
    await expect.poll(rows).toBe(wide);
    await page.getByRole('button', { name: 'critic_steps', exact: true }).press('Enter');
    await page.locator('.range-row', { hasText: 'critic_steps' }).getByLabel('not set').uncheck();
    await expect.poll(async () => new Set(await shown.column('loss'))).toEqual(new Set(['wgan']));
    await page.getByRole('button', { name: 'Remove the range of hidden' }).click();
    await expect.poll(rows).toBe(searchedCount / 3);
    await page.getByRole('button', { name: 'Remove the range of critic_steps' }).click();
    expect(await count()).toBe('');
  });

  test('a click on a line selects its run', async () => {
    const { page } = shown;
    const canvas = page.locator('.parallel-stage canvas');
    await canvas.scrollIntoViewIfNeeded();
    const box = await canvas.boundingBox();
    const xs = "[...document.querySelectorAll('.parallel-stage .axis')].map((axis) => axis.x1.baseVal.value)";
    const [first = 0, second = 0] = await page.evaluate<number[]>(xs);
    if (box === null) throw new Error('the lines are there');
    const tip = page.locator('.own-tip');
    for (let y = 10; y < box.height && !(await tip.isVisible()); y += 4)
      await page.mouse.move(box.x + (first + second) / 2, box.y + y);
    expect(await tip.innerText()).toContain('validate.ndcg@10');
    await page.mouse.down();
    await page.mouse.up();
    await expect.poll(() => page.locator('.parallel-stage .is-selected').getAttribute('points')).toMatch(/^\d/);
    expect(page.url()).toContain('run=');
  });

  test('the history has the best as a line, and crosses where no value is', async () => {
    const { page } = shown;
    await views().getByRole('tab', { name: 'History' }).focus();
    await expect.poll(() => panel().locator('svg path').count()).toBeGreaterThan(50);
    expect(await panel().locator('.chart').getAttribute('aria-label')).toMatch(
      /of 60 runs in their order; the best is 0\.\d+/,
    );
    expect(await panel().innerText()).toContain('1 failed, 1 pruned, 1 diverged');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Importance');
  });

  test('importances say by which method; what the value was made of comes first', async () => {
    const text = await panel().innerText();
    expect(text).toContain('PED-ANOVA');
    expect(text).toContain('γ = 10 %');
    expect(await panel().locator('tbody tr').first().innerText()).toContain('learning_rate');
    expect(await panel().locator('tbody tr').count()).toBe(4);
    const { page } = shown;
    await page.locator('.filter').fill('wgan');
    await expect.poll(() => panel().innerText()).toContain('Of 18 runs that the filter keeps');
    expect(await panel().locator('.warning').innerText()).toContain('the best tenth is 2 runs');
    await page.locator('.filter').fill('popularity');
    await expect.poll(() => panel().innerText()).toContain('too few to say');
    await page.locator('.filter').fill('');
  });

  test('slices, scatter, pairs of params and the front are there, and follow the reader', async () => {
    const { page } = shown;
    await views().getByRole('tab', { name: 'Slices' }).click();
    await expect.poll(() => panel().locator('.chart svg').count()).toBe(4);
    await views().getByRole('tab', { name: 'Scatter' }).click();
    await panel().getByLabel('Across').selectOption({ label: 'learning_rate' });
    expect(await panel().getByLabel('log axis: learning_rate').isChecked()).toBe(true);
    await panel().getByLabel('log axis: learning_rate').uncheck();
    await panel().getByLabel('Up').selectOption({ label: 'duration' });
    await expect.poll(() => panel().locator('svg text').allTextContents()).toContain('duration');
    expect(page.url()).toContain('scatter.y=t%3Aduration');
    await views().getByRole('tab', { name: 'Two params' }).click();
    await panel().getByLabel('Across').selectOption({ label: 'loss' });
    await panel().getByLabel('Down').selectOption({ label: 'hidden' });
    expect(await panel().locator('thead th').allInnerTexts()).toEqual(['hinge', 'vanilla', 'wgan']);
    const counts = await panel().locator('tbody small').allInnerTexts();
    expect(counts.reduce((sum, text) => sum + Number(text), 0)).toBe(searchedCount - 3);
    await views().getByRole('tab', { name: 'Pareto front' }).click();
    const members = panel().locator('tbody tr');
    await expect.poll(() => members.count()).toBeGreaterThan(0);
    await members.first().getByRole('button').click();
    expect(await page.evaluate('document.activeElement?.className')).toBe('run-name');
  });

  test('another metric is looked at with other axes and colours', async () => {
    const { page } = shown;
    await page.locator('#explore > .toolbar select').selectOption({ label: 'validate.loss' });
    await expect.poll(async () => (await page.locator('.axis-name').allInnerTexts()).at(-1)).toBe('validate.loss ↓');
    expect(await views().locator('[aria-selected=true]').innerText()).toBe('Pareto front');
    await page.getByText('Axes', { exact: true }).click();
    await page.locator('.parallel .columns').getByLabel('hidden').uncheck();
    await expect.poll(() => page.locator('.axis-name').count()).toBe(4);
    await page.keyboard.press('Escape');
    await page.locator('.parallel').getByLabel('Colour by').selectOption({ label: 'loss' });
    await expect.poll(() => page.locator('.parallel .key').innerText()).toMatch(/hinge\s+vanilla\s+wgan/);
  });

  test('values of groups that may not be ranked together are on no axis together', async () => {
    const { page, complaints } = await rig.open(study(), { width: 375, dark: true });
    const metric = page.locator('#explore > .toolbar select');
    expect(await metric.locator('option').allInnerTexts()).toEqual([
      'validate.ndcg@10, evaluate.protocol = held-out',
      'validate.ndcg@10, evaluate.protocol = leaked',
      'evaluate.ndcg@10',
    ]);
    expect(await page.locator('.parallel .note').innerText()).toContain('Left out: 1 run of other groups');
    const ticks = await page.locator('.parallel-stage .tick').allTextContents();
    expect(ticks).toContain('0.2');
    expect(ticks).not.toContain('0.9');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('names and values that are markup are text; two runs, equal values and diverged ones are drawn', async () => {
    const equal = [0, 1, 2, 3].map((at) => runOf(at, { constructor: at, __proto__: 'x', b: `"${at % 2}` }, 0.5));
    const strange = comparison([...equal, runOf(4, { constructor: 9, b: '' }, null)]);
    for (const [given, axes] of [
      [hostile(), 2],
      [strange, 3],
    ] as const) {
      const { page, complaints } = await rig.open(given);
      for (const tab of await page.getByRole('tab').all()) await tab.click();
      expect(await page.locator('.axis-name').count()).toBe(axes);
      expect(await page.evaluate('window.pwned')).toBeUndefined();
      expect(complaints).toEqual([]);
      await page.close();
    }
  });

  test('nothing is shown where there is nothing to explore', async () => {
    const { rankBy: _, ...unranked } = comparison([runOf(0, { a: 1 }, 0.1), runOf(1, { a: 2 }, 0.2)]);
    const { page, complaints } = await rig.open(unranked);
    expect(await page.locator('#explore').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
