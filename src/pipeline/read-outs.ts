/** What a stage writes: outputs, metrics files and their units, each at a place of its own below its folder. */
import { posix } from 'node:path';
import { isForbiddenKey } from './forbidden-keys.ts';
import type { StageFile } from './schema.ts';
import type { StageSource } from './stage-source.ts';
import type { MetricsSpec, Output } from './types.ts';
import type { JsonPath } from './yaml-file.ts';

interface Declared {
  readonly name: string;
  readonly path: string;
  readonly at: JsonPath;
  readonly metrics?: MetricsSpec;
}

export function readOuts({ written, place, say }: StageSource): Record<string, Output> {
  const outs = new Map<string, Output>();
  for (const { name, path, at, metrics } of [...declaredOuts(written), ...declaredMetrics(written)]) {
    const wrong = pathMistake(path) ?? overlap(path, [...outs.values()]);
    if (wrong !== undefined) say(wrong, place(...at));
    if (isForbiddenKey(name))
      say(`an output cannot be named ${name}`, place(...at), 'outs: { NAME: PATH } gives it a name');
    if (outs.has(name)) say(`two outputs are named ${name}`, place(...at));
    outs.set(name, { path: normalPath(path), ...(metrics === undefined ? {} : { metrics }) });
  }
  return Object.fromEntries(outs);
}

function declaredOuts({ outs = {} }: StageFile): Declared[] {
  if (Array.isArray(outs))
    return outs.map((path, index) => ({ name: path.replace(/\/$/, ''), path, at: ['outs', index] }));
  return Object.entries(outs as Record<string, string>).map(([name, path]) => ({ name, path, at: ['outs', name] }));
}

type MetricsEntry = NonNullable<StageFile['metrics']>[string];

function declaredMetrics({ metrics = {} }: StageFile): Declared[] {
  return Object.entries(metrics as Record<string, MetricsEntry>).flatMap(([name, entry]): Declared[] => {
    const at = ['metrics', name];
    if (typeof entry === 'string') return [{ name, path: entry, at, metrics: { goal: {}, comparableBy: [] } }];
    const { path, units, goal = {}, comparable_by: comparableBy = [] } = entry;
    const goals = typeof goal === 'string' ? { '*': goal } : (goal as MetricsSpec['goal']);
    const spec = { goal: goals, comparableBy, ...(units === undefined ? {} : { units }) };
    const declared = { name, path, at: [...at, 'path'], metrics: spec };
    return units === undefined ? [declared] : [declared, { name: `${name}.units`, path: units, at: [...at, 'units'] }];
  });
}

const longestNameBytes = 255;

function pathMistake(path: string): string | undefined {
  if (posix.isAbsolute(path))
    return `the output path ${path} is absolute; outputs are written below the stage's own folder`;
  const longest = Math.max(...path.split('/').map((segment) => Buffer.byteLength(segment)));
  if (longest > longestNameBytes)
    return `a name in the output path has ${longest} bytes; file systems take ${longestNameBytes} at most`;
  const normal = posix.normalize(path);
  return normal === '.' || normal === './' || normal.split('/').includes('..')
    ? `the output path ${path} leaves the stage's own folder`
    : undefined;
}

/** One output inside another would be hashed twice, and published as part of what it is not. */
function overlap(path: string, outs: readonly Output[]): string | undefined {
  const bare = (text: string) => normalPath(text).replace(/\/$/, '');
  const taken = outs.find((other) => {
    const [a, b] = [bare(path), bare(other.path)];
    return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
  });
  return taken === undefined ? undefined : `the outputs ${taken.path} and ${path} overlap`;
}

function normalPath(path: string): string {
  return posix.normalize(path).replace(/^\.\//, '');
}
