/** A difference as rows, one for each thing that is not the same. */
import { type Cell, cellOf } from '../logging/delimited.ts';
import type { FieldChange } from '../plan/fingerprint.ts';
import type { RunDiff } from '../report/run-diff.ts';

export interface DiffCells {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What it is (`param`, `metric`, `key`, `output`, `environment`), its name, its value on either side, and their difference. */
export function diffCells({ params, metrics, stages, outputs, environment }: RunDiff): DiffCells {
  const fields = (what: string, changes: readonly FieldChange[], of = '') =>
    changes.map(({ field, before, after }) => [what, of + field, cellOf(before), cellOf(after), null]);
  return {
    titles: ['what', 'name', 'before', 'after', 'difference'],
    rows: [
      ...fields('param', params),
      ...metrics.map(({ name, before, after, difference }) => ['metric', name, before, after, difference]),
      ...stages.flatMap((stage) => fields('key', stage.fields, `${stage.name}: `)),
      ...outputs
        .filter(({ identical }) => !identical)
        .map(({ name, before, after }) => ['output', name, before, after, null]),
      ...fields('environment', environment),
    ],
  };
}
