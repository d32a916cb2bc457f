/**
 * The tables of docs/study.md, from a study that is over:
 *
 *     npx tsx bench/published-study/tables.ts study          its final runs, and against the best of them
 *     npx tsx bench/published-study/tables.ts study --pairs  CFGAN's losses and its autoencoder, two by two
 *     npx tsx bench/published-study/tables.ts study --seeds  how far the seeds of each arm lie apart
 *     npx tsx bench/published-study/tables.ts study --costs  what each arm's search took
 */
import { parseArgs } from 'node:util';
import { holm } from '../../src/statistics/holm.ts';
import { type FinalRun, readFinals, records, retrial } from './finals.ts';

interface Difference {
  readonly difference: number;
  readonly p: number | null;
  readonly holm: number | null;
  readonly interval: readonly [number, number] | null;
}
interface Finalist {
  readonly trial: number;
  readonly mean: number;
  readonly interval: readonly [number, number] | null;
  readonly means: Readonly<Record<string, number>>;
  readonly values: readonly { readonly value: number }[];
  readonly against: Difference | null;
}
const columns = ['precision@5', 'ndcg@5', 'recall@20', 'ndcg@20'];

const tables = { finals, pairs, seeds, costs };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { pairs: { type: 'boolean' }, seeds: { type: 'boolean' }, costs: { type: 'boolean' } },
});
const study = (positionals[0] ?? 'study') as keyof typeof records;
await tables[(Object.keys(values)[0] ?? 'finals') as keyof typeof tables]();

/** Best first. */
async function finalists(...args: readonly string[]): Promise<readonly Finalist[]> {
  return (await retrial<{ rows: readonly Finalist[] }>(['compare', study, '--finals', ...args])).rows;
}

function armsByTrial(): ReadonlyMap<number, string> {
  return new Map(readFinals(records[study]).map(({ trial, arm }: FinalRun) => [trial, arm]));
}

async function finals(): Promise<void> {
  const arms = armsByTrial();
  head('arm', 'NDCG@10', 'P@5', 'NDCG@5', 'R@20', 'NDCG@20', 'NDCG@10 less the best’s', 'p (Holm)');
  for (const { trial, mean, interval, means, against } of await finalists())
    console.log(
      row(
        arms.get(trial) ?? String(trial),
        `${brief(mean)} ${spanOf(interval, brief)}`,
        ...columns.map((name) => brief(means[`evaluate.${name}`] ?? Number.NaN)),
        against === null ? '' : differenceOf(against),
        against === null ? '' : chance(against.holm),
      ),
    );
}

/** Each against the one after it, on users' and on items' vectors; p after Holm's correction over all of these. */
async function pairs(): Promise<void> {
  const losses = ['wgan-gp', 'wgan', 'vanilla', 'autoencoder'];
  const trials = new Map([...armsByTrial()].map(([trial, arm]) => [arm, trial]));
  const found: { readonly words: string; readonly against: Difference }[] = [];
  for (const orientation of ['user', 'item'])
    for (const [at, second] of losses.entries()) {
      const among = await finalists('--baseline', `trial ${trials.get(`cfgan ${second} ${orientation}`)}`);
      for (const first of losses.slice(0, at)) {
        const one = among.find(({ trial }) => trial === trials.get(`cfgan ${first} ${orientation}`));
        if (one?.against) found.push({ words: `${first} less ${second}, ${orientation}`, against: one.against });
      }
    }
  const corrected = holm(found.map(({ against }) => against.p ?? Number.NaN));
  head('pair', 'NDCG@10', 'p', `Holm over ${found.length}`);
  for (const [at, { words, against }] of found.entries())
    console.log(row(words, differenceOf(against), chance(against.p), chance(corrected[at] ?? null)));
}

async function seeds(): Promise<void> {
  const arms = armsByTrial();
  head('arm', 'NDCG@10 by seed', 'standard deviation', 'furthest apart');
  for (const { trial, mean, values: of } of await finalists()) {
    const all = of.map(({ value }) => value);
    const deviation = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (all.length - 1));
    const apart = Math.max(...all) - Math.min(...all);
    console.log(row(arms.get(trial) ?? '', all.map(brief).join(' '), ...[deviation, apart].map(brief)));
  }
}

/** Updates of a trial that was pruned are counted by its rounds: a round has as many as in the trials that ended. */
async function costs(): Promise<void> {
  const param = (name: string) => `params ->> '$."model.${name}"'`;
  const armNames = ['name', 'loss', 'orientation', 'discriminator'];
  const rows = await retrial<Record<string, string | number | null>[]>([
    'query',
    `WITH rounds AS (
       SELECT ${param('orientation')} AS orientation, max(value / steps) AS updates
       FROM (SELECT t.params, t.steps, m.value FROM trials t JOIN run_metrics m ON m.config_hash = t.runs ->> 0
             WHERE t.study = '${study}' AND m.name = 'train.generator_updates') GROUP BY 1)
     SELECT ${armNames.map((name) => `${param(name)} AS ${name}`).join(', ')},
       count(*) AS trials, sum(state = 'pruned') AS pruned, sum(steps) AS steps,
       sum(steps * updates) AS generator,
       sum(steps * updates * CASE WHEN loss = 'autoencoder' THEN 0 ELSE coalesce(${param('critic_steps')}, 1) END) AS critic,
       round(sum(seconds)) AS seconds, max(CASE WHEN state = 'complete' THEN value END) AS best
     FROM (SELECT *, ${param('loss')} AS loss FROM trials WHERE study = '${study}')
     LEFT JOIN rounds ON rounds.orientation = ${param('orientation')}
     GROUP BY 1, 2, 3, 4 ORDER BY best DESC`,
  ]);
  head(
    'arm',
    'trials',
    'pruned',
    'rounds',
    'updates of the generator',
    'of the discriminator',
    'seconds',
    'best on validation',
  );
  for (const { trials, pruned, steps, generator, critic, seconds, best, ...arm } of rows) {
    const words = Object.values(arm).filter((part) => part !== null);
    const counts = [trials, pruned, steps, generator, critic, seconds].map(
      (count) => count?.toLocaleString('en') ?? '',
    );
    console.log(row(words.join(' '), ...counts, brief(Number(best))));
  }
}

/** .4321; values here are below 1. */
function brief(value: number): string {
  return value.toFixed(4).replace(/^0/, '');
}

function signed(value: number): string {
  return value
    .toFixed(4)
    .replace(/^(-?)0/, '$1')
    .replace('-', '−');
}

function spanOf(interval: readonly [number, number] | null, words: (value: number) => string): string {
  return interval === null ? '' : `[${interval.map(words).join(', ')}]`;
}

function differenceOf({ difference, interval }: Difference): string {
  return `${signed(difference)} ${spanOf(interval, signed)}`;
}

function chance(p: number | null): string {
  if (p === null) return '';
  return p < 0.001 ? '< .001' : p.toFixed(3).replace(/^0/, '');
}

function head(...cells: readonly string[]): void {
  console.log(row(...cells));
  console.log(`|${'---|'.repeat(cells.length)}`);
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
