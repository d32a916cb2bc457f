/** W&B sweep files: what of them means the same here, and what is said of the rest. */
import { describe, expect, test } from 'vitest';
import { mistakesIn, reading, spaceText } from './sweep-files.ts';

const head = 'method: random\nmetric: { name: validate.ndcg, goal: maximize }\n';
const parameters = 'parameters:\n  model.hidden: { values: [64, 128] }\n';
const withParameter = (text: string, method = 'random') =>
  `method: ${method}\nmetric: { name: validate.ndcg, goal: maximize }\nparameters:\n  model.rate: ${text}\n`;

describe('a W&B file', () => {
  test('says what a file of ours says', async () => {
    const spec = await reading(`program: train.py
method: bayes
name: tuned
description: Which size?
metric: { name: validate.loss }
run_cap: 30
parameters:
  model:
    parameters:
      hidden: { distribution: int_uniform, min: 16, max: 256 }
      rate: { distribution: log_uniform_values, min: 0.0001, max: 1 }
      loss: { value: wgan }
  seed: { values: [1, 2], distribution: categorical }
early_terminate: { type: hyperband, min_iter: 3, metric: train.loss }
`);
    expect(spaceText(spec)).toEqual([
      'model.hidden int 16…256 step 1',
      'model.rate float 0.0001…1 log',
      'model.loss ["wgan"]',
      'seed [1,2]',
    ]);
    expect(spec).toMatchObject({
      ...{ name: 'tuned', question: 'Which size?', budget: { trials: 30 } },
      metrics: [{ name: 'validate.loss', goal: 'minimize' }],
      sampler: { type: 'gp', seed: 1 },
      pruner: { type: 'asha', minStep: 3, maxStep: Number.MAX_SAFE_INTEGER, reduction: 3 },
      pruned: { stage: 'train', series: 'loss', goal: 'minimize' },
    });
    expect(spec.warnings.map(({ message }) => message)).toEqual(['program: of no meaning here']);
  });

  test('may use our words for what W&B has none', async () => {
    const spec = await reading(`${head}${parameters}until: validate\nseeds: [1, 2]\n`);
    expect([spec.until, spec.replicates.length, spec.budget.trials]).toEqual(['validate', 2, 20]);
  });

  test.each([
    ['grid', 'grid'],
    ['random', 'random'],
    ['bayes', 'gp'],
  ])('method: %s is the sampler %s', async (method, type) => {
    const spec = await reading(`method: ${method}\nmetric: { name: validate.ndcg, goal: maximize }\n${parameters}`);
    expect(spec.sampler.type).toBe(type);
  });

  test('whole ends of a log scale make no whole numbers there, as they do here', async () => {
    const range = '{ distribution: log_uniform_values, min: 1, max: 512 }';
    expect(spaceText(await reading(withParameter(range)))).toEqual(['model.rate float 1…512 log']);
    const mine = `version: 1\n${withParameter(range).replace('method: random', 'sampler: { type: random }')}`;
    expect(spaceText(await reading(mine))).toEqual(['model.rate int 1…512 step 1 log']);
  });
});

