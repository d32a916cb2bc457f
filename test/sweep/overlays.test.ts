/** `overlays:`: params files as a dimension. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { laidBy } from '../../src/sweep/overlay-dimension.ts';
import { gridPoints } from '../../src/sweep/samplers/grid.ts';
import { studyIdentity } from '../../src/sweep/study-identity.ts';
import { mistakesIn, reading, spaceText } from './sweep-files.ts';

const head = 'version: 1\nmetric: { name: validate.ndcg, goal: maximize }\n';
const both = `${head}overlays: [wgan.yaml, wide.yaml]\n`;

test('each is a value of the first dimension, which others may be conditional on', async () => {
  const spec = await reading(
    `${both}parameters:\n  model.rate: { values: [0.1, 0.2], when: { overlay: wgan.yaml } }\nstratify: [overlay]\n`,
  );
  expect(spaceText(spec)).toEqual([
    'overlay ["wgan.yaml","wide.yaml"]',
    'model.rate [0.1,0.2] when {"overlay":["wgan.yaml"]}',
  ]);
  expect(gridPoints(spec.space)).toEqual([
    { overlay: 'wgan.yaml', 'model.rate': 0.1 },
    { overlay: 'wgan.yaml', 'model.rate': 0.2 },
    { overlay: 'wide.yaml' },
  ]);
});

test('alone they are the whole space', async () => {
  const spec = await reading(both);
  expect(spec.budget.trials).toBe(2);
  const root = spec.pipeline.root;
  expect(laidBy(spec, { overlay: 'wide.yaml', seed: 2 })).toEqual({
    overlays: [join(root, 'wide.yaml')],
    values: { seed: 2 },
  });
});

test('a param named overlay is one where none are listed', async () => {
  const spec = await reading(`${head}parameters: { overlay: { values: [1, 2] } }\n`, {
    files: {
      'params.yaml': 'overlay: 1\nmodel: { hidden: 1 }\nseed: 1\nrows: 1\n',
      'pipeline.yaml': `version: 1\nparams: params.yaml\nstages:\n  validate:\n    cmd: score\n    params: [overlay]\n    metrics: { scores: { path: scores.json, goal: maximize } }\n`,
    },
  });
  expect(laidBy(spec, { overlay: 1 })).toEqual({ overlays: [], values: { overlay: 1 } });
});

test('a constraint sees the params of the point’s overlay', async () => {
  const spec = await reading(
    `${both}parameters: { seed: { values: [100, 200] } }\nconstraints: [model.hidden > seed]\n`,
  );
  expect(gridPoints(spec.space).filter((point) => spec.constraints.every(({ holds }) => holds(point)))).toEqual([
    { overlay: 'wgan.yaml', seed: 100 },
    { overlay: 'wide.yaml', seed: 100 },
    { overlay: 'wide.yaml', seed: 200 },
  ]);
});

test('what they set is a part of the study, not how it is written', async () => {
  const identity = async (wide: string) => studyIdentity(await reading(both, { files: { 'wide.yaml': wide } }));
  const first = await identity('model: { hidden: 512 }\n');
  expect(await identity('# as wide as it gets\nmodel:\n  hidden: 512\n')).toEqual(first);
  const other = await identity('model: { hidden: 256 }\n');
  expect(other.overlays).not.toEqual(first.overlays);
  expect({ ...other, overlays: null }).toEqual({ ...first, overlays: null });
});

describe('mistakes', () => {
  test('files that are not there, or are wrong', async () => {
    expect(
      await mistakesIn(`${head}overlays:\n  - wgan.yaml\n  - gone.yaml\n  - wrong.yaml\n`, {
        files: { 'wrong.yaml': 'model: { hiden: 1, hidden: big }\n' },
      }),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:5:5 error: gone.yaml does not exist
        4 |   - wgan.yaml
        5 |   - gone.yaml
          |     ^^^^^^^^^
      wrong.yaml:1:10 error: unknown param "model.hiden"
        1 | model: { hiden: 1, hidden: big }
          |          ^^^^^
        → did you mean model.hidden?
      wrong.yaml:1:28 error: model.hidden must be an integer, not a string ("big")
        1 | model: { hiden: 1, hidden: big }
          |                            ^^^"
    `);
  });

  test('a file of `config` that is not there', async () => {
    expect(await mistakesIn(`${both}config: [gone.yaml]\n`)).toMatchInlineSnapshot(`
      "sweep.yaml:4:10 error: gone.yaml does not exist
        3 | overlays: [wgan.yaml, wide.yaml]
        4 | config: [gone.yaml]
          |          ^^^^^^^^^"
    `);
  });

  test('conditions on one that is not listed', async () => {
    expect(
      await mistakesIn(`${both}parameters: { model.rate: { values: [0.1], when: { overlay: ease.yaml } } }\n`),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:4:52 error: when: overlay never is "ease.yaml"
        3 | overlays: [wgan.yaml, wide.yaml]
        4 | parameters: { model.rate: { values: [0.1], when: { overlay: ease.yaml } } }
          |                                                    ^^^^^^^
        → it is one of wgan.yaml, wide.yaml"
    `);
  });

  test('one listed twice', async () => {
    expect(await mistakesIn(`${head}overlays: [wgan.yaml, wgan.yaml]\n`)).toMatchInlineSnapshot(`
      "sweep.yaml:3:1 error: overlay: a value is listed twice
        2 | metric: { name: validate.ndcg, goal: maximize }
        3 | overlays: [wgan.yaml, wgan.yaml]
          | ^^^^^^^^"
    `);
  });

  test('beside a parameter of that name', async () => {
    expect(await mistakesIn(`${both}parameters: { overlay: { values: [1] } }\n`)).toMatchInlineSnapshot(`
      "sweep.yaml:4:15 error: overlay is there twice
        3 | overlays: [wgan.yaml, wide.yaml]
        4 | parameters: { overlay: { values: [1] } }
          |               ^^^^^^^
        → with overlays, it is the name of what they are among the parameters"
    `);
  });

  test('one that changes nothing a trial runs', async () => {
    expect(
      await mistakesIn(`${head}until: validate\noverlays: [wgan.yaml, rows.yaml]\n`, {
        files: { 'rows.yaml': 'rows: 20\n' },
      }),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:4:23 error: no stage that a trial runs is given what rows.yaml sets
        3 | until: validate
        4 | overlays: [wgan.yaml, rows.yaml]
          |                       ^^^^^^^^^
        → they are given model, seed"
    `);
  });

  test('final runs under a seed that one of them sets', async () => {
    const final = (seeds: string, more = '') =>
      mistakesIn(`${head}overlays: [wgan.yaml, seven.yaml]\n${more}final: { until: validate, seeds: ${seeds} }\n`, {
        files: { 'seven.yaml': 'seed: 7\n' },
      });
    expect(await final('[101, 7]')).toContain('sweep.yaml:4:40 error: final: 7 is a seed of the search too');
    expect(await final('[101, 7]', 'seeds: [1, 2]\n')).not.toContain('a seed of the search');
  });

  test('a page split by them', async () => {
    expect(await mistakesIn(`${both}compare: { split_by: overlay }\n`)).toMatchInlineSnapshot(`
      "sweep.yaml:4:22 error: split_by: a run has no param that tells its overlay
        3 | overlays: [wgan.yaml, wide.yaml]
        4 | compare: { split_by: overlay }
          |                      ^^^^^^^
        → take a param that they set: model.loss, model.rate, model.hidden"
    `);
    expect(await mistakesIn(`${both}compare: { split_by: model.loss }\n`)).toBe('no mistake');
  });

  test('none', async () => {
    expect(await mistakesIn(`${head}overlays: []\n`)).toMatchInlineSnapshot(`
      "sweep.yaml:3:11 error: overlays must not be empty
        2 | metric: { name: validate.ndcg, goal: maximize }
        3 | overlays: []
          |           ^^"
    `);
    expect(await mistakesIn(`${head}overlays: wgan.yaml\n`)).toMatchInlineSnapshot(`
      "sweep.yaml:3:11 error: overlays must be a list, not a text
        2 | metric: { name: validate.ndcg, goal: maximize }
        3 | overlays: wgan.yaml
          |           ^^^^^^^^^"
    `);
  });
});
