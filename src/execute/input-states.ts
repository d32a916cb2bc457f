/**
 * Whether files were written while a stage ran, though they hold now what they held before: it may have read what was in
 * them meanwhile. Told by size, modification and change time. A change time alone says nothing where the number of hard
 * links or the permissions tell why it moved, as of a stage that links to its input instead of copying it.
 */
import { type BigIntStats, lstatSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Pipeline, Stage } from '../pipeline/types.ts';
import { commandWords } from '../plan/programs.ts';
import type { Surveyed } from '../plan/surroundings.ts';
import { pathInKey } from '../plan/trace.ts';
import { listFiles } from '../store/tree.ts';
import { fileInputs } from './file-inputs.ts';

type State = readonly [written: string, changed: bigint, links: bigint, mode: bigint];

/** By absolute path, with the name that people know it by. */
export type InputStates = ReadonlyMap<string, { readonly shown: string; readonly state: State }>;

/** Of all code and of every file that the stage depends on, outputs of other stages aside: those are judged by their locks. */
export async function inputStates(pipeline: Pipeline, stage: Stage, { codeFiles }: Surveyed): Promise<InputStates> {
  const found = new Map<string, { shown: string; state: State }>();
  const look = (path: string, shown: string) => {
    const at = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (at !== undefined && !at.isDirectory()) found.set(path, { shown, state: stateOf(at) });
  };
  for (const file of codeFiles) look(file, pathInKey(pipeline.root, file));
  for (const { path } of fileInputs(pipeline, stage)) {
    const { real, names } = await filesOf(resolve(pipeline.root, path));
    for (const name of names) look(join(real, name), join(path, name));
  }
  return found;
}

/** None where it is gone, or holds what has no hash: its content is what tells then. */
async function filesOf(path: string): Promise<{ real: string; names: string[] }> {
  try {
    const real = await realpath(path);
    return { real, names: lstatSync(real).isDirectory() ? await listFiles(real, {}) : [''] };
  } catch {
    return { real: path, names: [] };
  }
}

/** Names of what was written between the two, sorted. */
export function written(stage: Stage, before: InputStates, after: InputStates): string[] {
  const setsModes = commandWords(stage).includes('chmod'); // it moves the change time of what has that mode already
  const moved = [...before].filter(([path, { state }]) => {
    const now = after.get(path)?.state;
    if (now === undefined || now[0] !== state[0]) return true;
    return now[1] !== state[1] && now[2] === state[2] && now[3] === state[3] && !setsModes;
  });
  return [...new Set(moved.map(([, { shown }]) => shown))].sort();
}

function stateOf(at: BigIntStats): State {
  return [`${at.size}:${at.mtimeNs}`, at.ctimeNs, at.nlink, at.mode];
}
