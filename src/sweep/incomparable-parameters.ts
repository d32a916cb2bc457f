/** Parameters of which other values make another question of the objective. */
import type { Diagnostic } from '../errors.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { YamlFile } from '../pipeline/yaml-file.ts';
import type { SearchSpace } from './search-space.ts';
import { metricFiles, type SweepFile } from './spec-schema.ts';

/**
 * A searched param that `comparable_by` names: trials that differ in it are asked different questions, and to search for the
 * best of them finds the easiest. Some mean to lay protocols beside each other, so it is a warning.
 */
export function incomparableParameters(
  source: SweepFile,
  space: SearchSpace,
  pipeline: Pipeline,
  file: YamlFile,
): Diagnostic[] {
  return metricFiles(source).flatMap(({ name: metric }) => {
    const stage = pipeline.stages.get(metric.split('.')[0] ?? '');
    const outs = Object.values(stage?.outs ?? {});
    const named = outs.flatMap(({ metrics }) => metrics?.comparableBy ?? []).filter((by) => by.startsWith('params.'));
    const params = named.map((by) => by.slice('params.'.length));
    const covered = space.filter(({ name }) => params.some((param) => name === param || name.startsWith(`${param}.`)));
    return covered.map(({ name }): Diagnostic => {
      return {
        severity: 'warning',
        message: `${name} is searched, and values of ${metric} may be ranked together only where it is the same (comparable_by)`,
        place: file.place(['parameters', name]),
        hint: 'the sweep knows no such groups: read its result in retrial compare, which keeps them apart, or give each value a sweep',
      };
    });
  });
}
