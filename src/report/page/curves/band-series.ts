/** The band that the seeds of a setting lie in, as the chart library draws it: behind the curve of their mean. */
import { runId } from '../format.ts';
import type { Band } from './bands.ts';
import type { Line } from './curve-view.ts';

type Corner = readonly [step: number, value: number];

/** @param isDrawn whether the axes have a place for it */
export function bandSeries(
  { run, series }: Line,
  { low, high }: Band,
  isDrawn: (step: number, value: number | null) => boolean,
  color: string,
): object {
  const outlines = stretches(series.steps, low, high, isDrawn);
  return {
    ...{ type: 'custom', id: `${runId(run)} band`, silent: true, clip: true, z: 1, tooltip: { show: false } },
    data: outlines.map(([first]) => first),
    renderItem: ({ dataIndex }: { dataIndex: number }, api: { coord(point: Corner): number[] }) => ({
      ...{ type: 'polygon', shape: { points: (outlines[dataIndex] ?? []).map((corner) => api.coord(corner)) } },
      style: { fill: color, opacity: 0.14 },
    }),
  };
}

/** An outline for each stretch without a gap: along the greatest, and back along the least. */
function stretches(
  steps: readonly number[],
  low: Band['low'],
  high: Band['high'],
  isDrawn: (step: number, value: number | null) => boolean,
): Corner[][] {
  const outlines: { there: Corner[]; back: Corner[] }[] = [];
  let isOpen = false;
  for (const [at, step] of steps.entries()) {
    const [least, most] = [low[at] ?? null, high[at] ?? null];
    if (least === null || most === null || !isDrawn(step, least)) {
      isOpen = false;
      continue;
    }
    if (!isOpen) outlines.push({ there: [], back: [] });
    isOpen = true;
    outlines.at(-1)?.there.push([step, most]);
    outlines.at(-1)?.back.unshift([step, least]);
  }
  return outlines.map(({ there, back }) => [...there, ...back]);
}
