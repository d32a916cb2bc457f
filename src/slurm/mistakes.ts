/** What the schema of settings cannot tell: options that are not for a user to give, and times that do not fit. */
import type { Diagnostic } from '../errors.ts';
import type { JsonPath, YamlFile } from '../pipeline/yaml-file.ts';
import type { SlurmSettings } from './options-schema.ts';
import { toldTooEarly } from './time-limit.ts';

const noJob = 'with it sbatch submits no job, or does not say which';
const own = 'Retrial says it itself';

/** Options of sbatch with which jobs could not be submitted, or not be found again; each with why. */
const refused: Readonly<Record<string, string>> = {
  ...{ help: noJob, usage: noJob, version: noJob, 'test-only': noJob, wrap: noJob, quiet: noJob, wait: noJob },
  ...{ parsable: own, array: own, dependency: own, 'kill-on-invalid-dep': own },
  clusters: 'jobs are looked for on one cluster; submit from a login node of the other',
  comment: 'Retrial finds its jobs by it',
  signal: 'say signal_seconds',
};

export const lessAhead = 'fewer seconds, or more time';

/** @param path of the settings in the file */
export function slurmMistakes(settings: SlurmSettings, file: YamlFile, path: JsonPath): Diagnostic[] {
  const early = toldTooEarly(settings);
  const late: Diagnostic[] =
    early === undefined
      ? []
      : [{ severity: 'error', message: early, hint: lessAhead, place: file.place([...path, 'signal_seconds']) }];
  const given = Object.entries(settings.options ?? {}).flatMap(([name, value]) => {
    const hint = refused[name];
    if (hint === undefined || value === false) return [];
    const place = file.keyPlace([...path, 'options', name]);
    return [{ severity: 'error' as const, message: `"${name}" is no option to be given here`, hint, place }];
  });
  return [...late, ...given];
}
