/**
 * Puts the final runs of the study on record, once it is over:
 *
 *     npx tsx bench/published-study/record.ts study    > docs/study/finals.jsonl
 *     npx tsx bench/published-study/record.ts study-2  > docs/study/finals-2.jsonl
 */
import { parseArgs } from 'node:util';
import { type FinalRun, metricsOf, outputsOf, retrial, type ShownRun } from './finals.ts';

interface Swept {
  readonly trials: readonly { readonly trial: number; readonly params: Readonly<Record<string, unknown>> }[];
  readonly finals?: readonly { readonly trial: number; readonly run: string | null }[];
}
const armParams = ['model.name', 'model.loss', 'model.orientation', 'model.discriminator'];
/** What `final:` of sweeps/study.yaml changes, and the study's own split. */
const changed = [
  ...['split.validation', 'model.validate_every', 'model.keep', 'model.patience', 'model.rounds', 'seed'],
  ...['data.source', 'split.method', 'split.seed'],
];

const {
  positionals: [study = 'study', ...overrides],
} = parseArgs({ allowPositionals: true });
const { trials, finals = [] } = await retrial<Swept>(['sweep', 'sweeps/study.yaml', '--name', study, ...overrides]);
const points = new Map(trials.map(({ trial, params }) => [trial, params]));
for (const { trial, run } of finals) {
  if (run === null) throw new Error(`a final run of trial ${trial} failed`);
  const point = points.get(trial) ?? {};
  const shown = await retrial<ShownRun>(['show', run]);
  const set = [...Object.keys(point), ...changed].map((name) => [name, valueAt(shown.params, name)] as const);
  const line: FinalRun = {
    arm: armParams.flatMap((name) => (name in point ? [String(point[name])] : [])).join(' '),
    ...{ trial, config: shown.configHash, set: Object.fromEntries(set) },
    ...{ metrics: metricsOf(shown), outputs: outputsOf(shown) },
  };
  console.log(JSON.stringify(line));
}

function valueAt(params: Readonly<Record<string, unknown>>, name: string): unknown {
  return name.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], params);
}
