/** A study as a journal of Optuna, read by Optuna itself. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { categorical, createStudy, float, int, when } from '../../src/sweep/library.ts';
import { needsPython, pythonJson, pythonSkipReason } from '../helpers/python.ts';
import { type Rig, rig } from '../helpers/rig.ts';

interface Loaded {
  readonly directions: readonly string[];
  readonly names: readonly string[];
  readonly best: number | null;
  readonly trials: readonly {
    readonly number: number;
    readonly state: string;
    readonly values: readonly number[] | null;
    readonly params: Readonly<Record<string, unknown>>;
    readonly distributions: Readonly<Record<string, string>>;
    readonly intermediate: Readonly<Record<string, number | string>>;
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly took: number | null;
  }[];
}

const load = `
import json, sys, optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
storage = JournalStorage(JournalFileBackend(sys.argv[1]))
number = lambda v: v if v == v and abs(v) != float('inf') else str(v)
def loaded(name):
    study = optuna.load_study(study_name=name, storage=storage)
    trials = [dict(number=t.number, state=t.state.name, values=t.values, params=t.params,
      distributions={k: repr(d) for k, d in t.distributions.items()},
      intermediate={k: number(v) for k, v in t.intermediate_values.items()}, attributes=t.user_attrs,
      took=t.duration.total_seconds() if t.datetime_complete else None) for t in study.trials]
    best = study.best_trial.number if len(study.directions) == 1 else None
    for t in study.trials: t._validate()
    study.trials_dataframe()
    return dict(directions=[d.name for d in study.directions], names=study.metric_names, best=best, trials=trials)
print(json.dumps([loaded(name) for name in sys.argv[2:]]))
for name in sys.argv[2:]:  # and goes on
    study = optuna.load_study(study_name=name, storage=storage, sampler=optuna.samplers.TPESampler(seed=1))
    before = len(study.trials)
    study.optimize(lambda t: [t.suggest_float('x', 0, 8)] * len(study.directions), n_trials=2)
    assert len(study.trials) == before + 2
`;

const project = () => rig({ 'pipeline.yaml': 'version: 1\nstages: {}\n' });

async function exported(on: Rig, ...args: string[]): Promise<string> {
  const { exitCode, stderr } = await on.retrial('export', ...args, '--to', 'optuna', '-o', 'optuna.log');
  expect([exitCode, stderr]).toEqual([0, '']);
  return on.path('optuna.log');
}

/** Every kind of parameter, and of an end. */
async function searched(on: Rig): Promise<void> {
  const study = await createStudy({
    ...{ name: 'all-kinds', direction: 'minimize', runs: on.path('runs'), trials: 7 },
    sampler: { type: 'random', seed: 1 },
    pruner: { type: 'threshold', upper: 5 },
    space: {
      rate: float(1e-5, 1e-1, { log: true }),
      share: float(0, 1, { step: 0.3 }),
      size: int(8, 65, { step: 8 }),
      depth: int(1, 64, { log: true }),
      kind: categorical(['a', true, null, 2, [64, 32]]),
      more: when({ kind: ['a'] }, float(0, 1)),
    },
  });
  for (const outcome of [1.5, Number.NaN, 0.25, 'pruned', 3, 'open'] as const) {
    const trial = await study.ask();
    if (trial === undefined) throw new Error('no trial');
    trial.report(1, outcome === 'pruned' ? 9 : 1);
    if (outcome === 'pruned' && (await trial.shouldPrune())) await study.tell(trial, 'pruned');
    else if (outcome === 'open') trial.report(2, Number.NaN);
    else await study.tell(trial, outcome as number);
  }
  study.close();
}

