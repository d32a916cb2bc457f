/** The machine-independent name of an experiment: what is asked, not what code or data answer it. */
import { type ConfigHash, hashJson } from '../hash.ts';
import { pickParams } from '../pipeline/param-tree.ts';
import type { Pipeline, Stage, Template } from '../pipeline/types.ts';

const formatVersion = 1;

/** Left out: comments, order, desc, resources, timeout, retries, series, code and runtime. */
export function configHashOf(pipeline: Pipeline): ConfigHash {
  const stages = [...pipeline.stages.values()];
  const named = [...new Set(stages.flatMap((stage) => stage.params))];
  return hashJson({
    format: formatVersion,
    stages: Object.fromEntries(stages.map((stage) => [stage.name, wiring(stage)])),
    params: pickParams(pipeline.params, named),
  }) as string as ConfigHash;
}

function wiring(stage: Stage) {
  return {
    cmd: commandShape(stage),
    deps: Object.fromEntries(
      Object.entries(stage.deps).map(([name, dep]) => [
        name,
        dep.kind === 'output' ? { stage: dep.stage, output: dep.output } : { path: dep.path },
      ]),
    ),
    params: [...stage.params].sort(),
    outs: Object.fromEntries(Object.entries(stage.outs).map(([name, out]) => [name, out.path])),
    metrics: Object.fromEntries(
      Object.entries(stage.outs).flatMap(([name, out]) => (out.metrics === undefined ? [] : [[name, out.metrics]])),
    ),
    env: [...stage.env].sort(),
  };
}

/** The command with its references left as references: paths in it differ between machines. */
export function commandShape(stage: Stage) {
  return stage.cmd.kind === 'shell'
    ? { shell: templateShape(stage.cmd.line) }
    : { argv: stage.cmd.args.map(templateShape) };
}

function templateShape(template: Template) {
  return template.map((part) => (typeof part === 'string' ? part : { ...part }));
}
