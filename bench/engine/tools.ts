/** The tools side by side: how each declares the same work, and which command does it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from './measure.ts';

/** Stages with one output each; `needs` are names of others. */
export interface Work {
  readonly stages: readonly WorkStage[];
}
export interface WorkStage {
  readonly name: string;
  readonly needs: readonly string[];
  /** A shell line; `$OUT` is where to write, `$IN` the first of what it needs. */
  readonly line: string;
  readonly folder?: boolean;
}

export interface Tool {
  readonly name: string;
  write(folder: string, work: Work): void;
  run(folder: string): Command;
  /** Takes away what `run` brings back from the cache. */
  forget(folder: string, work: Work): void;
}

const globOf = (stage: WorkStage) => (stage.folder === true ? `${outOf(stage)}/**` : outOf(stage));
const outOf = (stage: WorkStage) => `out/${stage.name}${stage.folder === true ? '' : '.txt'}`;
const named = (work: Work, name: string): WorkStage => {
  const found = work.stages.find((stage) => stage.name === name);
  if (found === undefined) throw new Error(`no stage ${name}`);
  return found;
};
const lineFor = (work: Work, stage: WorkStage, out: string) =>
  stage.line
    .replaceAll('$OUT', out)
    .replaceAll('$IN', stage.needs[0] === undefined ? '' : outOf(named(work, stage.needs[0])));

function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function forgetOutputs(folder: string): void {
  rmSync(join(folder, 'out'), { recursive: true, force: true });
  mkdirSync(join(folder, 'out'));
}

const command = join(import.meta.dirname, '..', '..', 'bin', 'retrial.js');

export const retrial: Tool = {
  name: 'retrial',
  write: (folder, { stages }) => {
    const text = stages.map((stage) => {
      const deps = stage.needs.map((name, at) => `d${at}: "\${${name}.out}"`).join(', ');
      const line = stage.line.replaceAll('$OUT', '${outs.out}').replaceAll('$IN', '${deps.d0}');
      const out = stage.folder === true ? 'out/' : 'out.txt';
      return `  ${stage.name}: { cmd: ${JSON.stringify(line)}, deps: { ${deps} }, code: [step.sh], outs: { out: ${out} } }\n`;
    });
    put(folder, { 'pipeline.yaml': `version: 1\nstages:\n${text.join('')}`, 'step.sh': 'true\n' });
  },
  run: (folder) => ({ argv: [process.execPath, command, 'run'], cwd: folder }),
  // There is no copy of an output outside the store: what is brought back is a run that points at the results.
  forget: (folder) =>
    execFileSync(
      'sh',
      ['-c', 'for run in runs/????????????????????????????????????????????????????????????????; do rm -r "$run"; done'],
      { cwd: folder },
    ),
};

export const dvc = (peers: string): Tool => ({
  name: 'DVC',
  write: (folder, work) => {
    const stages = work.stages.map((stage) => {
      const cmd =
        stage.folder === true
          ? `mkdir -p ${outOf(stage)} && ${lineFor(work, stage, outOf(stage))}`
          : lineFor(work, stage, outOf(stage));
      const deps = ['step.sh', ...stage.needs.map((name) => outOf(named(work, name)))];
      return [stage.name, { cmd, deps, outs: [outOf(stage)] }] as const;
    });
    put(folder, {
      'dvc.yaml': JSON.stringify({ stages: Object.fromEntries(stages) }),
      'step.sh': 'true\n',
      'out/.keep': '',
    });
    execFileSync(join(peers, 'venv/bin/dvc'), ['init', '--no-scm', '-q'], { cwd: folder });
    execFileSync(join(peers, 'venv/bin/dvc'), ['config', 'core.analytics', 'false'], { cwd: folder });
  },
  run: (folder) => ({ argv: [join(peers, 'venv/bin/dvc'), 'repro', '-q'], cwd: folder }),
  forget: forgetOutputs,
});

