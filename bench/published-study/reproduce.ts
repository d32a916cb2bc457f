/**
 * Has every final run of the study again from its record (docs/study/finals.jsonl), and says whether the config hash, the model's
 * bytes and each user's scores are the same:
 *
 *     RETRIAL_DATA_MIRROR=… npm run study:reproduce [-- --arms "cfgan vanilla item,ease" --seeds 101 --splits study --workers 2]
 *
 * On another machine, or with `RETRIAL_TENSORFLOW=wasm`, bytes may differ: then by how much each metric does is what it tells.
 * What is known to this clone is not run again; `--force` does. Exits with 1 where a config hash differs, or a metric by
 * more than `--tolerance`; the default, 0, asks for the same numbers. A run that fails is told, and the others go on.
 */
import { parseArgs } from 'node:util';
import { type FinalRun, metricsOf, outputsOf, readFinals, records, retrial, type ShownRun } from './finals.ts';

const { values } = parseArgs({
  options: {
    arms: { type: 'string' },
    seeds: { type: 'string' },
    splits: { type: 'string', default: Object.keys(records).join(',') },
    workers: { type: 'string', default: '2' },
    tolerance: { type: 'string', default: '0' },
    force: { type: 'boolean', default: false },
  },
});
const workers = Number(values.workers);
if (!Number.isInteger(workers) || workers < 1)
  throw new Error(`--workers ${values.workers} is no whole number from 1 on`);
const tolerance = Number(values.tolerance);
if (!(tolerance >= 0)) throw new Error(`--tolerance ${values.tolerance} is no number from 0 on`);

interface Checked {
  readonly split: string;
  readonly run: FinalRun;
  readonly sameConfig: boolean;
  readonly sameBytes: boolean;
  /** The largest difference of any metric, and its name. */
  readonly off: number;
  readonly name: string;
}

const all = Object.entries(records).flatMap(([split, file]) => readFinals(file).map((run) => ({ split, run })));
const isSplit = wanted('splits', ({ split }) => split);
const isArm = wanted('arms', ({ run }) => run.arm);
const isSeed = wanted('seeds', ({ run }) => String(run.set.seed));
const todo = all.filter((one) => isSplit(one) && isArm(one) && isSeed(one));
if (todo.length === 0) throw new Error('no final run has this arm, seed and split');
const count = todo.length;
const checked: Checked[] = [];
console.log(['split', 'arm', 'seed', 'config', 'bytes', 'largest difference'].join('\t'));
await Promise.all(Array.from({ length: workers }, work));
process.exitCode = summarise();

/** By one of the options, a list with commas between. Throws where a name of it is none. */
function wanted(option: 'arms' | 'seeds' | 'splits', nameOf: (one: (typeof all)[number]) => string) {
  const list = values[option]?.split(',').map((name) => name.trim());
  const names = new Set(all.map(nameOf));
  for (const name of list ?? [])
    if (!names.has(name)) throw new Error(`--${option}: there is no ${name}; there are ${[...names].join(', ')}`);
  return (one: (typeof all)[number]) => list === undefined || list.includes(nameOf(one));
}

async function work(): Promise<void> {
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    const { split, run } = next;
    const one = await check(split, run).catch((error: Error) => error);
    if (one instanceof Error) {
      console.log([split, run.arm, run.set.seed, `FAILED: ${one.message.trim().replaceAll(/\s+/g, ' ')}`].join('\t'));
      continue;
    }
    checked.push(one);
    const { sameConfig, sameBytes, off, name } = one;
    console.log(
      [
        ...[split, run.arm, run.set.seed, `${run.config.slice(0, 12)}${sameConfig ? '' : ' DIFFERS'}`],
        ...[sameBytes ? 'same' : 'differ', off === 0 ? '0' : `${off.toPrecision(2)} (${name})`],
      ].join('\t'),
    );
  }
}

async function check(split: string, run: FinalRun): Promise<Checked> {
  const params = Object.entries(run.set).flatMap(([name, value]) => ['--set', `${name}=${JSON.stringify(value)}`]);
  const config = run.files.flatMap((file) => ['-c', file]);
  const force = values.force ? ['--force'] : [];
  const { configHash } = await retrial<{ configHash: string }>(['run', 'evaluate', ...config, ...params, ...force]);
  const shown = await retrial<ShownRun>(['show', configHash]);
  const metrics = metricsOf(shown);
  const outputs = outputsOf(shown);
  const [name, off] = Object.entries(run.metrics)
    .map(([metric, value]) => [metric, Math.abs((metrics[metric] ?? Number.NaN) - value)] as const)
    .reduce((worst, one) => (one[1] > worst[1] || Number.isNaN(one[1]) ? one : worst));
  const sameBytes = Object.entries(run.outputs).every(([output, hash]) => outputs[output] === hash);
  return { split, run, sameConfig: configHash === run.config, sameBytes, off, name };
}

function summarise(): number {
  const same = checked.filter(({ sameConfig, sameBytes }) => sameConfig && sameBytes).length;
  const wrong = checked.filter(({ sameConfig, off }) => !sameConfig || !(off <= tolerance)).length;
  const failed = count - checked.length;
  console.log(`\n${count} final runs: ${same} with the same config hash and the same bytes`);
  if (wrong > 0) console.log(`${wrong} differ by more than ${tolerance}, or in their config`);
  if (failed > 0) console.log(`${failed} failed`);
  return wrong + failed === 0 ? 0 : 1;
}
