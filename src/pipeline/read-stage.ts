/** One stage of pipeline.yaml as a {@link Stage}: defaults filled in, references checked as far as one stage tells. */
import { posix } from 'node:path';
import { type Diagnostic, type Place, unreachable } from '../errors.ts';
import { durationMs, sizeBytes } from './quantities.ts';
import type { StageFile } from './schema.ts';
import { didYouMean } from './suggest.ts';
import { parseTemplate } from './templates.ts';
import type {
  Command,
  Dependency,
  MetricsSpec,
  Output,
  Reference,
  Resources,
  Series,
  Stage,
  Template,
} from './types.ts';
import type { JsonPath, YamlFile } from './yaml-file.ts';

export interface StageReading {
  readonly stage: Stage;
  readonly mistakes: readonly Diagnostic[];
}

export function readStage(name: string, source: StageFile, file: YamlFile): StageReading {
  const mistakes: Diagnostic[] = [];
  const at = (...path: JsonPath) => ['stages', name, ...path];
  const say = (message: string, place: Place, hint?: string) =>
    mistakes.push({
      severity: 'error',
      message: `${name}: ${message}`,
      place,
      ...(hint === undefined ? {} : { hint }),
    });
  const deps = readDeps(source, file, at, say);
  const outs = readOuts(source, file, at, say);
  const cmd = readCommand(source, file, at, say);
  for (const reference of references(cmd))
    checkReference(reference, deps, outs, referencePlace(reference, file, at('cmd')), say);
  const used = references(cmd).flatMap((reference) => (reference.kind === 'param' ? [reference.key] : []));
  const stage: Stage = {
    name,
    place: file.keyPlace(at()),
    ...(source.desc === undefined ? {} : { desc: source.desc }),
    ...{ cmd, deps, outs },
    params: [...new Set([...(source.params ?? []), ...used])].sort(),
    series: readSeries(source),
    holdout: source.holdout ?? false,
    env: source.env ?? [],
    code: source.code ?? [],
    runtime: (source.runtime ?? {}) as Record<string, string>,
    resources: readResources(source),
    ...(source.timeout === undefined ? {} : { timeoutMs: durationMs(source.timeout) }),
    retries: source.retries ?? 0,
  };
  checkComparable(stage, file, at, say);
  return { stage, mistakes };
}

type At = (...path: JsonPath) => JsonPath;
type Say = (message: string, place: Place, hint?: string) => void;

/** All references of a command. */
export function references(cmd: Command): Reference[] {
  const templates: readonly Template[] = cmd.kind === 'shell' ? [cmd.line] : cmd.args;
  return templates.flat().filter((part): part is Reference => typeof part !== 'string');
}

function readCommand(source: StageFile, file: YamlFile, at: At, say: Say): Command {
  const parse = (text: string, path: JsonPath, shell: boolean) => {
    const { template, mistakes } = parseTemplate(text, shell);
    for (const mistake of mistakes) say(mistake.message, inside(file, path, text, mistake), mistake.hint);
    return template;
  };
  if (typeof source.cmd === 'string') return { kind: 'shell', line: parse(source.cmd, at('cmd'), true) };
  return { kind: 'argv', args: source.cmd.map((arg, index) => parse(arg, at('cmd', index), false)) };
}

/** Where a piece of a text stands, if the text stands as it is on one line. */
function inside(file: YamlFile, path: JsonPath, text: string, piece: { offset: number; length: number }): Place {
  const place = file.place(path);
  const line = file.text.split('\n')[place.line - 1] ?? '';
  const found = line.indexOf(text.slice(piece.offset, piece.offset + piece.length), place.column - 1);
  return found === -1 ? place : { ...place, column: found + 1, length: piece.length };
}

/** Where a reference stands in the command. */
export function referencePlace(reference: Reference, file: YamlFile, cmd: JsonPath): Place {
  const text = referenceText(reference);
  return inside(file, cmd, text, { offset: 0, length: text.length });
}

function referenceText(reference: Reference): string {
  switch (reference.kind) {
    case 'param':
      return `\${params.${reference.key}}`;
    case 'dep':
      return `\${deps.${reference.name}}`;
    case 'out':
      return `\${outs.${reference.name}}`;
    default:
      return unreachable(reference);
  }
}

function readDeps(source: StageFile, file: YamlFile, at: At, say: Say): Record<string, Dependency> {
  const deps: Record<string, Dependency> = {};
  const entries: [string | number, string][] = Array.isArray(source.deps)
    ? source.deps.map((text, index) => [index, text])
    : Object.entries((source.deps ?? {}) as Record<string, string>);
  for (const [key, text] of entries) {
    const place = file.place(at('deps', key));
    const dependency = parseDependency(text, place);
    if (dependency === undefined) {
      say(`${text} is no dependency`, place, 'write a path, or ${stage.output} for what another stage writes');
      continue;
    }
    const name = typeof key === 'string' ? key : dependency.kind === 'output' ? dependency.output : dependency.path;
    if (deps[name] !== undefined)
      say(`two dependencies are named ${name}`, place, 'give them names: deps: { name: path }');
    deps[name] = dependency;
  }
  return deps;
}