export const snakemake = (peers: string): Tool => ({
  name: 'Snakemake',
  write: (folder, work) => {
    const input = (stage: WorkStage) =>
      JSON.stringify(['step.sh', ...stage.needs.map((name) => outOf(named(work, name)))]);
    const output = (stage: WorkStage) =>
      stage.folder === true ? `directory(${JSON.stringify(outOf(stage))})` : JSON.stringify(outOf(stage));
    const shell = (stage: WorkStage) =>
      JSON.stringify(
        `${stage.folder === true ? `mkdir -p ${outOf(stage)}; ` : ''}${lineFor(work, stage, outOf(stage))}`,
      );
    const rules = work.stages.map(
      (stage) =>
        `rule ${stage.name}:\n  input: *${input(stage)}\n  output: ${output(stage)}\n  shell: ${shell(stage)}\n`,
    );
    const all = `rule all:\n  input: *${JSON.stringify(work.stages.map(outOf))}\n`;
    put(folder, { Snakefile: all + rules.join(''), 'step.sh': 'true\n' });
  },
  run: (folder) => ({ argv: [join(peers, 'venv/bin/snakemake'), '--cores', '2', '-q', 'all'], cwd: folder }),
  forget: forgetOutputs,
});

/** Without npm, which takes longer to start than all of wireit. */
export const wireit = (peers: string): Tool => ({
  name: 'wireit',
  write: (folder, work) => {
    const scripts = Object.fromEntries([...work.stages.map(({ name }) => name), 'all'].map((name) => [name, 'wireit']));
    const wired = work.stages.map((stage) => [
      stage.name,
      {
        command: lineFor(work, stage, outOf(stage)),
        files: ['step.sh'],
        output: [globOf(stage)],
        dependencies: stage.needs,
      },
    ]);
    const all = { dependencies: work.stages.map(({ name }) => name) };
    put(folder, {
      'package.json': JSON.stringify({
        name: 'work',
        version: '1.0.0',
        scripts,
        wireit: { ...Object.fromEntries(wired), all },
      }),
      ...{ 'step.sh': 'true\n', 'out/.keep': '' },
    });
  },
  run: (folder) => ({
    argv: [process.execPath, join(peers, 'node_modules/wireit/bin/wireit.js')],
    cwd: folder,
    env: {
      npm_lifecycle_event: 'all',
      npm_package_json: join(folder, 'package.json'),
      WIREIT_LOGGER: 'quiet',
      npm_config_user_agent: 'npm/10',
      WIREIT_PARALLEL: '2',
    },
  }),
  forget: forgetOutputs,
});

export const turbo = (peers: string): Tool => ({
  name: 'turbo',
  write: (folder, work) => {
    const made = (stage: WorkStage) => (stage.folder === true ? outOf(stage) : 'out');
    const line = (stage: WorkStage) => `mkdir -p ${made(stage)} && ${lineFor(work, stage, outOf(stage))}`;
    const tasks = work.stages.map((stage) => [
      stage.name,
      { dependsOn: stage.needs, inputs: ['step.sh'], outputs: [globOf(stage)] },
    ]);
    const names = work.stages.map(({ name }) => name);
    const scripts = { ...Object.fromEntries(work.stages.map((stage) => [stage.name, line(stage)])), all: 'true' };
    const manifest = { name: 'work', version: '1.0.0' };
    put(folder, {
      'package.json': JSON.stringify({ ...manifest, packageManager: 'npm@10.0.0', scripts }),
      'package-lock.json': JSON.stringify({
        ...manifest,
        lockfileVersion: 3,
        requires: true,
        packages: { '': manifest },
      }),
      'turbo.json': JSON.stringify({
        tasks: { ...Object.fromEntries(tasks), all: { dependsOn: names, inputs: ['step.sh'] } },
      }),
      ...{ 'step.sh': 'true\n', '.gitignore': 'out\n.turbo\nnode_modules\n' },
    });
    const commit = 'git init -q && git add -A && git -c user.name=bench -c user.email=bench@localhost commit -qm work';
    execFileSync('sh', ['-c', commit], { cwd: folder });
  },
  run: (folder) => ({
    argv: [join(peers, 'node_modules/.bin/turbo'), 'run', 'all', '--output-logs=none', '--concurrency=2'],
    cwd: folder,
    env: { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  }),
  forget: forgetOutputs,
});
