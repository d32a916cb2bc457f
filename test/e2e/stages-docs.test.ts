/** The stages that docs/stages.md shows do what it says of them. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { expect, test } from 'vitest';
import { type Rig, rig } from '../helpers/rig.ts';

const root = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(root, 'docs/stages.md'), 'utf8');
const blocks = [...text.matchAll(/```(yaml|python|ts)\n(?:#|\/\/) ([\w.]+)[^\n]*\n([\s\S]*?)```/g)];
const shown = Object.fromEntries(blocks.map(([, , name = '', code = '']) => [name, code]));
const files = { ...shown, 'table.csv': 'y\n1\n2\n6\n' };
const hasPython = execaSync('python3', ['-c', ''], { reject: false }).exitCode === 0;

async function told(project: Rig) {
  const { status, metrics } = await project.run();
  const series = await project.retrial('query', "SELECT value, step FROM metrics WHERE name = 'fit.loss'", '--json');
  return { status, metrics, loss: JSON.parse(series.stdout) };
}

test('shows a pipeline, its params and two programs', () => {
  expect(Object.keys(shown).sort()).toEqual(['fit.py', 'fit.ts', 'params.yaml', 'pipeline.yaml']);
});

test.skipIf(!hasPython)('in Python', async () => {
  const project = rig(files);
  expect(await told(project)).toMatchObject({
    ...{ status: 'complete', metrics: { 'fit.error': 2, 'fit.count.rows': 3 } },
    loss: [{ value: 1 / 3, step: 3 }],
  });
  const units = (await project.retrial('path', 'latest', 'fit.scores.units')).stdout;
  expect(readFileSync(units, 'utf8').trim().split(/\r?\n/)).toEqual([
    'fold,error',
    'fold0,2.0',
    'fold1,1.0',
    'fold2,3.0',
  ]);
});

test('in TypeScript', async () => {
  const pipeline = (shown['pipeline.yaml'] ?? '')
    .replace('cmd: [python3, fit.py]', 'cmd: tsx fit.ts')
    .replace('units: folds.csv, ', '')
    .replace(/ +code: .*\n/, '');
  const project = rig({ ...files, 'pipeline.yaml': pipeline, 'package.json': '{"type":"module"}' });
  mkdirSync(project.path('node_modules'));
  symlinkSync(root, project.path('node_modules/retrial'));
  expect(await told(project)).toMatchObject({
    ...{ status: 'complete', metrics: { 'fit.error': 6 } },
    loss: [{ value: 1 / 3, step: 3 }],
  });
});