describe('quantised', () => {
  test.each([
    ['{ distribution: q_uniform, min: 0, max: 1, q: 0.1 }', 'float 0…1 step 0.1'],
    ['{ distribution: q_uniform, min: 2, max: 10, q: 2 }', 'int 2…10 step 2'],
    ['{ distribution: q_uniform, min: 2, max: 10 }', 'int 2…10 step 1'],
    ['{ distribution: q_log_uniform_values, min: 32, max: 512, q: 8 }', 'int 32…512 step 8 log'],
    ['{ distribution: q_log_uniform_values, min: 0.001, max: 0.1, q: 0.001 }', 'float 0.001…0.1 step 0.001 log'],
  ])('%s', async (written, read) => {
    expect(spaceText(await reading(withParameter(written)))).toEqual([`model.rate ${read}`]);
  });

  test('from an end that is no multiple', async () => {
    expect(
      await mistakesIn(withParameter('{ distribution: q_uniform, min: 0.05, max: 1, q: 0.1 }')),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:4:47 error: model.rate: min 0.05 is no multiple of q 0.1
        3 | parameters:
        4 |   model.rate: { distribution: q_uniform, min: 0.05, max: 1, q: 0.1 }
          |                                               ^^^^
        → min: 0.1"
    `);
  });

  test('a q that nothing is rounded to', async () => {
    expect(await mistakesIn(withParameter('{ min: 0.0, max: 1.0, q: 0.1 }'))).toMatchInlineSnapshot(`
      "sweep.yaml:4:37 error: parameters.model.rate: unknown key "q"
        3 | parameters:
        4 |   model.rate: { min: 0.0, max: 1.0, q: 0.1 }
          |                                     ^
        → there is: values, min, max, distribution, step, when"
    `);
  });
});

describe('early_terminate', () => {
  const stopped = (text: string) =>
    `${head}${parameters}early_terminate: { type: hyperband, metric: train.loss, ${text} }\n`;

  test('max_iter is divided down to s steps', async () => {
    const { pruner } = await reading(stopped('max_iter: 100, s: 2'));
    expect(pruner).toEqual({ type: 'asha', minStep: 11, maxStep: 99, reduction: 3 }); // judged at 11 and 33
  });

  test('with neither or both of its ends', async () => {
    expect(await mistakesIn(stopped('eta: 2'))).toMatchInlineSnapshot(`
      "sweep.yaml:5:1 error: early_terminate needs either min_iter, or max_iter and s
        4 |   model.hidden: { values: [64, 128] }
        5 | early_terminate: { type: hyperband, metric: train.loss, eta: 2 }
          | ^^^^^^^^^^^^^^^"
    `);
    expect(await mistakesIn(stopped('max_iter: 9'))).toContain('early_terminate: max_iter needs s');
    expect(await mistakesIn(stopped('max_iter: 9, s: 4'))).toContain('9 divided 4 times by 3 is below 1');
  });

  test('by the curve of an objective that has none', async () => {
    expect(
      await mistakesIn(`${head}${parameters}early_terminate: { type: hyperband, min_iter: 3 }\n`),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:5:1 error: early_terminate reads the curve of validate.ndcg, and no stage declares such a series
        4 |   model.hidden: { values: [64, 128] }
        5 | early_terminate: { type: hyperband, min_iter: 3 }
          | ^^^^^^^^^^^^^^^
        → add to it metric: STAGE.SERIES, what a stage reports while it runs: train.loss"
    `);
  });

  test('of another type', async () => {
    expect(
      await mistakesIn(`${head}${parameters}early_terminate: { type: envelope, min_iter: 0 }\n`),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:5:26 error: early_terminate.type must be hyperband
        4 |   model.hidden: { values: [64, 128] }
        5 | early_terminate: { type: envelope, min_iter: 0 }
          |                          ^^^^^^^^
      sweep.yaml:5:46 error: early_terminate.min_iter must be 1 or more
        4 |   model.hidden: { values: [64, 128] }
        5 | early_terminate: { type: envelope, min_iter: 0 }
          |                                              ^"
    `);
  });
});

describe('what it cannot say', () => {
  test('an unknown method', async () => {
    expect(
      await mistakesIn(`method: baies\nmetric: { name: validate.ndcg, goal: maximize }\n${parameters}`),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:1:9 error: method must be grid or random or bayes
        1 | method: baies
          |         ^^^^^
        → did you mean bayes?"
    `);
  });

  test('a metric without a stage', async () => {
    expect(
      await mistakesIn(`method: random\nmetric: { name: val_ndcg, goal: maximize }\n${parameters}`),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:2:17 error: metric: val_ndcg names no stage
        1 | method: random
        2 | metric: { name: val_ndcg, goal: maximize }
          |                 ^^^^^^^^
        → a metric is named STAGE.METRIC: validate.val_ndcg"
    `);
  });

  test('ours beside it', async () => {
    expect(
      await mistakesIn(`${head}${parameters}sampler: { type: tpe }\nrun_cap: 3\nbudget: { trials: 4 }\n`),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:1:1 error: method and sampler exclude each other
        1 | method: random
          | ^^^^^^
        → keep one of them
      sweep.yaml:6:1 error: run_cap and budget exclude each other
        5 | sampler: { type: tpe }
        6 | run_cap: 3
          | ^^^^^^^
        → keep one of them"
    `);
  });

  test('probabilities, and a value beside values', async () => {
    expect(
      await mistakesIn(withParameter('{ values: [0.1, 0.2], probabilities: [0.9, 0.1], value: 0.3 }')),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:4:37 error: model.rate: probabilities have no meaning here
        3 | parameters:
        4 |   model.rate: { values: [0.1, 0.2], probabilities: [0.9, 0.1], value: 0.3 }
          |                                     ^^^^^^^^^^^^^
        → each value is as likely as another
      sweep.yaml:4:64 error: model.rate: value and values exclude each other
        3 | parameters:
        4 |   model.rate: { values: [0.1, 0.2], probabilities: [0.9, 0.1], value: 0.3 }
          |                                                                ^^^^^"
    `);
  });

  test('a group with more than parameters', async () => {
    expect(
      await mistakesIn(`${head}parameters:\n  model: { parameters: { hidden: { values: [1] } }, values: [2] }\n`),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:4:53 error: model: values has no meaning beside parameters
        3 | parameters:
        4 |   model: { parameters: { hidden: { values: [1] } }, values: [2] }
          |                                                     ^^^^^^"
    `);
  });

  test('a mistake inside of a group stands where it was written', async () => {
    expect(
      await mistakesIn(
        `${head}parameters:\n  model:\n    parameters:\n      hiden: { values: [1] }\n      hidden: { values: [1, big] }\n      rate: { value: fast }\n`,
      ),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:6:7 error: there is no param "model.hiden"
        5 |     parameters:
        6 |       hiden: { values: [1] }
          |       ^^^^^
        → did you mean model.hidden?"
    `);
  });

  test('distributions that a search space has not', async () => {
    const wrong = [
      '{ distribution: log_uniform, min: -9.21, max: -2.3 }',
      '{ distribution: q_log_uniform, min: 0, max: 5, q: 1 }',
      '{ distribution: inv_log_uniform, min: 1, max: 5 }',
      '{ distribution: inv_log_uniform_values, min: 0.1, max: 1 }',
      '{ distribution: normal, mu: 1, sigma: 0.1 }',
      '{ distribution: q_normal, mu: 10, sigma: 2, q: 1 }',
      '{ distribution: log_normal }',
      '{ distribution: beta, a: 2, b: 2 }',
    ];
    const said: string[] = [];
    for (const written of wrong) said.push(await mistakesIn(withParameter(written)));
    expect(said.join('\n')).toMatchInlineSnapshot(`
      "sweep.yaml:4:31 error: model.rate: there is no log_uniform
        3 | parameters:
        4 |   model.rate: { distribution: log_uniform, min: -9.21, max: -2.3 }
          |                               ^^^^^^^^^^^
        → its min and max are exponents of e: min: 0.0001, max: 0.1003, distribution: log_uniform_values
      sweep.yaml:4:31 error: model.rate: there is no q_log_uniform
        3 | parameters:
        4 |   model.rate: { distribution: q_log_uniform, min: 0, max: 5, q: 1 }
          |                               ^^^^^^^^^^^^^
        → its min and max are exponents of e: distribution: q_log_uniform_values, min: 1, max: 148.4
      sweep.yaml:4:31 error: model.rate: there is no inv_log_uniform
        3 | parameters:
        4 |   model.rate: { distribution: inv_log_uniform, min: 1, max: 5 }
          |                               ^^^^^^^^^^^^^^^
        → its min and max are exponents of 1/e: min: 0.006738, max: 0.3679, distribution: log_uniform_values
      sweep.yaml:4:31 error: model.rate: there is no inv_log_uniform_values
        3 | parameters:
        4 |   model.rate: { distribution: inv_log_uniform_values, min: 0.1, max: 1 }
          |                               ^^^^^^^^^^^^^^^^^^^^^^
        → distribution: log_uniform_values draws the same
      sweep.yaml:4:31 error: model.rate: there is no normal
        3 | parameters:
        4 |   model.rate: { distribution: normal, mu: 1, sigma: 0.1 }
          |                               ^^^^^^
        → a range holds most of it: min: 0.8, max: 1.2, distribution: uniform
      sweep.yaml:4:31 error: model.rate: there is no q_normal
        3 | parameters:
        4 |   model.rate: { distribution: q_normal, mu: 10, sigma: 2, q: 1 }
          |                               ^^^^^^^^
        → a range holds most of it: min: 6, max: 14, step: q
      sweep.yaml:4:31 error: model.rate: there is no log_normal
        3 | parameters:
        4 |   model.rate: { distribution: log_normal }
          |                               ^^^^^^^^^^
        → a range holds most of it: min: 0.1353, max: 7.389, distribution: log_uniform_values
      sweep.yaml:4:31 error: model.rate: there is no beta
        3 | parameters:
        4 |   model.rate: { distribution: beta, a: 2, b: 2 }
          |                               ^^^^
        → a range holds all of it: min: 0.0, max: 1.0, distribution: uniform"
    `);
  });

  test('a distribution of nobody', async () => {
    expect(await mistakesIn(withParameter('{ distribution: uniforn, min: 0.0, max: 1.0 }'))).toMatchInlineSnapshot(`
      "sweep.yaml:4:31 error: parameters.model.rate.distribution must be uniform or int_uniform or log_uniform_values
        3 | parameters:
        4 |   model.rate: { distribution: uniforn, min: 0.0, max: 1.0 }
          |                               ^^^^^^^
        → did you mean uniform?"
    `);
  });
});
