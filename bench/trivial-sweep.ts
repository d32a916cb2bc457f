/** A sweep over a stage that does next to nothing: what a trial costs beside its own work. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const stage = `cmd: "printf '{\\"value\\": %s}' \${params.x} > \${outs.scores}"`;
const files = {
  'pipeline.yaml': `version: 1\nparams: params.yaml\nstages:\n  score:\n    ${stage}\n    metrics: { scores: { path: scores.json, goal: minimize } }\n`,
  'params.yaml': 'x: 0.5\n',
  'sweep.yaml':
    'version: 1\nmetric: { name: score.value, goal: minimize }\nparameters: { x: { min: 0.0, max: 1.0 } }\nsampler: { type: random }\n',
};

/** Writes it into the folder. @returns the command that sweeps, to which options are added */
export function trivialSweep(folder: string): readonly string[] {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return [join(import.meta.dirname, '../bin/retrial.js'), '-C', folder, 'sweep', join(folder, 'sweep.yaml')];
}
