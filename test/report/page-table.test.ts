/** The table of runs, used by one reader: each test goes on where the last one left it. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chromiumSkipReason, needsChromium } from '../helpers/chromium.ts';
import { comparison, runOf } from './fixture.ts';
import { type OpenComparison, pageRig } from './page-rig.ts';
import { seeded } from './seeded-fixture.ts';

const metric = 'validate.ndcg@10';

describe(`the table of runs${chromiumSkipReason}`, needsChromium, () => {
  const rig = pageRig();
  let shown: OpenComparison;
  const rows = () => shown.page.locator('.run-table .tabulator-row:not(.tabulator-group)');
  const frozen = () => shown.page.locator('.tabulator-frozen-rows-holder .tabulator-row');
  const row = (text: string) => rows().filter({ hasText: text }).first();
  const view = () => shown.page.evaluate<string>('location.hash');
  beforeAll(async () => {
    shown = await rig.open(seeded());
  });
  afterEach(() => {
    expect(shown.complaints).toEqual([]);
  });

  test('says of every run why it came to no end of its own, and which are of older code', async () => {
    const notes = await shown.column('Notes');
    expect(notes.filter((text) => text !== '' && !text.startsWith('older'))).toEqual([
      'train: exited with code 1',
      'train: was pruned at step 30: worse',
      'its process was gone during train',
    ]);
    expect(notes.filter((text) => text === 'older code: train')).toHaveLength(5);
    expect(await rows().locator('.tag', { hasText: 'older code' }).first().getAttribute('title')).toContain(
      'stages/train.ts',
    );
  });

  test('a pin, by keyboard, makes a baseline that stays on top and all others are compared with', async () => {
    const { page } = shown;
    await row('0.2100').locator('.pin').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => frozen().count()).toBe(1);
    expect(await frozen().innerText()).toContain('0.2100');
    expect(await row('0.3500').locator('.difference').innerText()).toBe('+0.1400');
    expect(await row('0.3500').locator('.difference').getAttribute('class')).toContain('better');
    expect(await row('−0.1000').locator('.difference.worse').count()).toBe(1);
    expect(await row('0.9000').locator('.difference').innerText()).toBe('not comparable');
    expect(await row('0.2200').locator('mark').allInnerTexts()).toEqual(['2']);
    expect(await frozen().locator('.pin').getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('.details').innerText()).toContain('Make it the baseline');
    expect(await view()).toMatch(/base=[0-9a-f]{12}%401/);
  });

  test('the baseline stays where the filter leaves it out, and is given up by its pin', async () => {
    const { page } = shown;
    await page.locator('.filter').fill('killed');
    await expect.poll(() => rows().count()).toBe(2);
    expect(await frozen().innerText()).toContain('0.2100');
    await page.locator('.filter').fill('');
    await frozen().locator('.pin').click();
    await expect.poll(() => frozen().count()).toBe(0);
    expect(await rows().locator('.difference').count()).toBe(0);
    expect(await view()).not.toContain('base=');
  });

  test('settings over their seeds are a row each, with an interval from five on', async () => {
    const { page, column } = shown;
    await page.getByLabel('group over seed').check();
    await expect.poll(() => rows().count()).toBe(6);
    expect(await column('n')).toEqual(['5', '2', '5', '1', '0', '0']);
    expect((await column(metric)).slice(0, 3)).toEqual(['★ 0.3300 ±0.0196', '0.2150 0.2100–0.2200', '0.1300 ±0.0196']);
    expect((await column('Status')).slice(1, 3)).toEqual(['2 complete, 1 failed', '5 completeolder code']);
    expect(await page.locator('.tabulator-group').first().innerText()).toContain('3 settings');
    await row('0.2150').locator('.pin').click();
    await expect.poll(() => row('0.3300').locator('.difference').innerText()).toBe('+0.1150');
    expect(await rows().locator('mark').allInnerTexts()).toEqual(['3', '1', '6', '4', '5']);
  });

  test('of a setting only the runs that the filter lets through are in its mean', async () => {
    const { page, column } = shown;
    await page.locator('.filter').fill('0.35');
    await expect.poll(async () => (await column(metric)).at(-1)).toMatch(/^0\.3500/);
    await page.locator('.filter').fill('');
    await expect.poll(() => rows().count()).toBe(6);
    expect((await column(metric))[1]).toMatch(/^★ 0\.3300 ±0\.0196/);
  });

  test('what is shown, in this order, is taken along as a file or copied', async () => {
    const { page } = shown;
    await page.locator('.tabulator-col', { hasText: 'degree' }).click();
    await page.getByText('Columns', { exact: true }).click();
    for (const name of ['Notes', 'Took', 'Status', 'evaluate.ndcg@10', 'seed'])
      await page.locator('#runs .chooser .columns').getByLabel(name, { exact: true }).uncheck();
    await page.keyboard.press('Escape');
    await page.getByText('Export', { exact: true }).click();
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as CSV' }).click(),
    ]);
    expect(saved.suggestedFilename()).toBe('Runs.csv');
    const lines = readFileSync(await saved.path(), 'utf8')
      .trim()
      .split('\n');
    expect(lines[0]).toBe(`run,n,model.degree,${metric},${metric} low,${metric} high,${metric} minus baseline`);
    expect(lines.slice(1).map((line) => line.split(',')[2])).toEqual(['2', '1', '3', '6', '4', '5']);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy as JSON' }).click();
    await expect.poll(() => page.locator('.export [role=status]').innerText()).toBe('JSON is copied.');
    const copied = JSON.parse(await page.evaluate<string>('navigator.clipboard.readText()'));
    expect(copied[0]).toMatchObject({ n: 2, 'model.degree': 2, [`${metric} minus baseline`]: 0 });
  });

  test('a link to the view shows it again: order, columns, grouping and baseline', async () => {
    const { page } = shown;
    const before = await rows().allInnerTexts();
    await page.reload();
    await page.waitForSelector('.tabulator-row');
    await expect.poll(() => rows().allInnerTexts()).toEqual(before);
    expect(await frozen().count()).toBe(1);
    expect(await page.locator('.tabulator-col[aria-sort=ascending]').innerText()).toContain('degree');
  });

  test('of thousands of rows those in sight are drawn, whatever filter, order and selection', async () => {
    const runs = Array.from({ length: 1500 }, (_, at) => runOf(at + 10, { group: `g${at % 7}`, at }, at / 2000));
    const { page, column, complaints } = await rig.open(comparison(runs));
    const drawn = () => page.locator('.run-table .tabulator-row').count();
    expect(await drawn()).toBeLessThan(100);
    expect((await column('at'))[0]).toBe('1499');
    await page.locator('.filter').fill('g3');
    await expect.poll(async () => new Set(await column('group'))).toEqual(new Set(['g3']));
    await page.locator('.tabulator-col', { hasText: /^at/ }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await column('at'))[0]).toBe('3');
    await page.locator('.tabulator-tableholder').evaluate((holder) => {
      holder.scrollTop = holder.scrollHeight;
    });
    await expect.poll(async () => (await column('at')).at(-1)).toBe('1494');
    await page.locator('.run-table .tabulator-row', { hasText: '1494' }).click();
    await expect.poll(() => page.locator('.run-table .is-selected').count()).toBe(1);
    expect(await drawn()).toBeLessThan(200);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('names that are markup or an object’s own stay names, on a telephone in the dark', async () => {
    const evil = '</script><img src=x onerror="window.pwned = 1">';
    const params = (value: string) =>
      Object.fromEntries([evil, 'constructor', '__proto__', 'toString'].map((name) => [name, value]));
    const named = [
      runOf(0, { ...params('a'), ['__proto__']: evil, seed: 1 }, 0.1),
      runOf(1, { ...params('b'), seed: 2 }, 0.2),
    ];
    const { page, complaints } = await rig.open(comparison(named), { width: 375, dark: true });
    await page.locator('.pin').first().click();
    await expect.poll(() => page.locator('.run-table mark').count()).toBeGreaterThan(3);
    await page.getByLabel('group over seed').check();
    await page.getByText('Export', { exact: true }).click();
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as JSON' }).click(),
    ]);
    expect(readFileSync(await saved.path(), 'utf8')).toContain('"__proto__": ');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    expect(await page.evaluate(`'pwned' in window`)).toBe(false);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
