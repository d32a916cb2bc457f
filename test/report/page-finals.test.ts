/** The final runs in the head of a study's page. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { withVerdict } from '../../src/logging/finalists-verdict.ts';
import type { FinalRun } from '../../src/record/final-runs.ts';
import { finalistsOf } from '../../src/record/finalists.ts';
import type { Comparison } from '../../src/report/comparison.ts';
import { chromiumSkipReason, needsChromium } from '../helpers/chromium.ts';
import { temporaryLayout } from '../helpers/temporary-layout.ts';
import { runOf, study } from './fixture.ts';
import { darkGround, pageRig } from './page-rig.ts';

const values: Readonly<Record<number, readonly (number | null)[]>> = {
  1: [0.41, 0.42, 0.43, 0.41, 0.42],
  2: [0.4, 0.43, 0.42, 0.42, 0.41],
  3: [0.2, 0.21, null, 0.2, 0.22],
  4: [null, null],
};
const evil = '<img src=x onerror="window.pwned = 1">';

/** Trials 1, 2 and 3 of the study, of which 1 has its final runs on the page, and 4, whose final runs failed. */
async function withFinals(): Promise<Comparison> {
  const base = study();
  const own = (values[1] ?? []).map((value, at) => runOf(1, { 'model.loss': 'wgan', seed: 101 + at }, value));
  const runs = Object.entries(values).flatMap(([trial, all]) =>
    all.map((value, replicate): FinalRun => {
      const run = trial === '1' ? ((own[replicate]?.configHash ?? null) as FinalRun['run']) : null;
      const metrics: FinalRun['metrics'] = value === null ? {} : { 'evaluate.ndcg@10': value };
      const reason = value === null ? `train: ${evil}` : null;
      return { trial: Number(trial), replicate, seed: 101 + replicate, run, metrics, reason };
    }),
  );
  const finalists = await finalistsOf(temporaryLayout(), runs, {
    ...{ sought: 'validate.ndcg@10', goalOf: () => 'maximize' },
    armOf: (trial) => ({ 'model.loss': trial === 3 ? evil : `l${trial}` }),
  });
  if (finalists === undefined) throw new Error('there are final runs');
  return { ...base, runs: [...base.runs, ...own], finalists: withVerdict(finalists) };
}

describe(`final runs on the page${chromiumSkipReason}`, needsChromium, () => {
  const rig = pageRig();

  async function open(options: { width?: number; dark?: boolean } = {}) {
    const opened = await rig.open(await withFinals(), options);
    onTestFinished(() => opened.page.close());
    return opened;
  }

  test('a table, best first, with what each differs from the best; names stay texts', async () => {
    const { page, complaints } = await open();
    expect(await page.locator('.of-finals').textContent()).toMatch(
      /^In the final runs loss=l1 \(trial 1\) is best: evaluate\.ndcg@10 0\.4180 \[.*; it cannot be told from loss=l2 \(trial 2\)/,
    );
    expect(await page.locator('.finals th').allInnerTexts()).toEqual([
      ...['Final runs', 'evaluate.ndcg@10', '95 %', 'Seeds', 'Minus trial 1', '95 % of that', 'p after Holm'],
    ]);
    const rows = (await page.locator('.finals tbody tr').allInnerTexts()).map((row) => row.split('\t'));
    expect(rows.map(([name]) => name?.trim())).toEqual([
      ...['loss l1 · trial 1', 'loss l2 · trial 2', `loss ${evil} · trial 3`, 'loss l4 · trial 4'],
    ]);
    expect(rows[0]?.slice(1, 5).map((cell) => cell.trim())).toEqual(['0.4180', '0.4076 to 0.4284', '5', '']);
    expect(rows[1]?.slice(3).map((cell) => cell.trim())).toEqual(['5', '-0.0020', '-0.0156 to 0.0116', '.704']);
    expect(rows[2]?.[3]?.trim()).toBe('4 of 5');
    expect(rows[3]?.[1]?.trim()).toBe('failed');
    const notes = await page.locator('.answer .note').allInnerTexts();
    expect(notes).toContain(`trial 4: 2 runs failed: train: ${evil}`);
    expect(notes).toContain("95 %, Student's t over 5 replicates");
    expect(await page.evaluate(`'pwned' in window`)).toBe(false);
    expect(complaints).toEqual([]);
  });

  test('a name selects its first final run in depth, by mouse and keyboard; else a run of its trial', async () => {
    const { page, complaints } = await open();
    const details = page.locator('.details');
    await page.getByRole('button', { name: 'loss l1 · trial 1' }).click();
    await expect.poll(() => details.innerText()).toContain('trial 1');
    const hash = (await withFinals()).finalists?.rows[0]?.values[0]?.run?.slice(0, 12) ?? 'none';
    await expect.poll(() => page.url()).toContain(`run=${hash}`);
    await page.getByRole('button', { name: 'loss l2 · trial 2' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => details.innerText()).toContain('trial 2');
    expect(complaints).toEqual([]);
  });

  test('fits 375 pixels, in the dark', async () => {
    const { page, complaints } = await open({ width: 375, dark: true });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(darkGround);
    const color = await page.evaluate("getComputedStyle(document.querySelector('.finals button')).color");
    expect(color).toBe('rgb(231, 234, 235)');
    expect(complaints).toEqual([]);
  });
});
