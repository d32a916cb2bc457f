/** One run in depth, looked at by one reader: each test goes on where the last one left it. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ComparedRun, Comparison, NamedPreview } from '../../src/report/comparison.ts';
import { previewKey } from '../../src/report/preview-key.ts';
import { chromiumSkipReason, needsChromium } from '../helpers/chromium.ts';
import { comparison, runOf } from './fixture.ts';
import { type OpenComparison, pageRig } from './page-rig.ts';

const evil = '</script><img src=x onerror="window.pwned = 1">';
const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><script>window.pwned = 1</script><rect width="90" height="60" fill="#0072b2"/></svg>`;

/** With logs and previews of all runs but the last. */
function deep(): Comparison {
  const outputs = ['a.svg', 'points.csv', 'notes.txt'].map((path, at) => {
    return { name: path.split('.')[0] ?? path, path, hash: String(at).repeat(64), size: 100 };
  });
  const previews: readonly NamedPreview[] = [
    { kind: 'image', path: '', source: `data:image/svg+xml;base64,${btoa(picture)}` },
    {
      kind: 'table',
      path: '',
      rows: [
        ['x', evil],
        ['1', evil],
      ],
      isWhole: false,
    },
    { kind: 'text', path: '', text: evil, isWhole: true },
  ];
  const runs = [0.1, 0.2, 0.3, 0.4].map((value, at) => {
    const run = runOf(at, { 'model.lr': at, 'model.name': evil }, value);
    const [train, validate] = run.stages;
    if (train === undefined || validate === undefined) throw new Error('a run has stages');
    const stages = [
      { ...train, outputs, logTail: `step ${at}\n${evil}` },
      { ...validate, logTail: '' },
    ];
    const git = {
      commit: `${at}`.repeat(40),
      branch: 'main',
      dirty: at === 0,
      ...(at === 0 ? { diff: 'd'.repeat(64) } : {}),
    };
    return { ...run, stages, environment: { node: at === 0 ? '22.1.0' : '20.17.0', platform: 'linux', git } };
  });
  const brief = runs.slice(3).map((run): ComparedRun => {
    return { ...run, isBrief: true, stages: run.stages.map((stage) => ({ ...stage, logTail: null })) };
  });
  return comparison([...runs.slice(0, 3), ...brief], {
    previews: Object.fromEntries(outputs.map((output, at) => [previewKey(output), previews.slice(at, at + 1)])),
  });
}

describe(`one run in depth${chromiumSkipReason}`, needsChromium, () => {
  const rig = pageRig();
  const shown = deep();
  let opened: OpenComparison;
  const details = () => opened.page.locator('.details');
  const params = () => details().locator('.block', { hasText: 'Params' }).first();
  const view = () => opened.page.evaluate<string>('location.hash');
  /** @param at place in the comparison */
  const choose = (at: number) => {
    const hash = shown.runs[at]?.configHash.slice(0, 12);
    return opened.page.locator('.run-table .tabulator-row', { hasText: hash }).click();
  };
  beforeAll(async () => {
    opened = await rig.open(shown);
  });
  afterEach(() => {
    expect(opened.complaints).toEqual([]);
  });

  test('one that the page has no room for says how to see its logs', async () => {
    expect(await details().innerText()).toContain('has room for logs and previews of some runs');
    const hash = shown.runs[3]?.configHash.slice(0, 12);
    expect(await details().locator('.command code').first().innerText()).toBe(`npx retrial logs ${hash}@1 train`);
    expect(await details().locator('.preview').count()).toBe(0);
  });

  test('is set beside the best, and marked where it differs', async () => {
    await choose(0);
    await expect.poll(() => params().locator('mark').allInnerTexts()).toEqual(['0']);
    expect(await params().locator('th').allInnerTexts()).toEqual(['Param', 'This run', 'The best']);
    const metrics = details().locator('.block', { hasText: 'Metrics' }).first();
    expect(await metrics.locator('.difference.worse').first().innerText()).toBe('−0.3000');
    const environment = details().locator('.block', { hasText: 'Environment' }).first();
    expect(await environment.locator('mark').allInnerTexts()).toEqual(['22.1.0']);
    const git = details().locator('.block', { hasText: 'Git' }).first();
    expect(await git.innerText()).toContain('main');
    expect(await git.locator('mark').allInnerTexts()).toEqual(['0'.repeat(12), 'yes', 'd'.repeat(12)]);
  });

  test('or beside the baseline, or any other run, as the view keeps', async () => {
    const { page } = opened;
    const select = details().getByLabel('Beside');
    const other = `${shown.runs[1]?.configHash.slice(0, 12)}@1`;
    await select.focus();
    await select.selectOption(other);
    await expect.poll(() => details().locator('.difference').first().innerText()).toBe('−0.1000');
    expect(decodeURIComponent(await view())).toContain(`beside=${other}`);
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('SELECT');
    await choose(2);
    const button = details().getByRole('button', { name: 'Make it the baseline' });
    await button.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('document.activeElement?.textContent')).toBe('Baseline ✓');
    await choose(0);
    await select.selectOption('baseline');
    await expect.poll(() => details().locator('.difference').first().innerText()).toBe('−0.2000');
    await page.reload();
    await page.waitForSelector('.details .difference');
    expect(await details().locator('.difference').first().innerText()).toBe('−0.2000');
  });

  test('stages have a bar where they lie in its time, by what was cached', async () => {
    const bars = details().locator('.when');
    expect(await bars.evaluateAll((all) => all.map((bar) => bar.getAttribute('aria-label')))).toEqual([
      'from 10 ms to 5.0 s',
      'from 5.0 s to 5.0 s',
    ]);
    expect(await details().innerText()).toContain('Results that were there already saved 897 ms.');
  });

  test('logs are folded, and what a file holds is a picture, a table or a text, and nothing more', async () => {
    const { page } = opened;
    const log = details().locator('.log');
    expect(await log.locator('pre').isVisible()).toBe(false);
    await log.locator('summary').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => log.locator('pre').innerText()).toBe(`step 0\n${evil}`);
    expect(await details().innerText()).toContain('validate printed nothing.');
    const image = details().locator('.preview img');
    await expect
      .poll(() => image.evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth))
      .toBe(90);
    expect(await image.getAttribute('alt')).toBe('train.a');
    await details().locator('.preview.table summary').click();
    expect(await details().locator('.preview.table td').allInnerTexts()).toEqual(['1', evil]);
    await details().locator('.preview.text summary').click();
    expect(await details().locator('.preview.text pre').innerText()).toBe(evil);
    expect(await details().locator('img').count()).toBe(1);
    expect(await page.evaluate(`'pwned' in window`)).toBe(false);
  });

  test('the page of one run is made of the same parts, on a telephone in the dark, and on paper', async () => {
    const only = { ...shown, runs: shown.runs.slice(0, 1) };
    const { page, complaints } = await rig.open(only, { width: 375, dark: true });
    const own = page.locator('.details');
    expect(await own.locator('.preview img').count()).toBe(1);
    expect(await own.locator('.log').count()).toBe(1);
    expect([await own.getByLabel('Beside').count(), await own.locator('.difference').count()]).toEqual([0, 0]);
    expect(await own.innerText()).toContain('npx retrial reproduce');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
