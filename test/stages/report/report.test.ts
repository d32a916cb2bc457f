/** The report stage as the engine runs it: a process, given a model's folder and its scores. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeHistory } from '../../../stages/history.ts';
import { runStage, temporaryFolder } from '../../helpers/run-stage.ts';

const folder = await temporaryFolder();

test('writes one page from the model’s folder and its scores, the same bytes each time', async () => {
  const deps = { history: join(folder, 'model'), scores: join(folder, 'scores.json') };
  await mkdir(deps.history);
  const description = { format: 1, params: { name: 'cfgan' }, seed: 1, users: 2, items: 3 };
  await writeFile(join(deps.history, 'model.json'), JSON.stringify(description));
  await writeHistory(deps.history, [
    { step: 1, d_loss: 1, g_loss: 2 },
    { step: 2, d_loss: 2, g_loss: 1 },
  ]);
  await writeFile(deps.scores, JSON.stringify({ 'ndcg@5': 0.5, users: 2, popularity: { 'ndcg@5': 0.4 } }));
  const inputs = { params: { evaluate: { protocol: 'leaked' } }, deps, outs: { page: 'report.html' } };
  const [first, again] = [
    await runStage('stages/report.ts', folder, inputs),
    await runStage('stages/report.ts', folder, inputs),
  ];
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  const page = await readFile(first.outs.page as string, 'utf8');
  expect(page).toContain('Protocol: leaked');
  expect(page.match(/<svg/g)).toHaveLength(2);
  expect(await readFile(again.outs.page as string, 'utf8')).toBe(page);
});
