/**
 * Do the baselines score what they have scored elsewhere?
 *
 *     RETRIAL_DATA_MIRROR=… npm run bench:baselines [-- --only slim]
 *
 * Trains each on the CFGAN authors' training part of MovieLens 100K and ranks on their test part: nothing is chosen here.
 * Prints the table; exits with 1 where a value is out of its band.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import type { ModelParams } from '../../stages/models/model.ts';
import { defaultParams, type Tree } from '../../test/helpers/default-params.ts';
import { type Row, rows } from './expected.ts';
import { loadSplit, type Scored, score } from './split.ts';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const { train, test } = await loadSplit(0);
const columns = [5, 10, 20].flatMap((k) => ['precision', 'recall', 'ndcg', 'mrr'].map((name) => `${name}@${k}`));

console.log(`| model | ${columns.join(' | ')} | train s | rank s |`);
console.log(`|---${'|---'.repeat(columns.length + 2)}|`);
const misses: string[] = [];
for (const row of rows.filter(({ title }) => title.includes(values.only))) {
  const scored = await score(paramsOf(row), { train, truth: test }, 1);
  console.log(tableRow(row, scored));
  misses.push(...missesOf(row, scored));
}
for (const miss of misses) console.error(miss);
if (misses.length > 0) process.exitCode = 1;

function paramsOf({ overlays, model = {} }: Row): ModelParams {
  const trees = overlays.map((name) => parse(readFileSync(`configs/${name}.yaml`, 'utf8')) as Tree);
  return defaultParams(...trees, { model }).model as ModelParams;
}

function tableRow({ title }: Row, { means, trainSeconds, scoreSeconds }: Scored): string {
  const scores = columns.map((name) => (means[name] as number).toFixed(4).replace(/^0/, ''));
  return `| ${[title, ...scores, trainSeconds.toFixed(1), scoreSeconds.toFixed(1)].join(' | ')} |`;
}

function missesOf({ title, expected, tolerance, above }: Row, { means }: Scored): string[] {
  return Object.entries(expected).flatMap(([name, wanted]) => {
    const found = means[name] ?? Number.NaN;
    const fits = found >= wanted - tolerance && (above || found <= wanted + tolerance);
    return fits ? [] : [`${title}: ${name} is ${found.toFixed(4)}, expected ${wanted} ± ${tolerance}`];
  });
}
