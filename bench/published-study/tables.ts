/**
 * The tables of docs/study.md, from a study that is over:
 *
 *     npx tsx bench/published-study/tables.ts study          its final runs, and against the best of them
 *     npx tsx bench/published-study/tables.ts study --pairs  CFGAN's losses and its autoencoder, two by two
 *     npx tsx bench/published-study/tables.ts study --seeds  how far the seeds of each arm lie apart
 *     npx tsx bench/published-study/tables.ts study --costs  what each arm's search took
 */
import { parseArgs } from 'node:util';
import type { Against, Finalist } from '../../src/record/finalists.ts';
import { holm } from '../../src/statistics/holm.ts';
import { standardDeviationOf } from '../../src/statistics/moments.ts';
import { armName, retrial } from './finals.ts';

const columns = ['precision@5', 'ndcg@5', 'recall@20', 'ndcg@20'];

const tables = { finals, pairs, seeds, costs };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { pairs: { type: 'boolean' }, seeds: { type: 'boolean' }, costs: { type: 'boolean' } },
});
const [study = 'study'] = positionals;
await tables[(Object.keys(values)[0] ?? 'finals') as keyof typeof tables]();

/** Best first. Throws where there is no such study. */
async function finalists(...args: readonly string[]): Promise<readonly Finalist[]> {
  return (await retrial<{ rows: readonly Finalist[] }>(['compare', study, '--finals', ...args])).rows;
}

async function finals(): Promise<void> {
  head('arm', 'NDCG@10', 'P@5', 'NDCG@5', 'R@20', 'NDCG@20', 'NDCG@10 less the best’s', 'p (Holm)');
  for (const { arm, mean, interval, means, against } of await finalists())
    console.log(
      row(
        armName(arm),
        `${brief(mean ?? Number.NaN)} ${spanOf(interval, brief)}`,
        ...columns.map((name) => brief(means[`evaluate.${name}`] ?? Number.NaN)),
        against === null ? '' : differenceOf(against),
        against === null ? '' : chance(against.holm),
      ),
    );
}

/** Every two of them, on users' and on items' vectors; p after Holm's correction over all of these that were tested. */
async function pairs(): Promise<void> {
  const losses = ['wgan-gp', 'wgan', 'vanilla', 'autoencoder'];
  const trials = new Map((await finalists()).map(({ arm, trial }) => [armName(arm), trial]));
  const found: { readonly words: string; readonly against: Against }[] = [];
  for (const orientation of ['user', 'item'])
    for (const [at, second] of losses.entries()) {
      const baseline = trials.get(`cfgan ${second} ${orientation}`);
      if (baseline === undefined) throw new Error(`${study} has no final runs of cfgan ${second} ${orientation}`);
      const among = await finalists('--baseline', String(baseline));
      for (const first of losses.slice(0, at)) {
        const one = among.find(({ arm }) => armName(arm) === `cfgan ${first} ${orientation}`);
        if (one?.against) found.push({ words: `${first} less ${second}, ${orientation}`, against: one.against });
      }
    }
  const corrected = holm(found.flatMap(({ against: { p } }) => p ?? []));
  head('pair', 'NDCG@10', 'p', `Holm over ${corrected.length}`);
  for (const { words, against } of found)
    console.log(
      row(words, differenceOf(against), chance(against.p), against.p === null ? '' : chance(corrected.shift() ?? null)),
    );
}

async function seeds(): Promise<void> {
  head('arm', 'NDCG@10 by seed', 'standard deviation', 'furthest apart');
  for (const { arm, values: of } of await finalists()) {
    const all = of.flatMap(({ value }) => value ?? []);
    const apart = Math.max(...all) - Math.min(...all);
    const spread = all.length < 2 ? [] : [standardDeviationOf(all), apart];
    console.log(row(armName(arm), all.map(brief).join(' '), ...spread.map(brief)));
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
  if (rows.length === 0) throw new Error(`there is no study ${study}`);
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

function differenceOf({ difference, interval }: Against): string {
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
