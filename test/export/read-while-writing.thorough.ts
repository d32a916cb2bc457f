/** Python reads the index, as docs/schema.md says, while a sweep runs and other commands bring it up to date. */
import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { needsPython, pythonJson, pythonSkipReason } from '../helpers/python.ts';
import { rig, until } from '../helpers/rig.ts';

/** Each run has a metric that no other has: the view gets a column with each of them. */
const files = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  score:
    cmd: 'printf ''{"value": %s, "of_%s": 1}'' \${params.x} \${params.x} > \${outs.scores}'
    metrics: { scores: { path: scores.json, goal: maximize } }
`,
  'params.yaml': 'x: 0\n',
  'sweep.yaml': `version: 1
name: s
metric: { name: score.value, goal: maximize }
parameters: { x: { values: [1, 2, 3, 4, 5, 6, 7, 8] } }
`,
};

interface Read {
  readonly reads: number;
  readonly sizes: readonly number[];
  readonly mistakes: readonly string[];
  readonly final: readonly Readonly<Record<string, unknown>>[];
}

/** By one connection that stays open, and one for each reading. */
const program = `
import json, os, pandas, sqlite3, sys
index, begun, done = sys.argv[1:]
connect = lambda: sqlite3.connect(f'file:{index}?mode=ro', uri=True)
kept, sizes, mistakes, reads = connect(), [], [], 0
def read(db):
    frame = pandas.read_sql('SELECT * FROM metrics_wide', db)
    if not frame.config_hash.is_unique: mistakes.append('a run twice')
    complete = frame[frame.status == 'complete']
    if complete['score.value'].isna().any(): mistakes.append('complete without its metric')
    for _, row in complete.iterrows():
        if row.get(f"score.of_{row['score.value']:.0f}") != 1: mistakes.append('a run without its column')
    return frame
while True:
    ended = os.path.exists(done)
    for own in (False, True):
        db = connect() if own else kept
        frame = read(db)
        if own: db.close()
        reads += 1
        if not sizes or sizes[-1] != len(frame): sizes.append(len(frame))
    open(begun, 'w').close()
    if ended: break
rows = [{k: v for k, v in row.items() if v is not None} for row in json.loads(frame.to_json(orient='records', double_precision=15))]
print(json.dumps(dict(reads=reads, sizes=sizes, mistakes=sorted(set(mistakes)), final=rows)))
`;

describe(`pandas reads while a sweep writes${pythonSkipReason}`, needsPython, () => {
  test('no lock, no half of a run, and in the end what runs --json has', async () => {
    const on = rig(files);
    await on.run();
    await on.retrial('runs');
    const reading = pythonJson<Read>(program, on.path('runs/index.sqlite'), on.path('begun'), on.path('done'));
    await until('Python has read', () => existsSync(on.path('begun')), 60_000);
    let isSwept = false;
    const sweep = on.retrial('sweep', 'sweep.yaml', '--workers', '2', '--json').finally(() => {
      isSwept = true;
    });
    while (!isSwept) await on.retrial('runs', '--json');
    expect((await sweep).exitCode).toBe(0);
    const runs: { configHash: string; attempt: number; status: string; metrics: object }[] = JSON.parse(
      (await on.retrial('runs', '--json')).stdout,
    );
    writeFileSync(on.path('done'), '');
    const { reads, sizes, mistakes, final } = await reading;
    expect([mistakes, runs.length, sizes[0], sizes.at(-1)]).toEqual([[], 9, 1, 9]);
    expect(reads).toBeGreaterThan(2);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    const byHash = (a: { configHash?: unknown }, b: { configHash?: unknown }) =>
      String(a.configHash) < String(b.configHash) ? -1 : 1;
    const read = final.map(({ config_hash: configHash, attempt, status, ...rest }) => ({
      ...{ configHash, attempt, status },
      metrics: Object.fromEntries(Object.entries(rest).filter(([name]) => name.startsWith('score.'))),
    }));
    const recorded = runs.map(({ configHash, attempt, status, metrics }) => ({ configHash, attempt, status, metrics }));
    expect(read.sort(byHash)).toEqual(recorded.sort(byHash));
  });
});
