/**
 * What the compare page costs a browser when there are thousands of runs.
 *
 *     npm run bench:page [-- --runs 10000 --params 20 --metrics 10 --points 30 --brushes 9 --keep FILE.html]
 *
 * One page from a file in headless Chromium without a GPU: its size, when something is seen, when every panel is there,
 * and how long a pointer that draws a range on an axis of the parallel coordinates waits until table and charts have
 * answered and are painted. The limits are those of a page one can send and a hand that moves; nothing fails beyond them,
 * as a busy machine is no mistake of the page.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWhereNeeded } from '../../setup/build.js';
import { comparisonHtml } from '../../src/report/html.ts';
import { launchChromium } from '../../test/helpers/chromium.ts';
import { comparisonOf } from './comparison.ts';
import { loadTimes, openPage } from './load.ts';
import { brushTimes, typingTimes, type Wait } from './waits.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    params: { type: 'string', default: '20' },
    metrics: { type: 'string', default: '10' },
    points: { type: 'string', default: '30' },
    brushes: { type: 'string', default: '9' },
    keep: { type: 'string' },
  },
});
const [runs, params, metrics, points] = [values.runs, values.params, values.metrics, values.points].map(Number);
const size = { runs: runs ?? 0, params: params ?? 0, metrics: metrics ?? 0, points: points ?? 0 };
const brushes = Number(values.brushes);

await buildWhereNeeded();
const folder = mkdtempSync(join(tmpdir(), 'retrial-bench-page-'));
const file = values.keep === undefined ? join(folder, 'page.html') : resolve(values.keep);
try {
  writeFileSync(file, await comparisonHtml(comparisonOf(size)));
  const browser = await launchChromium();
  const page = await openPage(browser, file);
  const { paintedMs, drawnMs } = await loadTimes(page);
  console.log(
    `${size.runs} runs × ${size.params} params × ${size.metrics} metrics, 2 curves of ${size.points} points\n`,
  );
  console.log('| | median | limit |\n|---|---|---|');
  row('page', `${(statSync(file).size / 1e6).toFixed(1)} MB`, '20 MB');
  row('first contentful paint', `${(paintedMs / 1000).toFixed(2)} s`, '2 s');
  row('all panels drawn', `${(drawnMs / 1000).toFixed(2)} s`, '');
  timesOf('a brush', await brushTimes(page, brushes));
  timesOf('a filter by text', await typingTimes(page, brushes));
  await browser.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function row(...cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

/** The first frame that has the answer, and when nothing of it is left to be done. */
function timesOf(what: string, times: readonly Wait[]): void {
  const ms = (of: readonly number[]) => `${median(of).toFixed(0)} ms (${Math.min(...of).toFixed(0)} at best)`;
  row(`${what}, until painted`, ms(times.map(({ paintedMs }) => paintedMs)), '100 ms');
  row(`${what}, until nothing is left to do`, ms(times.map(({ quietMs }) => quietMs)), '');
  row(`${what}, CPU time of the page`, ms(times.map(({ cpuMs }) => cpuMs)), '');
}

function median(of: readonly number[]): number {
  return of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? Number.NaN;
}
