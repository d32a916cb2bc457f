/** A small project whose store is looked after: two stages, one of which writes a folder. */
import { readFileSync } from 'node:fs';
import type { FingerprintHash } from '../../src/hash.ts';
import { type Layout, layoutOf } from '../../src/store/layout.ts';
import { type Rig, type RunJson, rig } from './rig.ts';

export const keptFiles = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  make:
    cmd: [node, make.mjs, "\${params.text}", "\${outs.made}"]
    params: [text]
    deps: { words: words.txt }
    outs: { made: made/ }
  score:
    cmd: 'printf "{\\"size\\": %s}" $(cat \${deps.made}/*.txt | wc -c) > \${outs.scores}'
    deps: { made: "\${make.made}" }
    metrics: { scores: { path: scores.json, goal: { size: maximize } } }
`,
  'params.yaml': 'text: a\n',
  'words.txt': 'some words\n',
  'make.mjs': `import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
const [text, out] = process.argv.slice(2);
writeFileSync(\`\${out}/one.txt\`, text.repeat(100));
writeFileSync(\`\${out}/two words.txt\`, 'b');
mkdirSync(\`\${out}/empty\`);
symlinkSync('one.txt', \`\${out}/link\`);
`,
};

export interface KeptProject {
  readonly project: Rig;
  readonly layout: Layout;
  fingerprint(result: RunJson, stage: string): FingerprintHash;
}

export function keptProject(more: Readonly<Record<string, string>> = {}): KeptProject {
  const project = rig({ ...keptFiles, ...more });
  return { project, layout: layoutOf(project.path('runs')), fingerprint };
}

/** The same store seen from the project of a moved or copied one. */
export function keptIn(project: Rig): KeptProject {
  return { project, layout: layoutOf(project.path('runs')), fingerprint };
}

function fingerprint(result: RunJson, name: string): FingerprintHash {
  const found = result.stages.find((stage) => stage.name === name);
  if (found === undefined) throw new Error(`no stage ${name}`);
  return found.fingerprint as FingerprintHash;
}

export const jsonOf = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
