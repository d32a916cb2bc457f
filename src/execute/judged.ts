/** What a stage reports, read by a judge who may end it: each point once, in order, whether it runs or is known already. */
import type { Failure } from '../errors.ts';
import { linesOf } from './lines.ts';
import { parsePoint } from './metrics.ts';

export interface SeriesPoint {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

export type Pruned = Extract<Failure, { kind: 'pruned' }>;

/** Called with the points of a stage in the order reported; what it returns ends the stage, and its run. */
export type Judge = (stage: string, point: SeriesPoint) => Promise<Pruned | undefined>;

export interface StageJudge {
  /** Aborted when the stage is to end. */
  readonly signal: AbortSignal;
  /** Lines of its series file, in order. */
  read(lines: readonly string[]): Promise<void>;
  /** The verdict so far. */
  verdict(): Pruned | undefined;
}

export function stageJudge(stage: string, judge: Judge): StageJudge {
  const ending = new AbortController();
  let pruned: Pruned | undefined;
  return {
    signal: ending.signal,
    verdict: () => pruned,
    async read(lines) {
      for (const line of lines) {
        if (pruned !== undefined) break;
        const point = pointOf(line);
        if (point !== undefined) pruned = await judge(stage, point);
      }
      if (pruned !== undefined) ending.abort();
    },
  };
}

/** A result that is known already goes through the judge as if it were reported now. */
export async function judgeFile(stage: string, file: string, judge: Judge): Promise<Pruned | undefined> {
  for await (const line of linesOf(file)) {
    const point = pointOf(line);
    const pruned = point === undefined ? undefined : await judge(stage, point);
    if (pruned !== undefined) return pruned;
  }
  return undefined;
}

/** One line of a series file, its values as numbers; undefined for what is no point. */
export function pointOf(line: string): SeriesPoint | undefined {
  const point = parsePoint(line);
  if (point === undefined) return undefined;
  return {
    step: point.step,
    values: Object.fromEntries(Object.entries(point.values).map(([name, value]) => [name, Number(value)])),
  };
}
