/** `compare:` of a sweep file: what its page lays side by side. */
import type { Diagnostic } from '../errors.ts';
import { didYouMean } from '../pipeline/suggest.ts';
import type { YamlFile } from '../pipeline/yaml-file.ts';
import { type Overlays, overlaidNames, overlayName } from './overlay-dimension.ts';
import type { SweepFile } from './spec-schema.ts';

/** A page knows the params of runs: of overlays it can tell what they set. */
export function splitMistakes(
  { compare, parameters, overlays }: SweepFile,
  overlaid: Overlays,
  file: YamlFile,
): Diagnostic[] {
  const name = compare?.split_by;
  const isOverlay = name === overlayName && overlays !== undefined;
  if (name === undefined || (name in parameters && !isOverlay) || overlaidNames(overlaid).includes(name)) return [];
  if (isOverlay) {
    const hint = `take a param that they set: ${overlaidNames(overlaid).slice(0, 5).join(', ')}`;
    const message = 'split_by: a run has no param that tells its overlay';
    return [{ severity: 'error', message, place: file.place(['compare', 'split_by']), hint }];
  }
  return [
    {
      severity: 'error',
      message: `split_by: ${name} is not among the parameters`,
      place: file.place(['compare', 'split_by']),
      ...didYouMean(name, Object.keys(parameters)),
    },
  ];
}
