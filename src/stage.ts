/**
 * For authors of stages in TypeScript. A leaf: it imports nothing of the engine, so that a change of the engine
 * reruns no stage; what is in a stage's key is {@link stageProtocol} and this file.
 *
 * Any language can do the same. The engine sets
 * - `RETRIAL_STAGE`: path of a JSON file with the fields of {@link StageDescription};
 * - `RETRIAL_METRICS`: a file to append JSON lines to. `{"step": 3, "g_loss": 0.1}` is a point of the series `g_loss`;
 *   `{"progress": {"done": 5, "total": 9, "unit": "MB"}}` moves the progress bar and is not kept;
 * - `RETRIAL_CHECKPOINT`: a folder that outlives a killed attempt of the same fingerprint.
 * SIGTERM means: stop; what is still running after the grace period is killed.
 */
import { appendFileSync, readFileSync } from 'node:fs';

export const stageProtocol = 1;

export interface StageDescription<Params = Readonly<Record<string, unknown>>> {
  readonly protocol: typeof stageProtocol;
  readonly stage: string;
  /** The params the stage names, as a tree: `params: [model]` gives `{"model": {…}}`. */
  readonly params: Params;
  /** Name → absolute path; of `${stage@*.output}` a list of them, in the order of the instances. Read only. */
  readonly deps: Readonly<Record<string, string | readonly string[]>>;
  /** Name → absolute path to write to; its folder exists, and so does an output declared with a trailing slash. */
  readonly outs: Readonly<Record<string, string>>;
  /** How many threads to use. */
  readonly cpus: number;
  /** Of an instance: its element of `foreach`, or its combination of `matrix`. */
  readonly item?: unknown;
}

export interface OpenStage<Params> extends StageDescription<Params> {
  /** Folder to keep checkpoints in. */
  readonly checkpoint: string;
  /** Appends one point to the live series. NaN and infinities are allowed, and shown as diverged. */
  report(point: { readonly step: number; readonly [series: string]: number }): void;
  progress(done: number, total?: number, unit?: string): void;
  /** Path of a dependency or output; throws with the declared names where `name` is not one, and for a list. */
  dep(name: string): string;
  /** Paths of a dependency that is a list; the one path of any other. */
  depList(name: string): readonly string[];
  out(name: string): string;
}

/** Reads what the engine says about this stage. Throws when not run by Retrial. */
export function openStage<Params = Readonly<Record<string, unknown>>>(): OpenStage<Params> {
  const path = process.env.RETRIAL_STAGE;
  if (path === undefined) throw new Error('RETRIAL_STAGE is not set: run this stage with `retrial run`');
  const description = JSON.parse(readFileSync(path, 'utf8')) as StageDescription<Params>;
  if (description.protocol !== stageProtocol)
    throw new Error(`stage protocol ${description.protocol} is not ${stageProtocol}: this file is of another Retrial`);
  const metrics = process.env.RETRIAL_METRICS;
  const append = (line: object) => {
    if (metrics !== undefined) appendFileSync(metrics, `${JSON.stringify(line, nonFinite)}\n`);
  };
  return {
    ...description,
    checkpoint: process.env.RETRIAL_CHECKPOINT ?? '',
    report: (point) => append(point),
    progress: (done, total, unit) => append({ progress: { done, total, unit } }),
    dep: (name) => onePath(named(description.deps, name, 'dependency'), name),
    depList: (name) => [named(description.deps, name, 'dependency')].flat(),
    out: (name) => named(description.outs, name, 'output'),
  };
}

function onePath(path: string | readonly string[], name: string): string {
  if (typeof path !== 'string') throw new Error(`dependency "${name}" is a list of paths: use depList`);
  return path;
}

function named<Path>(paths: Readonly<Record<string, Path>>, name: string, what: string): Path {
  const path = paths[name];
  if (path === undefined)
    throw new Error(`no ${what} "${name}" is declared; there are: ${Object.keys(paths).join(', ') || 'none'}`);
  return path;
}

/** JSON has no NaN; the engine reads these strings back as numbers. */
function nonFinite(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
