/** The shipped pipeline in a folder of its own, as a clone of the project has it. */
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Rig, rig } from './rig.ts';

const root = join(import.meta.dirname, '..', '..');

/** Its runs/ starts empty. */
export function clone(onEnd?: (remove: () => void) => void): Rig {
  const project = rig({}, onEnd);
  for (const name of ['pipeline.yaml', 'package.json', 'tsconfig.json', 'configs', 'stages', 'src/stage.ts', 'sweeps'])
    cpSync(join(root, name), project.path(name), { recursive: true });
  for (const name of ['node_modules', 'native']) symlinkSync(join(root, name), project.path(name));
  return project;
}

export const twoRounds = ['--set', 'model.rounds=2', '--set', 'model.validate_every=2'];

/** Every stage came to this. */
export const all = (outcome: string) =>
  Object.fromEntries(
    ['download', 'preprocess', 'train', 'validate', 'evaluate', 'report'].map((name) => [name, outcome]),
  );
