/** `retrial dag`: the graph of stages as text, Mermaid or DOT. */

import type { Stage } from '../pipeline/types.ts';
import { stagesInOrder, upstream } from '../plan/graph.ts';
import { type ConfigOptions, openProject } from './project.ts';

export interface DagOptions extends ConfigOptions {
  readonly mermaid?: boolean;
  readonly dot?: boolean;
}

export async function dag(targets: readonly string[], options: DagOptions): Promise<number> {
  const { pipeline } = await openProject(options);
  const stages = stagesInOrder(pipeline, targets);
  const draw = options.mermaid === true ? mermaid : options.dot === true ? dot : text;
  process.stdout.write(draw(stages));
  return 0;
}

/** Each stage with what it takes, dependencies first. */
export function text(stages: readonly Stage[]): string {
  const lines = stages.map((stage) => {
    const inputs = Object.values(stage.deps).map((dep) =>
      dep.kind === 'path' ? dep.path : `${dep.stage}.${dep.output}`,
    );
    return `${stage.name}${stage.holdout ? ' (holdout)' : ''}${inputs.length === 0 ? '' : `  ← ${inputs.join(', ')}`}`;
  });
  return `${lines.join('\n')}\n`;
}

export function mermaid(stages: readonly Stage[]): string {
  const nodes = stages.map((stage) => `  ${id(stage.name)}["${stage.name}"]`);
  const edges = stages.flatMap((stage) => upstream(stage).map((from) => `  ${id(from)} --> ${id(stage.name)}`));
  return `${['flowchart TD', ...nodes, ...edges].join('\n')}\n`;
}

export function dot(stages: readonly Stage[]): string {
  const nodes = stages.map((stage) => `  "${stage.name}";`);
  const edges = stages.flatMap((stage) => upstream(stage).map((from) => `  "${from}" -> "${stage.name}";`));
  return `${['digraph pipeline {', ...nodes, ...edges, '}'].join('\n')}\n`;
}

/** Mermaid takes some words (`end`) as its own. */
function id(name: string): string {
  return `s_${name.replace(/-/g, '_')}`;
}
