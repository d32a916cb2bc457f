/**
 * What a study that is over came to, as tables:
 *
 *     npx tsx bench/published-study/tables.ts study          its final runs, and against the best of them
 *     npx tsx bench/published-study/tables.ts study --costs  what each arm's search took
 */
import { parseArgs } from 'node:util';
import { type FinalRun, readFinals, records, retrial } from './finals.ts';

interface Finalists {
  readonly rows: readonly {
    readonly trial: number;
    readonly mean: number;
    readonly interval: readonly [number, number] | null;
    readonly means: Readonly<Record<string, number>>;
    readonly against: {
      readonly difference: number;
      readonly holm: number | null;
      readonly interval: readonly [number, number] | null;
    } | null;
  }[];
}
const columns = ['precision@5', 'ndcg@5', 'recall@20', 'ndcg@20'];

const { positionals, values } = parseArgs({ allowPositionals: true, options: { costs: { type: 'boolean' } } });
const study = (positionals[0] ?? 'study') as keyof typeof records;
if (values.costs) await costs();
else await finals();

async function finals(): Promise<void> {
  const { finalists } = await retrial<{ finalists: Finalists }>(['compare', study, '--finals']).then((found) =>
    'rows' in (found as object) ? { finalists: found as unknown as Finalists } : found,
  );
  const arms = new Map(readFinals(records[study]).map(({ trial, arm }: FinalRun) => [trial, arm]));
  console.log(row('arm', 'NDCG@10', 'P@5', 'NDCG@5', 'R@20', 'NDCG@20', 'NDCG@10 less the best’s', 'p (Holm)'));
  console.log(`|${'---|'.repeat(8)}`);
  for (const { trial, mean, interval, means, against } of finalists.rows)
    console.log(
      row(
        arms.get(trial) ?? String(trial),
        `${brief(mean)} [${(interval ?? []).map(brief).join(', ')}]`,
        ...columns.map((name) => brief(means[`evaluate.${name}`] ?? Number.NaN)),
        against === null ? '' : `${signed(against.difference)} [${(against.interval ?? []).map(signed).join(', ')}]`,
        against?.holm == null ? '' : against.holm < 0.001 ? '< .001' : brief(against.holm).slice(0, 4),
      ),
    );
}

async function costs(): Promise<void> {
  const name = (param: string) => `params ->> '$."model.${param}"'`;
  const rows = await retrial<Record<string, string | number | null>[]>([
    'query',
    `SELECT ${['name', 'loss', 'orientation', 'discriminator'].map((param) => `${name(param)} AS ${param}`).join(', ')},
       count(*) AS trials, sum(state = 'pruned') AS pruned, sum(steps) AS steps, round(sum(seconds)) AS seconds,
       max(CASE WHEN state = 'complete' THEN value END) AS best
     FROM trials WHERE study = '${study}' GROUP BY 1, 2, 3, 4 ORDER BY best DESC`,
  ]);
  console.log(row('arm', 'trials', 'pruned', 'rounds or steps', 'seconds', 'best NDCG@10 on validation'));
  console.log(`|${'---|'.repeat(6)}`);
  for (const { trials, pruned, steps, seconds, best, ...arm } of rows)
    console.log(
      row(
        Object.values(arm)
          .filter((part) => part !== null)
          .join(' '),
        ...[trials, pruned, steps ?? '', seconds].map(String),
        brief(Number(best)),
      ),
    );
}

/** .4321; values here are below 1. */
function brief(value: number): string {
  return value.toFixed(4).replace(/^0/, '');
}

function signed(value: number): string {
  return value.toFixed(4).replace(/^(-?)0/, '$1');
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
