/** A pipeline whose stages report curves, and the real sweep run on it; what ran is noted outside of the store. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEvent } from '../../src/events.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { type StudyState, studyReader } from '../../src/sweep/study-state.ts';
import { type Outcome, type Rig, rig } from './rig.ts';

/**
 * `train` reports nine steps of a loss: `x` + 1/step + what its seed adds, to every x nearly the same; `wait` of a step is until there is a file `go`.
 * It keeps the step it has got to in its
 * checkpoint, and goes on from there. `score` is the negative of the last loss; `test` is held out.
 */
const pipeline = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  train:
    cmd: sh train.sh \${params.x} \${params.mode} \${params.gate} \${params.seed} \${outs.model}
    code: [train.sh]
    outs: { model: model.txt }
    series: { loss: { goal: minimize } }
  score:
    cmd: sh score.sh \${deps.model} > \${outs.scores}
    code: [score.sh]
    deps: { model: "\${train.model}" }
    metrics: { scores: { path: scores.json, goal: maximize } }
  test:
    cmd: echo "test" >> ran.txt; cp \${deps.scores} \${outs.final}
    holdout: true
    deps: { scores: "\${score.scores}" }
    metrics: { final: { path: final.json, goal: maximize } }
`,
  'params.yaml': 'x: 1.0\nmode: plain\ngate: 0\nseed: 1\n',
  // A shell starts in a fiftieth of the time of Python, and there are hundreds of these.
  'train.sh': `x=$1 mode=$2 gate=$3 seed=$4 step=0 first=1 kept=$RETRIAL_CHECKPOINT/step
note() { printf '%s %g %s %s\\n' "$1" "$x" "$mode" "$seed" >> ran.txt; }
note train
[ "$mode" = broken ] && [ ! -e mended ] && exit 3
[ "$mode" = wrong ] && exit 65
[ "$mode" = killed ] && [ ! -e mended ] && kill -9 $$
[ -e "$kept" ] && { read -r step < "$kept"; first=$((step + 1)) step=0; note resume$first; }
for loss in $(awk -v x="$x" -v seed="$seed" 'BEGIN {
  for (step = 1; step < 10; step++)
    printf "%.15g ", x + 1 / step + 0.1 * sin(seed) + 0.001 * sin(2 * seed + 100000 * x)
}'); do
  step=$((step + 1))
  echo "{\\"step\\": $step, \\"loss\\": $loss}" >> "$RETRIAL_METRICS"
  [ $step -lt $first ] && continue # reported again, as shipped stages do
  echo $step > "$kept.new"; mv "$kept.new" "$kept"
  [ $step = "$gate" ] && { note gate; until [ -e go ]; do sleep 0.02; done; }
done
echo "$loss" > "$5"
`,
  'score.sh': 'echo "{\\"value\\": -$(cat "$1"), \\"cost\\": $(cat "$1")}"\n',
};

export type Changes = Readonly<Record<string, string>>;

export function sweepText(changes: Changes = {}): string {
  return Object.entries({
    version: '1',
    name: 's',
    until: 'score',
    metric: '{ name: score.value, goal: maximize }',
    parameters: '{ x: { values: [3, 1, 2, 4] } }',
    ...changes,
  })
    .map(([key, value]) => (value === '' ? '' : `${key}: ${value}\n`))
    .join('');
}

export interface SweepRig extends Rig {
  /** One worker, as JSON. */
  sweep(...args: string[]): Promise<Swept>;
  change(changes: Changes): void;
  /** Lines of what the stages noted that begin so. */
  ran(word: string): string[];
  state(name?: string): Promise<StudyState>;
}

export interface Swept extends Outcome {
  readonly json: {
    readonly states: Readonly<Record<string, number>>;
    readonly best: { readonly trial: number; readonly value: number } | null;
    readonly mixed?: boolean;
    readonly front?: readonly number[];
    readonly finalists?: {
      readonly surpassed: readonly { readonly trial: number; readonly finalists: readonly number[] }[];
    };
    readonly trials: readonly {
      readonly trial: number;
      readonly state: string;
      readonly value: number | null;
      readonly params: Readonly<Record<string, unknown>>;
      readonly runs: readonly string[];
      readonly reason?: string;
      readonly step?: number;
      readonly cost?: { readonly seconds: number; readonly steps?: number };
      readonly replicates?: readonly (readonly number[])[];
    }[];
    readonly finals?: readonly {
      readonly trial: number;
      readonly replicate: number;
      readonly run: string | null;
      readonly metrics: Readonly<Record<string, number>>;
      readonly reason?: string;
    }[];
  };
}

/** @param onEnd as of {@link rig}: `afterAll` where several tests share it */
export function sweepRig(
  changes: Changes = {},
  files: Readonly<Record<string, string>> = {},
  ...onEnd: [((remove: () => void) => void)?]
): SweepRig {
  const on = rig({ ...pipeline, ...files, 'sweep.yaml': sweepText(changes) }, ...onEnd);
  return {
    ...on,
    sweep: async (...args) => {
      const outcome = await on.retrial('sweep', 'sweep.yaml', '--workers', '1', '--json', ...args);
      return { ...outcome, json: outcome.stdout === '' ? undefined : JSON.parse(outcome.stdout) } as Swept;
    },
    change: (more) => on.write({ 'sweep.yaml': sweepText({ ...changes, ...more }) }),
    ran: (word) => linesOf(on).filter((line) => line.startsWith(word)),
    state: (name = 's') => studyReader(journalsOf(on, name)).read(),
  };
}

function linesOf(on: Rig): string[] {
  try {
    return on.read('ran.txt').trim().split('\n');
  } catch {
    return []; // nothing has run
  }
}

function journalsOf(on: Rig, name: string): string {
  return layoutOf(on.path('runs')).study(name).journals;
}

/** Every event on record of a study, in any order. */
export function eventsOf(on: Rig, name = 's'): JournalEvent[] {
  const folder = journalsOf(on, name);
  if (!existsSync(folder)) return []; // killed before it said anything
  const files = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
  const lines = files.flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'));
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as JournalEvent);
}

/** Changes what the record says. */
export function tamper(on: Rig, change: (event: JournalEvent) => JournalEvent, name = 's'): void {
  const folder = journalsOf(on, name);
  for (const file of readdirSync(folder).filter((one) => one.endsWith('.jsonl'))) {
    const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n');
    const changed = lines.map((line) => JSON.stringify(change(JSON.parse(line) as JournalEvent)));
    writeFileSync(join(folder, file), changed.map((line) => `${line}\n`).join(''));
  }
}

/** What a study came to, without what differs from one time to the next. */
export function outcomeOf({ trials }: StudyState) {
  return [...trials.values()]
    .sort((a, b) => a.number - b.number)
    .map(({ number, asked, told, curves }) => ({
      ...{ number, params: asked?.params, state: told?.state, value: told?.value, step: told?.step },
      steps: curves.map((curve) => curve.map(({ step, value }) => [step, value])),
    }));
}
