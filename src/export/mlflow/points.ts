/** The values of a run as MLflow keeps them: a history of points for each metric. */
import { seriesFile } from '../../report/compared-runs.ts';
import { readSeries } from '../../report/read-series.ts';
import type { Layout } from '../../store/layout.ts';
import type { MlflowRun } from './content.ts';
import { mlflowNames } from './names.ts';

export interface Point {
  readonly key: string;
  /** What JSON has no number for is a text, as in protocol buffers. */
  readonly value: number | 'NaN' | 'Infinity' | '-Infinity';
  readonly timestamp: number;
  readonly step: number;
}

type NamedPoint = Omit<Point, 'key'> & { readonly name: string };

/**
 * Every point of every series, and the metrics of files at step 0. The summary of a series is its last point; where it is
 * another, such as the best, it is a metric of its own. Points have no times on record: theirs is that at which their
 * stage began.
 */
export async function pointsOf(layout: Layout, exported: MlflowRun): Promise<Point[]> {
  const series = await seriesPoints(layout, exported);
  const points = [...series, ...metricPoints(exported, series)];
  const names = mlflowNames(points.map(({ name }) => name));
  return points.map(({ name, ...point }) => ({ key: names.get(name) ?? name, ...point }));
}

async function seriesPoints(layout: Layout, { run, stages }: MlflowRun): Promise<NamedPoint[]> {
  const points: NamedPoint[] = [];
  for (const stage of stages) {
    const timestamp = stage.startedAt ?? run.startedAt;
    const all = await readSeries(seriesFile(layout, run, stage), Number.POSITIVE_INFINITY);
    for (const [series, { steps, values }] of Object.entries(all))
      for (const [at, step] of steps.entries())
        points.push({
          name: `${stage.stage}.${series}`,
          value: values[at] ?? 'NaN',
          timestamp,
          step: Math.round(step),
        });
  }
  return points;
}

/** `train.ndcg.best` beside the series `train.ndcg`; `.final` where it is of a metrics file. */
function metricPoints({ run, stages, metrics }: MlflowRun, series: readonly NamedPoint[]): NamedPoint[] {
  const lastSteps = new Map(series.map(({ name, step }) => [name, step]));
  return metrics.flatMap(({ name: full, stage, value, text, step }): NamedPoint[] => {
    const timestamp = stages.find((one) => one.stage === stage)?.startedAt ?? run.startedAt;
    const point = { value: value ?? (text as Point['value']), timestamp, step: Math.round(step ?? 0) };
    if (!lastSteps.has(full)) return [{ name: full, ...point }];
    if (step === null) return [{ name: `${full}.final`, ...point }];
    return lastSteps.get(full) === Math.round(step) ? [] : [{ name: `${full}.best`, ...point }];
  });
}
