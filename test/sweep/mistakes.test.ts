/** Every mistake in a sweep file: what is said, whole, before anything runs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { formatDiagnostics } from '../../src/logging/diagnostics.ts';
import { readSweep } from '../../src/sweep/read-sweep.ts';

const pipeline = `version: 1
params: params.yaml
stages:
  train: { cmd: "train", params: [model, seed], outs: { model: model.bin }, series: { loss: { goal: minimize }, rate: {} } }
  validate:
    cmd: score
    deps: { model: "\${train.model}" }
    metrics: { scores: { path: scores.json, goal: maximize } }
  evaluate:
    cmd: score
    holdout: true
    deps: { model: "\${train.model}" }
    metrics: { scores: { path: scores.json, goal: maximize } }
  report: { cmd: "draw", deps: { scores: "\${evaluate.scores}" }, metrics: { drawn: drawn.json } }
`;
const params = 'model:\n  loss: vanilla\n  learning_rate: 1.0e-3\n  hidden: 128\nseed: 1\nunused: 1\n';

/** A sweep file of one text for each key. */
async function mistakes(changes: Readonly<Record<string, string>>, fileName = 'sweep.yaml'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-sweep-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'pipeline.yaml'), pipeline);
  writeFileSync(join(folder, 'params.yaml'), params);
  const keys = {
    version: '1',
    until: 'validate',
    metric: '{ name: validate.ndcg@10, goal: maximize }',
    parameters: '{ model.hidden: { values: [64, 128] } }',
    ...changes,
  };
  const text = Object.entries(keys).map(([key, value]) => (value === '' ? '' : `${key}: ${value}\n`));
  writeFileSync(join(folder, fileName), text.join(''));
  try {
    await readSweep(join(folder, fileName), { pipelineFile: join(folder, 'pipeline.yaml') });
  } catch (error) {
    if (error instanceof UserError) return formatDiagnostics(error.diagnostics, { color: false, cwd: folder });
    throw error;
  }
  return 'no mistake';
}

const random = { sampler: '{ type: random, seed: 1 }' };
const sweeping = (parameters: string, more = {}) => mistakes({ parameters, ...more });

test('a sweep file without a mistake', async () => {
  expect(await mistakes({})).toBe('no mistake');
  expect(await mistakes({ until: '' })).toBe('no mistake');
});

test('several at once', async () => {
  expect(
    await mistakes({
      parameters: '{ model.hiden: { values: [64] }, model.hidden: { min: 4, max: 2 } }',
      metric: '{ name: validat.ndcg, goal: maximize }',
      seeds: '[1, 2]',
    }),
  ).toMatchInlineSnapshot(`
    "sweep.yaml:4:15 error: there is no param "model.hiden"
      3 | metric: { name: validat.ndcg, goal: maximize }
      4 | parameters: { model.hiden: { values: [64] }, model.hidden: { min: 4, max: 2 } }
        |               ^^^^^^^^^^^
      → did you mean model.hidden?
    sweep.yaml:4:46 error: model.hidden: min 4 is not below max 2
      3 | metric: { name: validat.ndcg, goal: maximize }
      4 | parameters: { model.hiden: { values: [64] }, model.hidden: { min: 4, max: 2 } }
        |                                              ^^^^^^^^^^^^
    sweep.yaml:3:17 error: metric: there is no stage "validat"
      2 | until: validate
      3 | metric: { name: validat.ndcg, goal: maximize }
        |                 ^^^^^^^^^^^^
      → did you mean validate?"
  `);
});

