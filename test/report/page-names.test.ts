/** Names that mean something to the language the page is written in, and what a reader takes along. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { chromiumSkipReason, needsChromium } from '../helpers/chromium.ts';
import { comparison, runOf } from './fixture.ts';
import { pageRig } from './page-rig.ts';

describe(`names and commands on the page${chromiumSkipReason}`, needsChromium, () => {
  const rig = pageRig();

  test.each([375, 1280])(
    'a param called constructor is of the runs that set it, and of no other: %i pixels',
    async (width) => {
      const runs = [
        runOf(0, { constructor: 1, toString: 'a', a: 1 }, 0.1),
        runOf(1, { a: 2, hasOwnProperty: [1] }, 0.2),
      ];
      const { page, complaints, column } = await rig.open(comparison(runs), { width });
      onTestFinished(() => page.close());
      expect(await page.locator('.best strong').first().textContent()).toBe('a 2 · hasOwnProperty [1]');
      await expect
        .poll(() => page.locator('#ranking .chart svg circle, #ranking .chart svg path').count())
        .toBeGreaterThan(1);
      expect(complaints).toEqual([]);
      if (width === 1280) expect(await column('constructor')).toEqual(['', '1']);
    },
  );

  test('a command is copied as often as one likes, and its button is itself again', async () => {
    const { page, complaints } = await rig.open(comparison([runOf(0, { a: 1 }, 0.1)]));
    onTestFinished(() => page.close());
    await page.clock.install();
    const button = page.locator('.answer .command button');
    for (let times = 0; times < 2; times++) {
      await button.click();
      await expect.poll(() => button.textContent()).toBe('Copied');
    }
    await page.clock.runFor('01:00');
    expect(await button.textContent()).toBe('Copy');
    expect(complaints).toEqual([]);
  });
});
