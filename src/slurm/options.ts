/** What is said to Slurm of a job: of the site, of a sweep or a stage, of the command line; and as options of sbatch. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { durationMs, sizeBytes } from '../pipeline/quantities.ts';
import { validate } from '../pipeline/validate.ts';
import { readYaml } from '../pipeline/yaml-file.ts';
import { type SlurmSettings, slurmSchema } from './options-schema.ts';

export type { SlurmSettings } from './options-schema.ts';

/** The settings of the site; none where a project has no such file. Throws {@link UserError} with its mistakes. */
export async function siteSettings(root: string): Promise<SlurmSettings> {
  const path = join(root, 'configs', 'slurm.yaml');
  if (!existsSync(path)) return {};
  const file = await readYaml(path);
  const mistakes = file.value === null ? [] : await validate(file, slurmSchema);
  if (mistakes.length > 0) throw new UserError(mistakes);
  return (file.value ?? {}) as SlurmSettings;
}

/** Later ones over earlier ones, key by key; set-up lines follow each other, and options of sbatch are joined. */
export function layered(...all: readonly (SlurmSettings | undefined)[]): SlurmSettings {
  const setup = all.flatMap((one) => one?.setup ?? []);
  const options = Object.assign({}, ...all.map((one) => one?.options));
  return {
    ...Object.assign({}, ...all),
    ...(setup.length === 0 ? {} : { setup }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

/** `--time` counts whole minutes: 90 s are two. Slurm's own words are given as they are. */
export function timeArgument(time: string): string {
  if (!/[smhd]$/.test(time)) return time;
  return String(Math.max(1, Math.ceil(durationMs(time) / 60_000)));
}

/** Of what `--time` is given; undefined where it says that there is none. */
export function timeLimitMs(time: string): number | undefined {
  const [, days, clock] = timeArgument(time).match(/^(?:(\d+)-)?(\d+(?::\d+){0,2})$/) ?? [];
  if (clock === undefined) return undefined;
  const parts = clock.split(':').map(Number);
  // minutes, minutes:seconds, hours:minutes:seconds; after days hours, hours:minutes, …
  const [hours = 0, minutes = 0, seconds = 0] = days !== undefined || parts.length === 3 ? parts : [0, ...parts];
  return (((Number(days ?? 0) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

const leastAheadSeconds = 10;

/**
 * So long before its limit a job is told, where nobody says: a tenth of its time, else a short one were told as it begins.
 *
 * @param most where its time is long, or is not known
 */
export function secondsAheadOf({ signal_seconds: said, time }: SlurmSettings, most: number): number {
  if (said !== undefined) return said;
  const timeMs = time === undefined ? undefined : timeLimitMs(time);
  if (timeMs === undefined) return most;
  return Math.max(leastAheadSeconds, Math.min(most, Math.round(timeMs / 10_000)));
}

/** As sbatch takes them: on its command line, where they hold against what SBATCH_… in the environment says. Throws {@link UserError}. */
export function sbatchArguments(settings: SlurmSettings): string[] {
  const { time, memory, cpus, options = {} } = settings;
  if (options.clusters !== undefined)
    throw new UserError(
      'jobs go to the cluster of this command alone',
      'leave out `clusters`, and submit from a node of that one',
    );
  const said: Record<string, string | number | boolean | undefined> = {
    partition: settings.partition,
    account: settings.account,
    qos: settings.qos,
    constraint: settings.constraint,
    gres: settings.gres,
    time: time === undefined ? undefined : timeArgument(time),
    mem: memory === undefined ? undefined : `${Math.ceil(sizeBytes(memory) / 2 ** 20)}M`,
    'cpus-per-task': cpus,
    ...options,
  };
  return Object.entries(said).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return [value === true ? `--${name}` : `--${name}=${value}`];
  });
}