describe('the file', () => {
  test('an unknown key', async () => {
    expect(await mistakes({ paramters: '{}' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:1 error: unknown key "paramters"
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | paramters: {}
          | ^^^^^^^^^
        → did you mean parameters?"
    `);
  });

  test('a value of the wrong kind', async () => {
    expect(
      await mistakes({ metric: '{ name: validate.ndcg@10, goal: up }', budget: '{ trials: 0 }' }),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:3:41 error: metric.goal must be maximize or minimize
        2 | until: validate
        3 | metric: { name: validate.ndcg@10, goal: up }
          |                                         ^^
      sweep.yaml:5:19 error: budget.trials must be 1 or more
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | budget: { trials: 0 }
          |                   ^"
    `);
  });

  test('a name that cannot be a folder', async () => {
    expect(await mistakes({ name: '../else' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:7 error: name: "../else" is not understood
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | name: ../else
          |       ^^^^^^^
        → Of the study; letters, digits, _ and -. The file’s name where not said."
    `);
  });
});

describe('the study’s name', () => {
  test('is the file’s where none is said, if it can be', async () => {
    expect(await mistakes({}, 'my sweep.yaml')).toMatchInlineSnapshot(`
      "error: "my sweep", after the file, cannot be the study's name
        → say name: …, of letters, digits, _ and -"
    `);
    expect(await mistakes({ name: 'mine' }, 'my sweep.yaml')).toBe('no mistake');
  });
});

describe('parameters', () => {
  test('unknown', async () => {
    expect(await sweeping('{ model.learning_rat: { values: [0.1] } }')).toMatchInlineSnapshot(`
      "sweep.yaml:4:15 error: there is no param "model.learning_rat"
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.learning_rat: { values: [0.1] } }
          |               ^^^^^^^^^^^^^^^^^^
        → did you mean model.learning_rate?"
    `);
  });

  test('a value of another type than the param has', async () => {
    expect(await sweeping('{ model.hidden: { values: [64, big] } }')).toMatchInlineSnapshot(`
      "sweep.yaml:4:44 error: model.hidden must be an integer, not a string ("big")
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.hidden: { values: [64, big] } }
          |                                            ^^^"
    `);
  });

  test('a range of another type than the param has', async () => {
    expect(await sweeping('{ model.loss: { min: 1, max: 3 } }')).toMatchInlineSnapshot(`
      "sweep.yaml:4:15 error: model.loss must be a string, not an integer (1)
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.loss: { min: 1, max: 3 } }
          |               ^^^^^^^^^^
        → put it in quotes to keep it a text"
    `);
  });

  test('a whole-number param over fractions', async () => {
    expect(
      await sweeping('{ model.hidden: { min: 1, max: 3, distribution: uniform } }', random),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:4:15 error: model.hidden must be an integer, not a number (1.6366197723675815)
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.hidden: { min: 1, max: 3, distribution: uniform } }
          |               ^^^^^^^^^^^^"
    `);
  });

  test('min not below max', async () => {
    expect(await sweeping('{ model.hidden: { min: 64, max: 64 } }')).toMatchInlineSnapshot(`
      "sweep.yaml:4:15 error: model.hidden: min 64 is not below max 64
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.hidden: { min: 64, max: 64 } }
          |               ^^^^^^^^^^^^"
    `);
  });

  test('a log scale from 0', async () => {
    expect(
      await sweeping('{ model.learning_rate: { min: 0, max: 0.1, distribution: log_uniform_values } }', random),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:4:15 error: model.learning_rate: a log scale needs min above 0
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.learning_rate: { min: 0, max: 0.1, distribution: log_uniform_values } }
          |               ^^^^^^^^^^^^^^^^^^^"
    `);
  });

  test('a grid over a range', async () => {
    expect(await sweeping('{ model.learning_rate: { min: 0.01, max: 0.1 } }')).toMatchInlineSnapshot(`
      "sweep.yaml:4:15 error: model.learning_rate: a grid needs values, or a step
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.learning_rate: { min: 0.01, max: 0.1 } }
          |               ^^^^^^^^^^^^^^^^^^^
        → add step: n, or take sampler: { type: random, seed: 1 }"
    `);
  });

  test('values and a range', async () => {
    expect(await sweeping('{ model.hidden: { values: [1], min: 1 } }')).toMatchInlineSnapshot(`
      "sweep.yaml:4:15 error: model.hidden: values and a range exclude each other
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.hidden: { values: [1], min: 1 } }
          |               ^^^^^^^^^^^^"
    `);
  });

  test('neither', async () => {
    expect(await sweeping('{ model.hidden: { min: 1 } }')).toMatchInlineSnapshot(`
      "sweep.yaml:4:15 error: model.hidden needs values, or min and max
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.hidden: { min: 1 } }
          |               ^^^^^^^^^^^^"
    `);
  });

  test('a value twice', async () => {
    expect(await sweeping('{ model.hidden: { values: [64, 128, 64] } }')).toMatchInlineSnapshot(`
      "sweep.yaml:4:15 error: model.hidden: a value is listed twice
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.hidden: { values: [64, 128, 64] } }
          |               ^^^^^^^^^^^^"
    `);
  });
});

describe('ranges', () => {
  const grid = (range: string) => sweeping(`{ model.learning_rate: ${range} }`);

  test('are of whole numbers only where they are written so', async () => {
    expect(await sweeping('{ model.hidden: { min: 8, max: 64 } }')).toBe('no mistake');
    expect(await sweeping('{ model.hidden: { min: 8, max: 64, distribution: log_uniform_values } }', random)).toBe(
      'no mistake',
    );
    expect(await sweeping('{ model.hidden: { min: 8.0, max: 64.0 } }', random)).toContain('must be an integer');
    expect(await sweeping('{ model.hidden: { min: 8, max: 64, step: 0.5 } }')).toContain('must be an integer');
    expect(await grid('{ min: 0.0, max: 1.0, distribution: int_uniform }')).toContain('int_uniform needs whole');
  });

  test('a grid over a log scale', async () => {
    expect(await grid('{ min: 0.01, max: 0.1, distribution: log_uniform_values }')).toMatchInlineSnapshot(`
      "sweep.yaml:4:15 error: model.learning_rate: a grid needs values, or a step
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.learning_rate: { min: 0.01, max: 0.1, distribution: log_uniform_values } }
          |               ^^^^^^^^^^^^^^^^^^^
        → list values, or take sampler: { type: random, seed: 1 }"
    `);
  });

  test('a grid without end is refused before it is laid out', async () => {
    expect(
      await sweeping(
        '{ model.hidden: { min: 1, max: 1000000000 }, model.learning_rate: { min: 0, max: 1, step: 1.0e-9 } }',
      ),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:4:1 error: parameters: a grid of up to 1000000000000000000 points is too large
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.hidden: { min: 1, max: 1000000000 }, model.learning_rate: { min: 0, max: 1, step: 1.0e-9 } }
          | ^^^^^^^^^^
        → list fewer values, take larger steps, or sampler: { type: random, seed: 1 }"
    `);
  });

  test('a seed for a grid', async () => {
    expect(await mistakes({ sampler: '{ type: grid, seed: 1 }' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:24 error: sampler: grid has no seed
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | sampler: { type: grid, seed: 1 }
          |                        ^^^^
        → it takes no setting"
    `);
  });
});

describe('params that change nothing, or twice', () => {
  test('one that no stage of a trial is given', async () => {
    expect(await sweeping('{ unused: { values: [1, 2] } }')).toMatchInlineSnapshot(`
      "sweep.yaml:4:15 error: no stage that a trial runs is given unused
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { unused: { values: [1, 2] } }
          |               ^^^^^^
        → they are given model, seed"
    `);
    expect(await mistakes({ replicates: '{ unused: [1, 2] }' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:1 error: no stage that a trial runs is given unused
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | replicates: { unused: [1, 2] }
          | ^^^^^^^^^^
        → they are given model, seed"
    `);
  });

  test('one inside of another', async () => {
    expect(
      await sweeping('{ model: { values: [{ hidden: 64 }] }, model.hidden: { values: [64, 128] } }'),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:4:52 error: model.hidden is a part of model, which is swept too
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model: { values: [{ hidden: 64 }] }, model.hidden: { values: [64, 128] } }
          |                                                    ^^^^^^^^^^^^"
    `);
  });
});

describe('when', () => {
  const hidden = (when: string) =>
    sweeping(`{ model.loss: { values: [vanilla, wgan] }, model.hidden: { values: [64, 128], when: ${when} } }`);

  test('of an unknown parameter', async () => {
    expect(await hidden('{ model.los: wgan }')).toMatchInlineSnapshot(`
      "sweep.yaml:4:99 error: when: model.los is not among the parameters
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.loss: { values: [vanilla, wgan] }, model.hidden: { values: [64, 128], when: { model.los: wgan } } }
          |                                                                                                   ^^^^^^^^^
        → did you mean model.loss?"
    `);
  });

  test('of a value it never has', async () => {
    expect(await hidden('{ model.loss: hinge }')).toMatchInlineSnapshot(`
      "sweep.yaml:4:99 error: when: model.loss never is "hinge"
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.loss: { values: [vanilla, wgan] }, model.hidden: { values: [64, 128], when: { model.loss: hinge } } }
          |                                                                                                   ^^^^^^^^^^
        → it is one of vanilla, wgan"
    `);
  });

  test('in a circle', async () => {
    expect(
      await sweeping(
        '{ model.loss: { values: [wgan], when: { model.hidden: 64 } }, model.hidden: { values: [64], when: { model.loss: wgan } } }',
      ),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:4:15 error: conditions go round in a circle: model.loss, model.hidden
        3 | metric: { name: validate.ndcg@10, goal: maximize }
        4 | parameters: { model.loss: { values: [wgan], when: { model.hidden: 64 } }, model.hidden: { values: [64], when: { model.loss: wgan } } }
          |               ^^^^^^^^^^"
    `);
  });
});

