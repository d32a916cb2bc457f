/** What needs no MLflow of the export to it; `npm run test:peers` has the rest, with a real server. */
import { expect, test } from 'vitest';
import { mlflowNames } from '../../src/export/mlflow/names.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { record } from '../helpers/record-fixture.ts';
import { rig } from '../helpers/rig.ts';
import { serve } from '../helpers/serve.ts';

test('a server that does not answer, or refuses, is one clear message', async () => {
  const on = rig({ 'pipeline.yaml': 'version: 1\nstages: {}\n' });
  record(layoutOf(on.path('runs')), {});
  const broken = await serve((_, response) => response.writeHead(503).end('<h1>down for today</h1>'));
  const refusing = await serve((_, response) =>
    response.writeHead(400).end('{"error_code": "INVALID_PARAMETER_VALUE", "message": "no such luck"}'),
  );
  const cases = [
    ['http://127.0.0.1:9', 1, 'error: no answer from http://127.0.0.1:9: '],
    [broken.address, 1, `${broken.address} answered experiments/get-by-name with 503: <h1>down for today</h1>`],
    [refusing.address, 1, 'with 400: no such luck\n  → run the same command again'],
    ['127.0.0.1:5000', 2, '"127.0.0.1:5000" is not the address of a server'],
  ] as const;
  for (const [address, exitCode, message] of cases)
    expect(await on.retrial('export', '--to', 'mlflow', '-o', address)).toEqual({
      ...{ exitCode, stdout: '' },
      stderr: expect.stringContaining(message),
    });
});

test('names that MLflow does not take are changed, and two never become one', () => {
  const names = ['a.b', 'ndcg@10', 'ndcg_at_10', 'x%', 'x#', 'x_', 'é', '../up', 'a//b', 'ok/path', 'with space:2'];
  const changed = mlflowNames(names);
  expect(Object.fromEntries(changed)).toEqual({
    ...{ 'a.b': 'a.b', 'ndcg@10': 'ndcg_x40_10', ndcg_at_10: 'ndcg_at_10', 'x%': 'x_x25_', 'x#': 'x_x23_', x_: 'x_' },
    ...{ é: '_', '../up': '.._up', 'a//b': 'a__b', 'ok/path': 'ok/path', 'with space:2': 'with space:2' },
  });
  const long = [1, 2].map((n) => `${'n'.repeat(300)}${n}`);
  expect(new Set(long.map((name) => mlflowNames(long).get(name)?.slice(0, 250))).size).toBe(2);
  expect(mlflowNames(['ndcg@10']).get('ndcg@10')).toBe('ndcg_at_10');
});
