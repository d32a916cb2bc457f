/** Declared variables are on record, as they are in the key: a stage is given those values again, not today's. */
import type { Surveyed } from '../plan/surroundings.ts';
import type { Executor } from './executor.ts';

export function withRecordedEnv(surveyed: Surveyed, recorded: unknown): Surveyed {
  const env = { ...surveyed.surroundings.env, ...(recorded as Surveyed['surroundings']['env'] | undefined) };
  return { ...surveyed, surroundings: { ...surveyed.surroundings, env } };
}

export function givingEnv(executor: Executor, env: Surveyed['surroundings']['env']): Executor {
  const values = Object.entries(env);
  return {
    ...executor,
    run: (job, signal) => {
      const given = { ...job.env };
      for (const [name, value] of values)
        if (value === null) delete given[name];
        else given[name] = value;
      return executor.run({ ...job, env: given }, signal);
    },
  };
}