describe(`Optuna reads${pythonSkipReason}`, needsPython, () => {
  test('trials with states, values, params, distributions, what they reported, and goes on', async () => {
    const on = project();
    await searched(on);
    const file = await exported(on, 'all-kinds');
    const [{ directions, names, best, trials }] = await pythonJson<[Loaded]>(load, file, 'all-kinds');
    expect([directions, names, best]).toEqual([['MINIMIZE'], ['value'], 2]);
    expect(trials.map(({ number, state, values }) => [number, state, values])).toEqual([
      [0, 'COMPLETE', [1.5]],
      [1, 'FAIL', null],
      [2, 'COMPLETE', [0.25]],
      [3, 'PRUNED', [9]],
      [4, 'COMPLETE', [3]],
      [5, 'RUNNING', null],
    ]);
    expect(trials.map(({ intermediate }) => intermediate)).toEqual([
      ...[{ 1: 1 }, { 1: 1 }, { 1: 1 }, { 1: 9 }, { 1: 1 }],
      { 1: 1, 2: 'nan' },
    ]);
    expect(trials[1]?.attributes).toMatchObject({ 'retrial.reason': 'the objective is NaN' });
    expect(trials.map(({ took }) => typeof took)).toEqual([...Array(5).fill('number'), 'object']);
    const asked = JSON.parse((await on.retrial('query', 'SELECT params FROM trials ORDER BY trial', '--json')).stdout);
    const written = ({ kind, ...rest }: { kind?: unknown }) => ({
      ...rest,
      kind: Array.isArray(kind) ? '[64,32]' : kind,
    });
    expect(trials.map(({ params }) => params)).toEqual(
      asked.map(({ params }: { params: string }) => written(JSON.parse(params))),
    );
    expect(trials.map(({ params }) => 'more' in params)).toContain(true);
    expect(Object.assign({}, ...trials.map(({ distributions }) => distributions))).toEqual({
      rate: 'FloatDistribution(high=0.1, log=True, low=1e-05, step=None)',
      share: 'FloatDistribution(high=0.9, log=False, low=0.0, step=0.3)',
      size: 'IntDistribution(high=64, log=False, low=8, step=8)',
      depth: 'IntDistribution(high=64, log=True, low=1, step=1)',
      kind: "CategoricalDistribution(choices=('a', True, None, 2, '[64,32]'))",
      more: 'FloatDistribution(high=1.0, log=False, low=0.0, step=None)',
    });
  });

  test('several objectives, several studies, and a search that changed', async () => {
    const on = project();
    const options = { name: 'front', runs: on.path('runs'), sampler: { type: 'random', seed: 1 } } as const;
    const direction = ['minimize', 'maximize'] as const;
    const first = await createStudy({ ...options, direction, trials: 2, space: { x: float(0, 1) } });
    await first.optimize(({ params }) => [params.x, 1 - params.x]);
    first.close();
    const wider = await createStudy({ ...options, direction, trials: 4, space: { x: float(0, 8) } });
    await wider.optimize(({ params }) => [params.x, 1 - params.x]);
    wider.close();
    await searched(on);
    const file = await exported(on, 'front', 'all-kinds');
    const [{ directions, trials }, other] = await pythonJson<[Loaded, Loaded]>(load, file, 'front', 'all-kinds');
    expect(directions).toEqual(['MINIMIZE', 'MAXIMIZE']);
    expect(trials.map(({ params, values }) => values?.[0] === params.x)).toEqual([true, true, true, true]);
    const ends = trials.map(({ distributions }) => distributions.x?.match(/high=([\d.]+)/)?.[1]);
    expect(ends).toEqual(['1.0', '1.0', '8.0', '8.0']);
    expect(other.trials).toHaveLength(6);
  });
});

test('a journal that is there may hold what Optuna added: it is replaced with --force alone', async () => {
  const on = project();
  await searched(on);
  const file = await exported(on);
  const text = readFileSync(file, 'utf8');
  on.write({ 'optuna.log': `${text}{"op_code":9}\n` });
  const again = await on.retrial('export', '--to', 'optuna', '-o', 'optuna.log');
  expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('is there already')]);
  expect(readFileSync(file, 'utf8')).toContain('"op_code":9');
  await exported(on, '--force');
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('what is no study is told', async () => {
  const on = project();
  const nothing = await on.retrial('export', '--to', 'optuna', '-o', 'optuna.log');
  expect([nothing.exitCode, nothing.stderr]).toEqual([2, expect.stringContaining('there is no study to export')]);
  await searched(on);
  const unknown = await on.retrial('export', 'deep', '--to', 'optuna', '-o', 'optuna.log');
  expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('studies: all-kinds')]);
});
