/** Whether the config and the pipeline.yaml kept of each run are those that it is named after. */
import { existsSync } from 'node:fs';
import { UserError } from '../errors.ts';
import { type ConfigHash, sha256 } from '../hash.ts';
import { loadPipeline } from '../pipeline/load.ts';
import { configHashOf } from '../plan/config-hash.ts';
import { attemptNumbers } from '../store/attempts.ts';
import { readIfThere, readJson } from '../store/files.ts';
import { configHashes } from '../store/latest.ts';
import type { Layout } from '../store/layout.ts';
import { below } from '../store/listing.ts';
import type { Problem } from '../store/verify.ts';
import type { AttemptInputs } from './attempt-inputs.ts';

/** @param root the project's folder, which paths in a pipeline are relative to */
export async function verifyConfigs(layout: Layout, root: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const configHash of await configHashes(layout)) {
    const damaged = await damagedOf(layout, root, configHash);
    if (damaged !== undefined) problems.push({ kind: 'attempt', path: below(layout, damaged), ...notItsOwn });
  }
  return problems;
}

const notItsOwn = { message: 'not what the run is named after' } as const;

/** Attempts of one config may differ in comments and in params that no stage is given: only what is new is parsed. */
async function damagedOf(layout: Layout, root: string, configHash: ConfigHash): Promise<string | undefined> {
  const run = layout.run(configHash);
  const attempts = (await attemptNumbers(layout, configHash)).map((attempt) => run.attempt(attempt));
  const inputs = await Promise.all(attempts.map((attempt) => readJson<AttemptInputs>(attempt.inputs)));
  const isKnown = async (file: string, as: 'config' | 'pipeline') => {
    const text = await readIfThere(file);
    return text !== undefined && inputs.some((known) => known?.[as] === sha256(text));
  };
  const [config, pipeline] = [await isKnown(run.config, 'config'), await isKnown(run.pipeline, 'pipeline')];
  if (config && pipeline) return undefined;
  const isBegun = !attempts.some(({ lock }) => existsSync(lock)); // or was killed before it wrote them
  if (isBegun && (!existsSync(run.config) || !existsSync(run.pipeline))) return undefined;
  if ((await isNamedAfter(configHash, { file: run.pipeline, root, params: run.config })) || !existsSync(run.attempts))
    return undefined;
  return config ? run.pipeline : run.config;
}

async function isNamedAfter(configHash: ConfigHash, load: Parameters<typeof loadPipeline>[0]): Promise<boolean> {
  try {
    return configHashOf(await loadPipeline(load)) === configHash;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
