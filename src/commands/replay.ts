/** `retrial sweep FILE --replay`: derives every suggestion again from what it had seen. */
import { exitCode, UserError } from '../errors.ts';
import { formatValue } from '../logging/format.ts';
import { flatten } from '../pipeline/param-tree.ts';
import type { Layout } from '../store/layout.ts';
import { overlaidValues } from '../sweep/overlay-dimension.ts';
import { type Replayed, replayStudy } from '../sweep/replay-study.ts';
import type { Point } from '../sweep/search-space.ts';
import type { SweepSpec } from '../sweep/spec.ts';
import { studyReader } from '../sweep/study-state.ts';

export async function replaySweep(spec: SweepSpec, layout: Layout, json: boolean): Promise<number> {
  const state = await studyReader(layout.study(spec.name).journals).read();
  if (state.started === undefined)
    throw new UserError(`there is no study "${spec.name}"`, 'run it first: the same command without --replay');
  const fixed = flatten(spec.pipeline.params) as Point;
  const laid = (point: Point) => overlaidValues(spec.overlaid, fixed, point);
  const replayed = await replayStudy(spec, state, { fixed, laid });
  const others = replayed.filter(({ agrees }) => agrees === false);
  if (json) process.stdout.write(`${JSON.stringify({ study: spec.name, trials: replayed }, undefined, 2)}\n`);
  else process.stdout.write(`${replayText(spec, replayed)}\n`);
  return others.length === 0 ? exitCode.ok : exitCode.stageFailed;
}

function replayText(spec: SweepSpec, replayed: readonly Replayed[]): string {
  const others = replayed.filter(({ agrees }) => agrees === false);
  const untold = replayed.filter(({ agrees }) => agrees === undefined).length;
  const lines = others.map(({ trial, recorded, derived }) =>
    [`trial ${trial}  recorded ${pointText(recorded)}`, `derived ${derived ? pointText(derived) : 'no point'}`].join(
      '  ',
    ),
  );
  const checked = replayed.length - untold;
  const summary =
    others.length === 0
      ? `study ${spec.name}: all of ${checked} suggestions are derived again as they were`
      : `study ${spec.name}: ${others.length} of ${checked} suggestions are derived otherwise`;
  const rest = untold === 0 ? [] : [`${untold} whose record does not tell what they were derived from were left out`];
  return [...lines, summary, ...rest].join('\n');
}

function pointText(point: Replayed['recorded']): string {
  return Object.entries(point)
    .map(([name, value]) => `${name}=${formatValue(value)}`)
    .join(' ');
}
