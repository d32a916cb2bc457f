/** Settings under several seeds, beside runs that failed, were pruned or killed, and one of another protocol. */
import type { ComparedRun, ComparedStage, Comparison } from '../../src/report/comparison.ts';
import { comparison, runOf } from './fixture.ts';

const metric = 'validate.ndcg@10';

/** Degree 1 and 3 have five seeds each, degree 2 three of which one failed; the best mean is that of degree 3. */
export function seeded(): Comparison {
  const [older] = [{ stage: 'train', changed: ['stages/train.ts'] }];
  const ran = [1, 3].flatMap((degree) =>
    [1, 2, 3, 4, 5].map((seed) =>
      runOf(degree * 10 + seed, { 'model.degree': degree, seed }, degree / 10 + seed / 100, {
        ...(degree === 1 && older !== undefined ? { olderCode: [older] } : {}),
      }),
    ),
  );
  const few = [1, 2].map((seed) => runOf(20 + seed, { 'model.degree': 2, seed }, 0.2 + seed / 100));
  return comparison(
    [
      ...[...ran, ...few],
      ended(23, { 'model.degree': 2, seed: 3 }, 'failed', { outcome: 'failed', failure: 'exited with code 1' }),
      ended(40, { 'model.degree': 4, seed: 1 }, 'pruned', {
        outcome: 'pruned',
        failure: 'was pruned at step 30: worse',
      }),
      ended(50, { 'model.degree': 5, seed: 1 }, 'killed', { outcome: 'cancelled', failure: null }),
      runOf(60, { 'model.degree': 6, seed: 1 }, 0.9, { metrics: { [metric]: { value: 0.9, group: 'leaked' } } }),
    ],
    {
      groups: {
        'held-out': { label: 'protocol = held-out', components: {} },
        leaked: { label: 'protocol = leaked', components: {} },
      },
    },
  );
}

function ended(
  trial: number,
  params: ComparedRun['params'],
  status: ComparedRun['status'],
  stage: Pick<ComparedStage, 'outcome' | 'failure'>,
): ComparedRun {
  const run = runOf(trial, params, null, { status, metrics: {} });
  const [train] = run.stages;
  if (train === undefined) throw new Error('a run has stages');
  return { ...run, stages: [{ ...train, outputs: [], fingerprint: null, ...stage }] };
}
