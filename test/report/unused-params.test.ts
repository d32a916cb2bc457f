import { expect, test } from 'vitest';
import type { JsonValue } from '../../src/pipeline/types.ts';
import { withoutUnused } from '../../src/report/unused-params.ts';

const spec = {
  parameters: {
    'model.name': { when: {} },
    'model.loss': { when: { 'model.name': ['gan'] } },
    'model.clip': { when: { 'model.loss': ['wgan', 'wgan-gp'] } },
    'model.depth': { when: { 'model.name': 'tree' } },
  },
};

const params = (name: string, loss: string) => ({
  ...{ 'model.name': name, 'model.loss': loss, 'model.clip': 0.1, 'model.depth': 3, seed: 1 },
});

test('what a study searches for other settings alone is no setting of a run', () => {
  const [wgan, vanilla, tree] = withoutUnused(
    [{ params: params('gan', 'wgan') }, { params: params('gan', 'vanilla') }, { params: params('tree', 'wgan') }],
    spec,
  );
  expect(wgan?.params).toEqual({ 'model.name': 'gan', 'model.loss': 'wgan', 'model.clip': 0.1, seed: 1 });
  expect(vanilla?.params).toEqual({ 'model.name': 'gan', 'model.loss': 'vanilla', seed: 1 });
  expect(vanilla?.unused).toEqual({ 'model.clip': 0.1, 'model.depth': 3 });
  // The loss is not used, so that nothing is used because of it.
  expect(tree?.params).toEqual({ 'model.name': 'tree', 'model.depth': 3, seed: 1 });
});

test('a study that recorded no conditions, or none that can be read, leaves all as it is', () => {
  const runs = [{ params: params('gan', 'wgan') }];
  for (const other of [null, {}, { parameters: 3 }, { parameters: { 'model.clip': 'x' } }] as JsonValue[])
    expect(withoutUnused(runs, other)).toEqual(runs);
});