describe('objective', () => {
  test('until an unknown stage', async () => {
    expect(await mistakes({ until: 'validat' })).toMatchInlineSnapshot(`
      "sweep.yaml:2:8 error: until: there is no stage "validat"
        1 | version: 1
        2 | until: validat
          |        ^^^^^^^
        → did you mean validate?"
    `);
  });

  test('a metric of an unknown stage', async () => {
    expect(await mistakes({ metric: '{ name: validat.ndcg, goal: maximize }' })).toMatchInlineSnapshot(`
      "sweep.yaml:3:17 error: metric: there is no stage "validat"
        2 | until: validate
        3 | metric: { name: validat.ndcg, goal: maximize }
          |                 ^^^^^^^^^^^^
        → did you mean validate?"
    `);
  });

  test('a metric without a stage', async () => {
    expect(await mistakes({ metric: '{ name: ndcg, goal: maximize }' })).toMatchInlineSnapshot(`
      "sweep.yaml:3:17 error: metric: ndcg names no stage
        2 | until: validate
        3 | metric: { name: ndcg, goal: maximize }
          |                 ^^^^
        → a metric is named STAGE.METRIC: validate.ndcg"
    `);
  });

  test('a metric of a stage that no trial reaches', async () => {
    expect(await mistakes({ until: 'train' })).toMatchInlineSnapshot(`
      "sweep.yaml:3:17 error: metric: a trial ends with train and never runs validate
        2 | until: train
        3 | metric: { name: validate.ndcg@10, goal: maximize }
          |                 ^^^^^^^^^^^^^^^^
        → until: validate"
    `);
  });

  test.each(['evaluate.ndcg', 'report.drawn'])('a metric that saw held-out data: %s', async (name) => {
    expect(await mistakes({ until: '', metric: `{ name: ${name}, goal: maximize }` })).toContain(
      'sees held-out data, which may not steer a search',
    );
  });
});

