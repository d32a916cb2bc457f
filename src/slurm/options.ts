/** What is said to Slurm of a job: of the site, of a sweep or a stage, of the command line; and as options of sbatch. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { sizeBytes } from '../pipeline/quantities.ts';
import { validate } from '../pipeline/validate.ts';
import { readYaml } from '../pipeline/yaml-file.ts';
import { slurmMistakes } from './mistakes.ts';
import { type SlurmSettings, slurmSchema } from './options-schema.ts';
import { timeArgument } from './time-limit.ts';

export type { SlurmSettings } from './options-schema.ts';

/** The settings of the site; none where a project has no such file. Throws {@link UserError} with its mistakes. */
export async function siteSettings(root: string): Promise<SlurmSettings> {
  const path = join(root, 'configs', 'slurm.yaml');
  if (!existsSync(path)) return {};
  const file = await readYaml(path);
  const wrong = file.value === null ? [] : await validate(file, slurmSchema);
  if (wrong.length > 0) throw new UserError(wrong);
  const settings = (file.value ?? {}) as SlurmSettings;
  const mistakes = slurmMistakes(settings, file, []);
  if (mistakes.length > 0) throw new UserError(mistakes);
  return settings;
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

/** As sbatch takes them: on its command line, where they hold against what SBATCH_… in the environment says. */
export function sbatchArguments(settings: SlurmSettings): string[] {
  const { time, memory, cpus, options = {} } = settings;
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
