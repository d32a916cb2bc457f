/** A pipeline whose stages report curves, and the real sweep run on it; what ran is noted outside of the store. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
    cmd: python3 train.py \${params.x} \${params.mode} \${params.gate} \${params.seed} \${outs.model}
    code: [train.py]
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
  'train.py': `import json, os, random, sys, time
x, mode, gate, seed = float(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
def note(what):
    with open('ran.txt', 'a') as ran: ran.write(f'{what} {x:g} {mode} {seed}\\n')
note('train')
if mode == 'broken' and not os.path.exists('mended'): sys.exit(3)
if mode == 'wrong': sys.exit(65)
if mode == 'killed' and not os.path.exists('mended'): os.kill(os.getpid(), 9)
kept = os.path.join(os.environ['RETRIAL_CHECKPOINT'], 'step')
first = int(open(kept).read()) + 1 if os.path.exists(kept) else 1
if first > 1: note(f'resume{first}')
noise = random.Random(seed).gauss(0, 0.1) + random.Random(f'{seed} {x}').gauss(0, 0.001)
with open(os.environ['RETRIAL_METRICS'], 'a') as metrics:
    for step in range(1, 10):
        loss = x + 1 / step + noise
        metrics.write(json.dumps({'step': step, 'loss': loss}) + '\\n'); metrics.flush()
        if step < first: continue  # reported again, as shipped stages do
        with open(kept + '.new', 'w') as new: new.write(str(step))
        os.rename(kept + '.new', kept)
        if step == gate:
            note('gate')
            while not os.path.exists('go'): time.sleep(0.02)
open(sys.argv[5], "w").write(str(loss))
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

export function sweepRig(changes: Changes = {}, files: Readonly<Record<string, string>> = {}): SweepRig {
  const on = rig({ ...pipeline, ...files, 'sweep.yaml': sweepText(changes) });
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
