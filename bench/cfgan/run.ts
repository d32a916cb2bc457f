/**
 * CFGAN as published, on its authors' own split, through the shipped pipeline: what is known is not run again, so that a
 * killed run goes on.
 *
 *     RETRIAL_DATA_MIRROR=… npx tsx bench/cfgan/run.ts [--seeds 1,2,3,4,5] [--arms separate,shared,autoencoder] [--workers 2] [--rounds 190]
 *
 * Prints a line a seed, then means with 95 % t intervals beside what the authors' own code gives over 30 runs (Pérez
 * Maurera, Ferrari Dacrema and Cremonesi, ECIR 2022, supplement, tables 1 and 2). Exits with 1 where the mean of `separate` or `shared` is
 * further from theirs than one of their standard deviations.
 */
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { tInterval } from './t-interval.ts';

const arms: Readonly<Record<string, readonly string[]>> = {
  separate: [],
  shared: ['--set', 'model.negatives=shared'],
  autoencoder: ['-c', 'configs/autoencoder.yaml'],
};
/** Mean and standard deviation over 30 runs of the authors' code. */
const published = {
  'precision@5': [0.4244, 0.0064],
  'ndcg@5': [0.4588, 0.0062],
  'precision@20': [0.2851, 0.0025],
  'ndcg@20': [0.4207, 0.0048],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;
const gated: readonly (keyof typeof published)[] = ['precision@5', 'ndcg@5', 'ndcg@20'];
const metrics = Object.keys(published) as (keyof typeof published)[];

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3,4,5' },
    arms: { type: 'string', default: 'separate,shared,autoencoder' },
    workers: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '250' },
  },
});
const wanted = values.arms.split(',');
for (const arm of wanted) if (!Object.hasOwn(arms, arm)) throw new Error(`there is no arm ${arm}`);

interface Trained {
  readonly arm: string;
  readonly seed: number;
  readonly scores: Readonly<Record<string, number>>;
}

const todo = wanted.flatMap((arm) => values.seeds.split(',').map((seed) => ({ arm, seed: Number(seed) })));
const done: Trained[] = [];
console.log(['arm', 'seed', 'config', 'train s', ...metrics].join('\t'));
await Promise.all(Array.from({ length: Number(values.workers) }, work));
summarise();

async function work(): Promise<void> {
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    const { arm, seed } = next;
    const args = [
      ...['run', 'evaluate', '-c', 'configs/cfgan-ml100k.yaml', '-c', 'configs/cfgan.yaml'],
      ...['--set', 'split.validation=0', '--set', `model.rounds=${values.rounds}`],
      ...(arms[arm] ?? []),
      '--set',
      `seed=${seed}`,
      '--json',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, ['bin/retrial.js', ...args], { maxBuffer: 1 << 28 });
    const run = JSON.parse(stdout);
    const scores = Object.fromEntries(metrics.map((name) => [name, run.metrics[`evaluate.${name}`] as number]));
    const train = run.stages.find(({ name }: { name: string }) => name === 'train');
    const seconds = train.outcome === 'ran' ? (train.durationMs / 1000).toFixed(0) : train.outcome;
    console.log(
      [arm, seed, run.configHash.slice(0, 12), seconds, ...metrics.map((name) => scores[name]?.toFixed(4))].join('\t'),
    );
    done.push({ arm, seed, scores });
  }
}

function summarise(): void {
  console.log(`\n| | ${metrics.join(' | ')} |\n|---|${metrics.map(() => '---|').join('')}`);
  for (const arm of wanted) {
    const cells = metrics.map((name) => {
      const { mean, half } = tInterval(scoresOf(arm, name));
      return Number.isNaN(half) ? mean.toFixed(4) : `${mean.toFixed(4)} ± ${half.toFixed(4)}`; // one seed has no interval
    });
    console.log(`| ${arm}, ${scoresOf(arm, 'ndcg@5').length} seeds | ${cells.join(' | ')} |`);
  }
  const theirs = metrics.map((name) => `${published[name][0]}, σ ${published[name][1]}`);
  console.log(`| the authors' code, 30 runs | ${theirs.join(' | ')} |`);
  for (const arm of wanted.filter((arm) => arm !== 'autoencoder'))
    for (const name of gated) {
      const [mean, deviation] = published[name];
      const own = tInterval(scoresOf(arm, name)).mean;
      if (Math.abs(own - mean) <= deviation) continue;
      console.log(`${arm}: ${name} ${own.toFixed(4)} is outside ${mean} ± ${deviation}`);
      process.exitCode = 1;
    }
}

function scoresOf(arm: string, name: string): number[] {
  return done.filter((one) => one.arm === arm).map(({ scores }) => scores[name] as number);
}
