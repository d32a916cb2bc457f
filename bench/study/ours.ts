/** One process of a study of a trivial objective: says what it told, how long that took and what memory it had at the end. */
import { createStudy, float } from '../../src/sweep/library.ts';

const [, , runs = '', trials = '0'] = process.argv;
const count = Number(trials);
const study = await createStudy({
  ...{ name: 'bench', direction: 'minimize', runs, trials: count },
  space: { x: float(-1, 1), y: float(-1, 1) },
  sampler: { type: 'random', seed: 1 },
});
const told: number[] = [];
const times: number[] = [];
const startedMs = performance.now();
for (let trial = await study.ask(); trial !== undefined; trial = await study.ask()) {
  await study.tell(trial, Number(trial.params.x) ** 2 + Number(trial.params.y) ** 2);
  told.push(trial.number);
  times.push(performance.now() - startedMs);
}
study.close();
const tenth = Math.max(1, Math.floor(times.length / 10));
const at = (index: number) => times[index] ?? 0;
process.stdout.write(
  JSON.stringify({
    told,
    seconds: (performance.now() - startedMs) / 1000,
    first: at(tenth - 1) / tenth,
    last: (at(times.length - 1) - at(times.length - 1 - tenth)) / tenth,
    mb: Math.round(process.memoryUsage().rss / 1e6),
    errors: [],
  }),
);
