/** Draws one training: curves from the model's history, metrics from its evaluation. Writes a single HTML file. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readHistory } from './history.ts';
import type { ModelDescription } from './models/model.ts';
import { drawReport } from './report/page.ts';
import type { Scores } from './report/scores-table.ts';
import { runStage } from './run-stage.ts';

interface ReportParams {
  readonly evaluate: { readonly protocol: string };
}

await runStage<ReportParams>(async (stage) => {
  const folder = stage.dep('history');
  const page = drawReport({
    model: await readJson<ModelDescription>(join(folder, 'model.json')),
    history: await readHistory(folder),
    scores: await readJson<Scores>(stage.dep('scores')),
    protocol: stage.params.evaluate.protocol,
  });
  await writeFile(stage.out('page'), page);
});

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}
