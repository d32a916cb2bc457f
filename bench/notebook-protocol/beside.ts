/** Tables of the notebook's own runs beside ours. */
import type { Point } from './experiment.ts';
import { type Arm, arms, asItStands, type Notebook, type TheirRun } from './theirs.ts';

const steps = [10, 25, 50, 75, 100] as const;

/** What keeps it from running, by Keras; and whether its seeds make it the same twice. */
export function printAsItStands(notebook: Notebook): void {
  console.log("\n| the notebook as it stands | what happens | of the discriminator's weights trainable | moved |");
  console.log('|---|---|---|---|');
  const until = 'train_on_batch';
  for (const arm of asItStands) {
    const one = notebook.run(arm, { until });
    const { weights = 0, trainable, moved } = one.discriminator ?? {};
    const what = one.failed === null ? 'trains to its end' : `cell ${one.failed.cell}: ${one.failed.error}`;
    const texts = [what, ...one.warnings.map((text) => `warns: ${text}`)].join('; ');
    console.log(`| ${arm.name} (${one.keras}) | ${texts} | ${trainable} of ${weights} | ${moved} |`);
  }
  for (const arm of arms) {
    const [a, b] = [1, 2].map(() => notebook.run(arm, { until }).curve);
    const same = JSON.stringify(a) === JSON.stringify(b);
    const first = [a, b].map((curve) => curve?.[0]?.d_loss.toFixed(4)).join(' and ');
    console.log(`${arm.name}, seed 42 twice: ${same ? 'the same losses' : `other losses, ${first} at step 1`}`);
  }
}

interface Row {
  readonly accuracies: readonly (number | undefined)[];
  readonly precision: number;
  readonly ndcg: number;
}

/** @param ours points of step 100 and before. */
export function printBeside(notebook: Notebook, seeds: readonly number[], ours: readonly Point[]): void {
  console.log(`\n| | runs | D accuracy at ${steps.join(', ')} | P@5 | NDCG@5 |\n|---|---|---|---|---|`);
  let first: TheirRun | undefined;
  for (const arm of arms) {
    const runs = seeds.map((seed, at) => notebook.run(arm, { seed, references: arm === arms[0] && at === 0 }));
    first ??= runs[0];
    print(
      `theirs: ${arm.name}`,
      runs.map((run) => theirRow(arm, run)),
    );
  }
  for (const name of ['frozen', 'trained'] as const) print(`ours: ${name}`, ourRows(ours, name));
  for (const [name, scores] of Object.entries(first?.references ?? {}))
    console.log(
      `| theirs: ${name}, by the notebook's function | | | ${number(scores['precision@5'])} | ${number(scores['ndcg@5'])} |`,
    );
}

function theirRow({ name }: Arm, { scores, failed, curve }: TheirRun): Row {
  if (scores === null) throw new Error(`${name}: cell ${failed?.cell}: ${failed?.error}`);
  return {
    accuracies: steps.map((step) => curve.find((point) => point.step === step)?.d_accuracy),
    precision: scores['precision@5'] as number,
    ndcg: scores['ndcg@5'] as number,
  };
}

function ourRows(points: readonly Point[], discriminator: string): Row[] {
  const own = points.filter((point) => point.discriminator === discriminator);
  return [...new Set(own.map(({ seed }) => seed))].map((seed) => {
    const at = (step: number) => own.find((point) => point.seed === seed && point.step === step);
    const { precision, ndcg } = at(100) as Point;
    return { accuracies: steps.map((step) => at(step)?.d_accuracy), precision, ndcg };
  });
}

function print(name: string, rows: readonly Row[]): void {
  const accuracies = steps.map((_, i) => number(mean(rows.map((row) => row.accuracies[i] ?? Number.NaN)), 2));
  const cells = (['precision', 'ndcg'] as const).map((key) => {
    const values = rows.map((row) => row[key]);
    return `${number(mean(values))} (${values.map((value) => number(value)).join(', ')})`;
  });
  console.log(`| ${name} | ${rows.length} | ${accuracies.join(', ')} | ${cells.join(' | ')} |`);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function number(value: number | undefined, digits = 4): string {
  return value === undefined ? '' : value.toFixed(digits);
}
