/** One cell of scale.ts in a process of its own: `scale-cell.ts WORKERS TRIALS SAMPLER`; prints what it measured as JSON. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layoutOf } from '../../src/store/layout.ts';
import { beginStudy } from '../../src/sweep/begin-study.ts';
import { searchIdentity } from '../../src/sweep/definition.ts';
import { leaderboard } from '../../src/sweep/leaderboard.ts';
import { definitionOf } from '../../src/sweep/library/options.ts';
import { categorical, float, int } from '../../src/sweep/library/parameters.ts';
import { openStudy, type Study } from '../../src/sweep/study.ts';
import { countOperations, type FileOperations } from '../../test/helpers/file-operations.ts';
import { playedWorkers } from './played-workers.ts';
import { seenOf } from './seen-of.ts';

export interface Cost {
  readonly operations: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly ms: number;
}

export interface Cell {
  readonly workers: number;
  readonly trials: number;
  readonly sampler: string;
  /** Opening the study. */
  readonly start: Cost;
  /** Asking for a trial and telling it, in the mean. */
  readonly ask: Cost;
  /** A look at what the others said in a sixteenth of a trial's time, which one of them has for all. */
  readonly gather: Cost;
  readonly heapMb: number;
  readonly journalMb: number;
  readonly leaderboardMs: number;
}

/** So long a trial takes, by a clock that runs as fast as it is told. */
const trialMs = 60_000;
/** How often in that time some other worker reads. */
const slices = 16;

const [, , workersText = '1', trialsText = '1000', sampler = 'random', asksText = '1'] = process.argv;
const [workers, trials, asks] = [workersText, trialsText, asksText].map(Number) as [number, number, number];
const real = performance.now.bind(performance);
// Clocks stand but for what is told to them: what is counted does not depend on how busy this machine is.
let skippedMs = 0;
const begunAt = Date.now();
performance.now = () => skippedMs;
Date.now = () => begunAt + skippedMs;

const runs = mkdtempSync(join(tmpdir(), 'retrial-bench-scale-'));
process.on('exit', () => rmSync(runs, { recursive: true, force: true }));
const layout = layoutOf(runs);
const definition = definitionOf({
  ...{ name: 'scale', direction: 'minimize', runs, trials: 10 * (trials + workers) },
  space: {
    'model.learning_rate': float(1e-5, 1, { log: true }),
    'model.dropout': float(0, 0.9),
    'model.width': int(8, 512),
    'model.depth': int(1, 8),
    'model.loss': categorical(['vanilla', 'wgan', 'wgan-gp']),
    'model.weight_decay': float(0, 0.1),
  },
  sampler: { type: sampler as 'random', seed: 1 },
});
await beginStudy(definition, { identity: searchIdentity(definition), given: {} }, layout);
const { journals, trial: claimsOf } = layout.study(definition.name);
const others = playedWorkers({
  definition,
  journals,
  claimsOf,
  workers: Math.max(1, workers - 1),
  told: trials,
  seenOf,
});
const start = await costOf(async () => openStudy(definition, layout));
const study = start.result;
const scribe = await openStudy(definition, layout);
const gathered: Cost[] = [];
const asked: Cost[] = [];
for (let at = 0; at < asks; at++) {
  await otherRound(scribe);
  asked.push(costIn(await costOf(() => askAndTell(study))));
}
const state = await study.state();
const boardMs = real();
leaderboard(definition, state);
const leaderboardMs = real() - boardMs;
globalThis.gc?.();
const cell: Cell = {
  ...{ workers, trials, sampler, start: costIn(start), ask: mean(asked), gather: mean(gathered), leaderboardMs },
  heapMb: Math.round(process.memoryUsage().heapUsed / 2 / 1e6), // two workers are in this process
  journalMb: others.bytes / 1e6,
};
process.stdout.write(JSON.stringify(cell));
process.exit(0);

/** Each of the others tells its trial and asks for another, within the time of one; one of them looks now and then. */
async function otherRound(scribe: Study): Promise<void> {
  for (let slice = 0; slice < slices; slice++) {
    if (workers > 1) others.play(Math.ceil((workers - 1) / slices));
    skippedMs += trialMs / slices + 1; // news is gathered anew after a sixteenth
    gathered.push(costIn(await costOf(() => scribe.state())));
  }
}

function mean(costs: readonly Cost[]): Cost {
  const sum = (part: (cost: Cost) => number) => costs.reduce((all, cost) => all + part(cost), 0) / costs.length;
  const kinds = [...new Set(costs.flatMap((cost) => Object.keys(cost.kinds)))];
  return {
    ...{ operations: sum((cost) => cost.operations), bytes: sum((cost) => cost.bytes), ms: sum((cost) => cost.ms) },
    kinds: Object.fromEntries(kinds.map((kind) => [kind, sum((cost) => cost.kinds[kind] ?? 0)])),
  };
}

async function askAndTell(of: Study): Promise<void> {
  const trial = await of.ask();
  if (typeof trial === 'string') throw new Error(`no trial: ${trial}`);
  await trial.tell({ state: 'complete', runs: [], value: 1, replicates: [[1]] });
}

async function costOf<T>(
  work: () => Promise<T>,
): Promise<FileOperations & { readonly result: T; readonly ms: number }> {
  const startMs = real();
  const counted = await countOperations(runs, work);
  return { ...counted, ms: real() - startMs };
}

function costIn({ total, counts, bytesRead, ms }: FileOperations & { readonly ms: number }): Cost {
  return { operations: total, kinds: Object.fromEntries(counts), bytes: bytesRead, ms };
}
