/** Metrics of W&B, which have no stages. */
import type { Pipeline } from '../../pipeline/types.ts';
import { seesHoldout, stagesInOrder } from '../../plan/graph.ts';
import { targetsOf } from '../spec.ts';

/** What a name without a stage may have meant: a metric of a stage that a trial runs, and that may steer a search. */
export function stageHint(name: string, until: string | undefined, pipeline: Pipeline): string {
  const reached = stagesInOrder(pipeline, targetsOf({ until }));
  const reporting = reached.filter(
    (stage) =>
      !seesHoldout(pipeline, stage.name) && Object.values(stage.outs).some(({ metrics }) => metrics !== undefined),
  );
  const meant = reporting.map((stage) => `${stage.name}.${name}`).join(' or ');
  return `a metric is named STAGE.METRIC${meant === '' ? '' : `: ${meant}`}`;
}
