/** A store to be damaged, and what a run must make of it: whatever it was, the outputs are those of a clean run. */
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { outcomes, type Rig, type RunJson, rig } from '../helpers/rig.ts';

const files = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  make:
    cmd: [node, make.mjs, "\${outs.made}"]
    params: [count]
    outs: { made: made/ }
  score:
    cmd: 'printf "{\\"sum\\": %s}" $(cat \${deps.made}/*.txt | wc -c) > \${outs.scores}'
    deps: { made: "\${make.made}" }
    metrics: { scores: scores.json }
`,
  'params.yaml': 'count: 3\n',
  'make.mjs': `import { mkdirSync, writeFileSync } from 'node:fs';
const out = process.argv[2];
for (let at = 0; at < 3; at++) writeFileSync(\`\${out}/\${at}.txt\`, 'line '.repeat(100 + at));
mkdirSync(\`\${out}/empty\`);
`,
};

export interface Store {
  readonly project: Rig;
  readonly first: RunJson;
  /** A path below the result of `make`. */
  made(...path: string[]): string;
  /** A path below the run's folder. */
  run(...path: string[]): string;
  runs(...path: string[]): string;
}

export interface Damage {
  readonly what: string;
  readonly make: (store: Store) => unknown;
  /** Outcomes of make and score. */
  readonly after: readonly [string, string];
  /** How many results are set aside; none where absent. */
  readonly quarantined?: number;
}

/** One bit of one byte; the size stays, and the time of modification where that is asked. */
export function flipBit(path: string, keepTime: boolean): void {
  const { atime, mtime } = statSync(path);
  const bytes = readFileSync(path);
  const at = bytes.length >> 1;
  const file = openSync(path, 'r+');
  writeSync(file, Uint8Array.of((bytes[at] ?? 0) ^ 1), 0, 1, at);
  closeSync(file);
  if (keepTime) utimesSync(path, atime, mtime);
}

/** A file's whole content replaced. */
export const rewritten = (
  what: string,
  path: (store: Store) => string,
  content: string,
  after: Damage['after'],
): Damage => ({
  what,
  make: (store) => writeFileSync(path(store), content),
  after,
});

function storeOf(project: Rig, first: RunJson): Store {
  const below =
    (folder: string) =>
    (...path: string[]) =>
      project.path(join(folder, ...path));
  const made = below(join('runs/stages', first.stages.find(({ name }) => name === 'make')?.fingerprint ?? ''));
  return { project, first, made, run: below(join('runs', first.configHash)), runs: below('runs') };
}

const quarantined = ({ runs }: Store) => (existsSync(runs('quarantine')) ? readdirSync(runs('quarantine')).length : 0);

/** Damages one store again and again: each time the run mends it, or had no need to. */
export async function mendAll(damages: readonly Damage[]): Promise<void> {
  const project = rig(files);
  const first = await project.run();
  const store = storeOf(project, first);
  for (const { what, make, after, quarantined: more = 0 } of damages) {
    const before = quarantined(store);
    await make(store);
    const { exitCode, stdout, stderr } = await project.retrial('run', '--json');
    expect({ what, exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const result = JSON.parse(stdout) as RunJson;
    expect({ what, ...outcomes(result) }).toEqual({ what, make: after[0], score: after[1] });
    expect({ what, outputs: outputsOf(result), metrics: result.metrics }).toEqual({
      ...{ what, outputs: outputsOf(first), metrics: first.metrics },
    });
    expect({ what, text: readFileSync(store.made('outs/made/1.txt'), 'utf8') }).toEqual({
      what,
      text: 'line '.repeat(101),
    });
    expect({ what, quarantined: quarantined(store) - before }).toEqual({ what, quarantined: more });
  }
  expect(outcomes(await project.run())).toEqual({ make: 'fresh', score: 'fresh' });
  expect((await project.retrial('runs')).exitCode).toBe(0);
}

const outputsOf = ({ stages }: RunJson) => stages.map((stage) => stage.outputs);