describe('replicates', () => {
  test('over an unknown param', async () => {
    expect(await mistakes({ replicates: '{ sed: [1, 2] }' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:1 error: replicates: there is no param "sed"
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | replicates: { sed: [1, 2] }
          | ^^^^^^^^^^
        → did you mean seed?"
    `);
  });

  test('over one that is swept too', async () => {
    expect(await mistakes({ replicates: '{ model.hidden: [1, 2] }' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:1 error: replicates: model.hidden is a swept parameter too
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | replicates: { model.hidden: [1, 2] }
          | ^^^^^^^^^^"
    `);
  });

  test('over values that it cannot have', async () => {
    expect(await mistakes({ replicates: '{ seed: [1, many] }' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:25 error: seed must be an integer, not a string ("many")
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | replicates: { seed: [1, many] }
          |                         ^^^^"
    `);
  });

  test('seeds twice over', async () => {
    expect(await mistakes({ seeds: '[1, 1]' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:1 error: seeds: a value is listed twice
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | seeds: [1, 1]
          | ^^^^^
        → the same run twice is no second opinion"
    `);
  });

  test('pages split by what is not swept', async () => {
    expect(await mistakes({ compare: '{ split_by: model.loss }' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:22 error: split_by: model.loss is not among the parameters
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | compare: { split_by: model.loss }
          |                      ^^^^^^^^^^
        → there is: model.hidden"
    `);
  });

  test('and seeds', async () => {
    expect(await mistakes({ seeds: '[1]', replicates: '{ seed: [1] }' })).toMatchInlineSnapshot(`
      "sweep.yaml:6:1 error: replicates: seeds and replicates exclude each other
        5 | seeds: [1]
        6 | replicates: { seed: [1] }
          | ^^^^^^^^^^
        → seeds: […] is short for replicates: { seed: […] }"
    `);
  });
});

describe('search', () => {
  const range = { parameters: '{ model.learning_rate: { min: 0.1, max: 0.2 } }' };
  const onCurve = (pruner: string) => mistakes({ pruner });

  test.each(['random', 'qmc', 'tpe', 'cmaes', 'gp', 'nsgaii'])('%s and median without a mistake', async (type) => {
    const search = { sampler: `{ type: ${type}, seed: 3 }`, pruner: '{ type: median, metric: train.loss }' };
    expect(await mistakes({ ...range, ...search, budget: '{ trials: 3 }' })).toBe('no mistake');
  });

  test('a setting of another sampler, and one of none', async () => {
    expect(await mistakes({ ...range, sampler: '{ type: random, candidates: 3 }' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:26 error: sampler: random has no candidates
        4 | parameters: { model.learning_rate: { min: 0.1, max: 0.2 } }
        5 | sampler: { type: random, candidates: 3 }
          |                          ^^^^^^^^^^
        → it takes seed"
    `);
    expect(await mistakes({ sampler: '{ type: grid, seed: 3 }' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:24 error: sampler: grid has no seed
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | sampler: { type: grid, seed: 3 }
          |                        ^^^^
        → it takes no setting"
    `);
    expect(await mistakes({ ...range, sampler: '{ type: tpee }' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:18 error: sampler.type must be grid or random or qmc or tpe or cmaes or gp or nsgaii
        4 | parameters: { model.learning_rate: { min: 0.1, max: 0.2 } }
        5 | sampler: { type: tpee }
          |                  ^^^^
        → did you mean tpe?"
    `);
  });

  test('a setting of another pruner, and one that is missing', async () => {
    expect(await onCurve('{ type: median, metric: train.loss, reduction: 2 }')).toMatchInlineSnapshot(`
      "sweep.yaml:5:45 error: pruner: median has no reduction
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | pruner: { type: median, metric: train.loss, reduction: 2 }
          |                                             ^^^^^^^^^
        → it takes startup_trials, warmup_steps, min_trials"
    `);
    expect(await onCurve('{ type: asha, metric: train.loss, min_step: 1 }')).toMatchInlineSnapshot(`
      "sweep.yaml:5:1 error: pruner: asha needs max_step
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | pruner: { type: asha, metric: train.loss, min_step: 1 }
          | ^^^^^^
        → it takes min_step, max_step, reduction"
    `);
    expect(await onCurve('{ type: asha, metric: train.loss, min_step: 9, max_step: 3 }')).toMatchInlineSnapshot(`
      "sweep.yaml:5:43 error: pruner: min_step 9 is above max_step 3
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | pruner: { type: asha, metric: train.loss, min_step: 9, max_step: 3 }
          |                                           ^^^^^^^^"
    `);
    expect(await onCurve('{ type: threshold, metric: train.loss }')).toMatchInlineSnapshot(`
      "sweep.yaml:5:11 error: pruner: threshold needs lower, upper or both
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | pruner: { type: threshold, metric: train.loss }
          |           ^^^^"
    `);
    expect(await onCurve('{ type: threshold, metric: train.loss, lower: 2, upper: 1 }')).toMatchInlineSnapshot(`
      "sweep.yaml:5:48 error: pruner: lower 2 is not below upper 1
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | pruner: { type: threshold, metric: train.loss, lower: 2, upper: 1 }
          |                                                ^^^^^"
    `);
  });

  test('a pruner that reads what a trial never reports, or what is held out', async () => {
    expect(await onCurve('{ type: median, metric: trian.loss }')).toMatchInlineSnapshot(`
      "sweep.yaml:5:33 error: pruner: there is no stage "trian"
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | pruner: { type: median, metric: trian.loss }
          |                                 ^^^^^^^^^^
        → did you mean train?"
    `);
    expect(await onCurve('{ type: median, metric: loss }')).toMatchInlineSnapshot(`
      "sweep.yaml:5:33 error: pruner: loss names no stage
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | pruner: { type: median, metric: loss }
          |                                 ^^^^
        → a metric is named STAGE.METRIC: validate.loss"
    `);
    expect(await onCurve('{ type: median, metric: evaluate.ndcg }')).toMatchInlineSnapshot(`
      "sweep.yaml:5:33 error: pruner: evaluate sees held-out data, which may not steer a search
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | pruner: { type: median, metric: evaluate.ndcg }
          |                                 ^^^^^^^^^^^^^
        → choose by a metric of the validation part"
    `);
    expect(
      await mistakes({
        ...{ until: 'train', metric: '{ name: train.loss, goal: minimize }' },
        pruner: '{ type: median, metric: validate.ndcg }',
      }),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:5:33 error: pruner: a trial ends with train and never runs validate
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | pruner: { type: median, metric: validate.ndcg }
          |                                 ^^^^^^^^^^^^^
        → until: validate"
    `);
  });

  test('objectives that are none', async () => {
    expect(
      await mistakes({
        metric:
          '[{ name: validate.a, goal: maximize }, { name: validate.a, goal: minimize }, { name: evaluate.b, goal: minimize }]',
      }),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:3:94 error: metric: evaluate sees held-out data, which may not steer a search
        2 | until: validate
        3 | metric: [{ name: validate.a, goal: maximize }, { name: validate.a, goal: minimize }, { name: evaluate.b, goal: minimize }]
          |                                                                                              ^^^^^^^^^^
        → choose by a metric of the validation part
      sweep.yaml:3:56 error: metric: validate.a is listed twice
        2 | until: validate
        3 | metric: [{ name: validate.a, goal: maximize }, { name: validate.a, goal: minimize }, { name: evaluate.b, goal: minimize }]
          |                                                        ^^^^^^^^^^"
    `);
    expect(await mistakes({ metric: '[]' })).toMatchInlineSnapshot(`
      "sweep.yaml:3:9 error: metric must not be empty
        2 | until: validate
        3 | metric: []
          |         ^^"
    `);
  });

  test('constraints that are none', async () => {
    const constraints = (text: string) => mistakes({ constraints: `['${text}']` });
    expect(await constraints('model.hidden >= 64 or model.hiden > 3')).toMatchInlineSnapshot(`
      "sweep.yaml:5:15 error: constraint: there is no param "model.hiden"
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | constraints: ['model.hidden >= 64 or model.hiden > 3']
          |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        → did you mean model.hidden?"
    `);
    expect(await constraints('model.hidden >=')).toMatchInlineSnapshot(`
      "sweep.yaml:5:15 error: constraint: Parse error on line 1: model.hidden >= Expecting '-', 'not', 'if', '(', 'Number', 'Symbol', 'String', got 'EndOfExpression'
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | constraints: ['model.hidden >=']
          |               ^^^^^^^^^^^^^^^^^"
    `);
    expect(await constraints('model.hidden < "a"')).toMatchInlineSnapshot(`
      "sweep.yaml:5:15 error: constraint: Expected a number, but got a text instead.
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | constraints: ['model.hidden < "a"']
          |               ^^^^^^^^^^^^^^^^^^^^"
    `);
    expect(await constraints('model.learning_rate < 1')).toMatchInlineSnapshot(`
      "sweep.yaml:5:15 error: constraint: model.learning_rate < 1 names no swept parameter
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | constraints: ['model.learning_rate < 1']
          |               ^^^^^^^^^^^^^^^^^^^^^^^^^"
    `);
    expect(await constraints('model.hidden > 1000')).toMatchInlineSnapshot(`
      "sweep.yaml:5:1 error: constraints: none of 2000 points drawn at random meets them all
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | constraints: ['model.hidden > 1000']
          | ^^^^^^^^^^^
        → widen the parameters, or take back a constraint"
    `);
  });
});

describe('arms', () => {
  const random = { sampler: '{ type: random }' };

  test('of what is not swept, has no end, or depends on what is no arm', async () => {
    expect(await mistakes({ stratify: '[model.hiden]' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:12 error: stratify: model.hiden is not among the parameters
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | stratify: [model.hiden]
          |            ^^^^^^^^^^^
        → did you mean model.hidden?"
    `);
    expect(
      await mistakes({
        ...random,
        parameters: '{ model.learning_rate: { min: 0.1, max: 0.2 } }',
        stratify: '[model.learning_rate]',
      }),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:6:12 error: stratify: model.learning_rate has no end of values, and an arm for each
        5 | sampler: { type: random }
        6 | stratify: [model.learning_rate]
          |            ^^^^^^^^^^^^^^^^^^^
        → list its values"
    `);
    expect(
      await mistakes({
        parameters:
          '{ model.loss: { values: [vanilla, wgan] }, model.hidden: { values: [64], when: { model.loss: wgan } } }',
        stratify: '[model.hidden]',
      }),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:5:12 error: stratify: model.hidden depends on model.loss, which is not among the arms
        4 | parameters: { model.loss: { values: [vanilla, wgan] }, model.hidden: { values: [64], when: { model.loss: wgan } } }
        5 | stratify: [model.hidden]
          |            ^^^^^^^^^^^^"
    `);
  });
});

describe('racing and final runs', () => {
  test('a race without further replicates', async () => {
    expect(await mistakes({ seeds: '[1, 2, 3]', racing: '{ start: 3 }' })).toMatchInlineSnapshot(`
      "sweep.yaml:6:18 error: racing: a start of 3 leaves none of 3 replicates
        5 | seeds: [1, 2, 3]
        6 | racing: { start: 3 }
          |                  ^
        → list more seeds, or take racing away"
    `);
    expect(await mistakes({ racing: '{ start: 2 }' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:18 error: racing: a start of 2 leaves none of 1 replicates
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | racing: { start: 2 }
          |                  ^
        → list more seeds, or take racing away"
    `);
    expect(await mistakes({ seeds: '[1, 2, 3]', racing: '{ start: 1 }' })).toMatchInlineSnapshot(`
      "sweep.yaml:6:18 error: racing.start must be 2 or more
        5 | seeds: [1, 2, 3]
        6 | racing: { start: 1 }
          |                  ^"
    `);
  });

  test('final runs as long as the best step of what is no series, or chooses by what it may not', async () => {
    const best = (step: string, more = {}) =>
      mistakes({ final: `{ until: evaluate, seeds: [11], best_step: { ${step} } }`, ...more });
    expect(await best('model.learning_rate: train.loss')).toBe('no mistake');
    const said = async (step: string) => (await best(step)).split('\n').filter((line) => /error|→/.test(line));
    expect(await said('model.round: train.loss')).toEqual([
      'sweep.yaml:5:53 error: final: there is no param "model.round"',
      '  → there is: model.loss, model.learning_rate, model.hidden, seed, unused',
    ]);
    expect(await said('model.learning_rate: loss')).toEqual([
      'sweep.yaml:5:74 error: final: loss is no series of a stage that a trial runs',
      '  → STAGE.SERIES, a stage of train, validate',
    ]);
    expect(await said('model.learning_rate: evaluate.loss')).toEqual([
      'sweep.yaml:5:74 error: final: evaluate.loss is no series of a stage that a trial runs',
      '  → STAGE.SERIES, a stage of train, validate',
    ]);
    expect(await said('model.learning_rate: train.rate')).toEqual([
      'sweep.yaml:5:74 error: final: nothing says which values of train.rate are better',
      '  → give the series a goal in pipeline.yaml',
    ]);
    expect(await best('model.hidden: train.loss')).toContain('model.hidden is a swept parameter');
    const both = { final: '{ until: evaluate, seeds: [11], set: { unused: 2 }, best_step: { unused: train.loss } }' };
    expect(await mistakes(both)).toContain('unused is under set, too');
    expect(await said('seed: train.loss')).toEqual([
      'sweep.yaml:5:53 error: final: seed is what seeds: gives each run',
    ]);
    expect(await best('model.loss: train.loss')).toMatch(/^sweep\.yaml:5:53 error: .*model\.loss/);
  });

  test('a param with one value is not chosen, and may be another in the final runs', async () => {
    const parameters = '{ model.hidden: { values: [64, 128] }, model.loss: { values: [vanilla] } }';
    const final = '{ until: evaluate, seeds: [11], set: { model.loss: wgan } }';
    expect(await mistakes({ parameters, final })).toBe('no mistake');
  });

  test('final runs that would fail, or look at what they were chosen by', async () => {
    const final = (text: string, more = {}) => mistakes({ final: `{ until: evaluate, ${text} }`, ...more });
    expect(await final('seeds: [11, 12], set: { model.learning_rate: 0.3 }')).toBe('no mistake');
    expect(await final('seeds: [11], set: { model.hidden: 3 }')).toMatchInlineSnapshot(`
      "sweep.yaml:5:40 error: final: model.hidden is a swept parameter: the runs would not be those of the best
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | final: { until: evaluate, seeds: [11], set: { model.hidden: 3 } }
          |                                        ^^^"
    `);
    expect(await final('seeds: [2, 3]', { seeds: '[1, 2]' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:35 error: final: 2 is a seed of the search too
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | final: { until: evaluate, seeds: [2, 3] }
          |                                   ^
        → the best was chosen by what it reached under that seed: take others"
    `);
    expect(await final('seeds: [1]')).toMatchInlineSnapshot(`
      "sweep.yaml:5:35 error: final: 1 is a seed of the search too
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | final: { until: evaluate, seeds: [1] }
          |                                   ^
        → the best was chosen by what it reached under that seed: take others"
    `); // that of params.yaml, by which it was chosen
    expect(await final('seeds: [11], set: { seed: 1 }')).toContain(
      'sweep.yaml:5:40 error: final: seed is what seeds: gives each run',
    );
    const swept = await final('seeds: [11]', { parameters: '{ seed: { values: [11, 7] } }' });
    expect(swept).toContain('sweep.yaml:5:27 error: final: seed is a swept parameter');
    expect(swept).toContain('sweep.yaml:5:35 error: final: 11 is a seed of the search too');
    expect(await final('seeds: [11]', { parameters: '{ seed: { values: [7] } }' })).toBe('no mistake');
    expect(await final('seeds: [11, 11]')).toMatchInlineSnapshot(`
      "sweep.yaml:5:39 error: final: 11 is listed twice
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | final: { until: evaluate, seeds: [11, 11] }
          |                                       ^^
        → the same run twice is no second opinion"
    `);
    expect(await final('seeds: [11], per: [model.loss]')).toMatchInlineSnapshot(`
      "sweep.yaml:5:46 error: final: model.loss is not among the parameters
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | final: { until: evaluate, seeds: [11], per: [model.loss] }
          |                                              ^^^^^^^^^^
        → there is: model.hidden"
    `);
    expect(await final('seeds: [11], set: { model.hiden: 3, model.learning_rate: fast }')).toMatchInlineSnapshot(`
      "sweep.yaml:5:40 error: final: there is no param "model.hiden"
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | final: { until: evaluate, seeds: [11], set: { model.hiden: 3, model.learning_rate: fast } }
          |                                        ^^^
        → did you mean model.hidden?"
    `);
    expect(await final('seeds: [11], set: { model.learning_rate: fast }')).toMatchInlineSnapshot(`
      "sweep.yaml:5:40 error: model.learning_rate must be a number, not a string ("fast")
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | final: { until: evaluate, seeds: [11], set: { model.learning_rate: fast } }
          |                                        ^^^"
    `);
    expect(await mistakes({ final: '{ until: evaluat, seeds: [11] }' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:17 error: final: there is no stage "evaluat"
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | final: { until: evaluat, seeds: [11] }
          |                 ^^^^^^^
        → did you mean evaluate?"
    `);
    expect(await mistakes({ final: '{ until: validate, seeds: [11] }' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:17 error: final: validate sees no held-out data: its runs would be trials once more
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | final: { until: validate, seeds: [11] }
          |                 ^^^^^^^^
        → a stage that looks at the test part says so in pipeline.yaml: holdout: true"
    `);
    expect(await mistakes({ final: '{ until: report, seeds: [11] }' })).toBe('no mistake');
    expect(await mistakes({ final: '{ until: evaluate }' })).toMatchInlineSnapshot(`
      "sweep.yaml:5:1 error: final needs the key "seeds"
        4 | parameters: { model.hidden: { values: [64, 128] } }
        5 | final: { until: evaluate }
          | ^^^^^
        → seeds: Values of the replicates’ param, none of which the search has used."
    `);
  });
});

test('a map that is written as a text, or lacks a key: how it is written', async () => {
  const said = await mistakes({ sampler: 'tpe', pruner: '{ type: median }' });
  expect(said).toContain('→ write sampler: { type: grid or random or qmc or tpe or cmaes or gp or nsgaii }');
  expect(said).toContain('→ metric: `STAGE.SERIES`, what a stage reports while it runs.');
});
