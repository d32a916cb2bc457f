/**
 * Puts the final runs of a study on record, once it is over, and the settings they were chosen for:
 *
 *     npx tsx bench/published-study/record.ts sweeps/study.yaml    > docs/study/finals.jsonl
 *     npx tsx bench/published-study/record.ts sweeps/study-2.yaml  > docs/study/finals-2.jsonl
 *
 * With `--settings FOLDER` it writes instead a params file for each arm, `cfgan-vanilla-item.yaml`, with what its best trial had.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import type { Finalists } from '../../src/record/finalists.ts';
import { armName, type FinalRun, metricsOf, outputsOf, retrial, type ShownRun } from './finals.ts';

type Params = Readonly<Record<string, unknown>>;
interface Finished {
  readonly trials: readonly { readonly trial: number; readonly params: Params }[];
  readonly finals: readonly { readonly trial: number; readonly run: string | null }[];
}
interface SweepFile {
  readonly name: string;
  readonly config: readonly string[];
  readonly final: { readonly set: Params; readonly best_step: Params };
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { settings: { type: 'string' } } });
const [file = 'sweeps/study.yaml'] = positionals;
const { name: study, config, final } = parse(readFileSync(file, 'utf8')) as SweepFile;
const { trials, finals } = await finished();
const points = new Map(trials.map(({ trial, params }) => [trial, params]));
if (values.settings === undefined) await writeRecord();
else writeSettings(values.settings);

/** From the record alone: a sweep would go on with a study that is not over. Throws where final runs are missing. */
async function finished(): Promise<Finished> {
  const { rows, without } = await retrial<Finalists>(['compare', study, '--finals']);
  if (without > 0 || rows.some(({ due }) => due > 0)) throw new Error(`final runs of ${study} are still to come`);
  const asked = await retrial<{ trial: number; params: string }[]>([
    'query',
    `SELECT trial, params FROM trials WHERE study = '${study}' ORDER BY trial`,
  ]);
  const trials = asked.map(({ trial, params }) => ({ trial, params: JSON.parse(params) as Params }));
  const finals = rows.flatMap(({ trial, values }) => values.map(({ run }) => ({ trial, run })));
  return { trials, finals: finals.sort((a, b) => a.trial - b.trial) };
}

async function writeRecord(): Promise<void> {
  for (const { trial, run } of finals) {
    if (run === null) throw new Error(`a final run of trial ${trial} failed`);
    const { overlay, ...point } = points.get(trial) ?? {};
    const shown = await retrial<ShownRun>(['show', run]);
    const names = [...Object.keys(point), ...Object.keys(final.set), ...Object.keys(final.best_step), 'seed'];
    const line: FinalRun = {
      ...{ arm: armName(points.get(trial) ?? {}), trial, config: shown.configHash },
      files: [...config, ...(typeof overlay === 'string' ? [overlay] : [])],
      set: Object.fromEntries([...new Set(names)].map((name) => [name, valueAt(shown.params, name)])),
      ...{ metrics: metricsOf(shown), outputs: outputsOf(shown) },
    };
    console.log(JSON.stringify(line));
  }
}

function writeSettings(folder: string): void {
  for (const trial of new Set(finals.map((one) => one.trial))) {
    const point = points.get(trial) ?? {};
    const about = `# The best of its trials in ${file} (docs/study.md).\n`;
    writeFileSync(join(folder, `${armName(point).replaceAll(' ', '-')}.yaml`), about + stringify(treeOf(point)));
  }
}

function treeOf(point: Params): Params {
  const tree: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(point)) {
    const keys = name.split('.');
    const last = keys.pop() ?? '';
    let at = tree;
    for (const key of keys) {
      at[key] ??= {};
      at = at[key] as Record<string, unknown>;
    }
    at[last] = value;
  }
  return tree;
}

function valueAt(params: Params, name: string): unknown {
  return name.split('.').reduce<unknown>((at, key) => (at as Params)[key], params);
}