function parseDependency(text: string, place: Place): Dependency | undefined {
  const [, stage, output] = text.match(/^\$\{([A-Za-z0-9_-]+)\.(.+)\}$/) ?? [];
  if (stage !== undefined && output !== undefined) return { kind: 'output', stage, output, place };
  return text.includes('${') ? undefined : { kind: 'path', path: text, place };
}

function readOuts(source: StageFile, file: YamlFile, at: At, say: Say): Record<string, Output> {
  const outs: Record<string, Output> = {};
  const add = (name: string, path: string, place: Place, metrics?: MetricsSpec) => {
    const wrong = pathMistake(path) ?? overlap(path, outs);
    if (wrong !== undefined) say(wrong, place);
    if (outs[name] !== undefined) say(`two outputs are named ${name}`, place);
    outs[name] = { path: normalPath(path), ...(metrics === undefined ? {} : { metrics }) };
  };
  if (Array.isArray(source.outs))
    for (const [i, path] of source.outs.entries()) add(path.replace(/\/$/, ''), path, file.place(at('outs', i)));
  else
    for (const [name, path] of Object.entries((source.outs ?? {}) as Record<string, string>))
      add(name, path, file.place(at('outs', name)));
  for (const [name, entry] of Object.entries((source.metrics ?? {}) as Record<string, MetricsEntry>)) {
    const place = file.place(at('metrics', name));
    const { path, units, goal, comparable_by } =
      typeof entry === 'string' ? ({ path: entry } as Exclude<MetricsEntry, string>) : entry;
    const goals = goal === undefined ? {} : typeof goal === 'string' ? { '*': goal } : goal;
    add(name, path, place, {
      goal: goals,
      comparableBy: comparable_by ?? [],
      ...(units === undefined ? {} : { units }),
    });
    if (units !== undefined) add(`${name}.units`, units, place);
  }
  return outs;
}

type MetricsEntry =
  | string
  | {
      readonly path: string;
      readonly units?: string;
      readonly goal?: 'maximize' | 'minimize' | Readonly<Record<string, 'maximize' | 'minimize'>>;
      readonly comparable_by?: readonly string[];
    };

function pathMistake(path: string): string | undefined {
  if (posix.isAbsolute(path))
    return `the output path ${path} is absolute; outputs are written below the stage's own folder`;
  const normal = posix.normalize(path);
  if (normal === '.' || normal === './' || normal.split('/').includes('..'))
    return `the output path ${path} leaves the stage's own folder`;
  return path.includes('\0') ? 'an output path cannot hold a NUL' : undefined;
}

function overlap(path: string, outs: Readonly<Record<string, Output>>): string | undefined {
  const bare = (text: string) => normalPath(text).replace(/\/$/, '');
  const taken = Object.values(outs).find((other) => {
    const [a, b] = [bare(path), bare(other.path)];
    return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
  });
  return taken === undefined ? undefined : `the outputs ${taken.path} and ${path} overlap`;
}

function normalPath(path: string): string {
  return posix.normalize(path).replace(/^\.\//, '');
}

function checkReference(
  reference: Reference,
  deps: Readonly<Record<string, Dependency>>,
  outs: Readonly<Record<string, Output>>,
  place: Place,
  say: Say,
): void {
  if (reference.kind === 'param') return; // checked against the declared params, with those under `params:`
  const [known, what] = reference.kind === 'dep' ? [deps, 'deps'] : [outs, 'outs'];
  if (known[reference.name] !== undefined) return;
  say(
    `the command uses \${${what}.${reference.name}}, which is not declared`,
    place,
    didYouMean(reference.name, Object.keys(known)).hint,
  );
}

function checkComparable(stage: Stage, file: YamlFile, at: At, say: Say): void {
  for (const [name, out] of Object.entries(stage.outs))
    for (const [index, part] of (out.metrics?.comparableBy ?? []).entries()) {
      const param = part.startsWith('params.') ? part.slice('params.'.length) : undefined;
      const known = param === undefined ? stage.deps[part] !== undefined : named(stage.params, param);
      if (known) continue;
      const names = [...Object.keys(stage.deps), ...stage.params.map((key) => `params.${key}`)];
      say(
        `comparable_by: ${part} is no dependency or param of the stage`,
        file.place(at('metrics', name, 'comparable_by', index)),
        didYouMean(part, names).hint,
      );
    }
}

function named(params: readonly string[], key: string): boolean {
  return params.some((param) => key === param || key.startsWith(`${param}.`));
}

function readSeries(source: StageFile): Record<string, Series> {
  return Object.fromEntries(
    Object.entries((source.series ?? {}) as Record<string, Partial<Series>>).map(([name, series]) => [
      name,
      { ...series, summary: series.summary ?? 'last' },
    ]),
  );
}

function readResources({ resources = {} }: StageFile): Resources {
  const { cpus = 1, memory, time, gpus } = resources;
  return {
    cpus,
    ...(memory === undefined ? {} : { memoryBytes: sizeBytes(memory) }),
    ...(time === undefined ? {} : { timeMs: durationMs(time) }),
    ...(gpus === undefined ? {} : { gpus }),
  };
}
