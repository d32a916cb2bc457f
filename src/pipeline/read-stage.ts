/** One stage of pipeline.yaml as a {@link Stage}: defaults filled in, references checked as far as one stage tells. */
import { posix } from 'node:path';
import { durationMs, sizeBytes } from './quantities.ts';
import { checkReferences, readCommand, references } from './read-command.ts';
import { type Groups, readDeps } from './read-deps.ts';
import { readOuts } from './read-outs.ts';
import type { StageFile } from './schema.ts';
import type { StageSource } from './stage-source.ts';
import { didYouMean } from './suggest.ts';
import type { Resources, Series, Stage } from './types.ts';

/** What is wrong with it is said to the source. */
export function readStage(source: StageSource, groups: Groups): Stage {
  const { name, group, item, written, file, at } = source;
  const deps = readDeps(source, groups);
  const outs = readOuts(source);
  const cmd = readCommand(source);
  checkReferences(cmd, deps, outs, source);
  const used = references(cmd).flatMap((reference) => (reference.kind === 'param' ? [reference.key] : []));
  const stage: Stage = {
    name,
    ...(group === undefined ? {} : { group }),
    ...(item === undefined ? {} : { item }),
    place: file.keyPlace(at()),
    ...(written.desc === undefined ? {} : { desc: written.desc }),
    ...{ cmd, deps, outs },
    params: [...new Set([...(written.params ?? []), ...used])].sort(),
    series: readSeries(written),
    holdout: written.holdout ?? false,
    ...readFolder(source),
    always: written.always ?? false,
    env: readEnv(source),
    code: written.code ?? [],
    runtime: (written.runtime ?? {}) as Record<string, string>,
    resources: readResources(source),
    ...readTimeout(source),
    retries: written.retries ?? 0,
  };
  checkComparable(stage, source);
  return stage;
}

function readFolder({ written: { cwd }, place, say }: StageSource): Pick<Stage, 'cwd'> {
  if (cwd === undefined) return {};
  const path = posix.normalize(cwd).replace(/\/$/, '');
  const leaves = posix.isAbsolute(path) || path.split('/')[0] === '..';
  if (leaves) say(`the working folder ${cwd} is not inside that of pipeline.yaml`, place('cwd'));
  return path === '.' ? {} : { cwd: { path, place: place('cwd') } };
}

/** The schema lets an item stand in a name, and what the item makes of it is known here. */
function readEnv({ written: { env = [] }, place, say }: StageSource): readonly string[] {
  for (const [index, name] of env.entries())
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) say(`${name} cannot be the name of a variable`, place('env', index));
  return env;
}

/** Timers count in 32 bits: a longer one would end the stage at once. */
const longestTimerMs = 2 ** 31 - 1;

function readTimeout({ written: { timeout }, place, say }: StageSource): { readonly timeoutMs?: number } {
  if (timeout === undefined) return {};
  const timeoutMs = durationMs(timeout);
  if (timeoutMs > longestTimerMs) say(`a timeout of ${timeout} is too long`, place('timeout'), 'at most 24d; or none');
  return { timeoutMs };
}

function checkComparable(stage: Stage, { place, say }: StageSource): void {
  for (const [name, out] of Object.entries(stage.outs))
    for (const [index, part] of (out.metrics?.comparableBy ?? []).entries()) {
      const param = part.startsWith('params.') ? part.slice('params.'.length) : undefined;
      if (param === undefined ? Object.hasOwn(stage.deps, part) : isNamed(stage.params, param)) continue;
      const names = [...Object.keys(stage.deps), ...stage.params.map((key) => `params.${key}`)];
      const message = `comparable_by: ${part} is no dependency or param of the stage`;
      say(message, place('metrics', name, 'comparable_by', index), didYouMean(part, names).hint);
    }
}

function isNamed(params: readonly string[], key: string): boolean {
  return params.some((param) => key === param || key.startsWith(`${param}.`));
}

function readSeries({ series = {} }: StageFile): Record<string, Series> {
  return Object.fromEntries(
    Object.entries(series as Record<string, Partial<Series>>).map(([name, known]) => [
      name,
      { ...known, summary: known.summary ?? 'last' },
    ]),
  );
}

function readResources(source: StageSource): Resources {
  const { cpus = 1, memory, time, gpus } = source.written.resources ?? {};
  return {
    cpus,
    ...(memory === undefined ? {} : { memoryBytes: sizeBytes(memory) }),
    ...(time === undefined ? {} : { timeMs: durationMs(time) }),
    ...(gpus === undefined ? {} : { gpus }),
    ...readMutex(source),
  };
}

/** As names of variables, these may hold an item; they are names of folders too. */
function readMutex({ written, place, say }: StageSource): Pick<Resources, 'mutex'> {
  const mutex = written.resources?.mutex;
  if (mutex === undefined) return {};
  const names = typeof mutex === 'string' ? [mutex] : mutex;
  for (const [index, name] of names.entries()) {
    if (/^[A-Za-z0-9_-]{1,100}$/.test(name)) continue;
    const at = ['resources', 'mutex', ...(typeof mutex === 'string' ? [] : [index])];
    say(`${name} cannot be the name of a mutex`, place(...at), 'up to 100 letters, digits, _ and -');
  }
  return names.length === 0 ? {} : { mutex: [...new Set(names)].sort() };
}
