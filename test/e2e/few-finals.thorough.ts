/** Tables of final runs that lack something: units, arms, another one, seeds that failed, the rest of them. */
import { describe, expect, test, vi } from 'vitest';
import { changes, files, type WithFinalists } from '../helpers/finals-project.ts';
import type { Rig } from '../helpers/rig.ts';
import { sweepRig } from '../helpers/sweep-project.ts';

describe('final runs', () => {
  const table = async (on: Rig, ...args: string[]) => (await on.retrial('compare', 's', '--finals', ...args)).stdout;

  test('of no arms they are named by their trials', async () => {
    const parameters = '{ model.kind: { values: [plain, fixed] } }';
    const on = sweepRig({ ...changes, parameters, stratify: '', final: '{ until: test, seeds: [11], top: 2 }' }, files);
    await on.sweep();
    const lines = (await table(on)).split('\n');
    expect(lines[1]).toMatch(/^trial +test\.value/);
    expect(lines.at(-1)).toMatch(
      /^in the final runs trial 0 is best: test\.value \S+; too few seeds to tell it from trial 1$/,
    );
    expect((await on.retrial('compare', 's', '--finals', '--baseline', 'kind=plain')).exitCode).toBe(2);
  });

  test('one finalist; no final runs at all', async () => {
    const on = sweepRig({ ...changes, stratify: '' }, files);
    await on.sweep();
    expect(await table(on)).toContain('in the final runs trial 0 is the only one: test.value 0.7589 [0.6453, 0.8725]');
    const none = sweepRig({ ...changes, final: '' }, files);
    await none.sweep();
    const { exitCode, stderr } = await none.retrial('compare', 's', '--finals');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('study s has no final runs');
  });

  test('a run that failed is told, and its arm compared by the seeds that both have; --metric takes another', async () => {
    const goal = 'goal: { value: maximize, cost: minimize }';
    const pipeline = files['pipeline.yaml'].replace('goal: { value: maximize }', goal);
    const on = sweepRig(
      { ...changes, final: '{ until: test, seeds: [11, 99, 12, 13] }' },
      { ...files, 'pipeline.yaml': pipeline },
    );
    const { json } = await on.sweep();
    const { rows } = (json as unknown as WithFinalists).finalists;
    expect(rows.map(({ trial, values, against }) => [trial, values.length, against?.seeds])).toEqual([
      ...[
        [0, 4, undefined],
        [1, 4, 4],
        [2, 4, 3],
      ],
    ]);
    const text = await table(on);
    expect(text).toMatch(/^kind=other +2 .* 3 of 4 /m);
    expect(text).toMatch(/^trial 2: one run failed: .*train/m);
    expect(await table(on, '--metric', 'cost')).toMatch(/^arm +trial +test\.cost /m);
  });

  test('without units by t over seeds, of what is the same under all without an interval', async () => {
    const pipeline = files['pipeline.yaml'].replace('units: users.csv, ', '');
    const seeds = '{ until: test, seeds: [11, 12, 13, 14, 15] }';
    const on = sweepRig(
      { ...changes, final: seeds },
      { ...files, 'pipeline.yaml': pipeline, 'score.sh': files['score.sh'] },
    );
    await on.sweep();
    const text = await table(on);
    expect(text).toContain("95 %, Student's t over 5 replicates\n");
    expect(text).toContain('trial 1: no interval: the same in all 5 replicates, and there are no units\n');
  });

  test('what comparable_by keeps apart is compared with none, in the end of the sweep as in compare', async () => {
    const pipeline = files['pipeline.yaml']
      .replace('units: users.csv, ', 'units: users.csv, comparable_by: [params.proto], ')
      .replace('holdout: true', 'holdout: true\n    params: [proto]')
      .replace('code: [train.sh]', 'code: [train.sh]\n    params: [proto]');
    const parameters = '{ model.kind: { values: [plain, fixed] }, proto: { values: [x, y] } }';
    const on = sweepRig(
      { ...changes, parameters, stratify: '[model.kind, proto]' },
      { ...files, 'pipeline.yaml': pipeline, 'params.yaml': `${files['params.yaml']}proto: x\n` },
    );
    const swept = await on.sweep();
    const compared = JSON.parse((await on.retrial('compare', 's', '--finals', '--json')).stdout);
    expect(compared).toEqual((swept.json as unknown as WithFinalists).finalists);
    expect(compared.rows.some(({ apart }: { apart?: true }) => apart)).toBe(true);
  });

  test('up to a stage without a metrics file they are compared by a series, by its goal', async () => {
    const pipeline = files['pipeline.yaml']
      .replace('sh score.sh ${deps.model} ${outs.final}', 'sh loss.sh ${deps.model} ${outs.done}')
      .replace('code: [score.sh]\n    holdout', 'code: [loss.sh]\n    outs: { done: done.txt }\n    holdout')
      .replace(/metrics: \{ final.*/, 'series: { loss: { goal: minimize } }');
    const loss = `read -r kind seed < "$1"; [ "$kind" = fixed ] && seed=1
echo "{\\"step\\": 1, \\"loss\\": $seed}" >> "$RETRIAL_METRICS"; echo > "$2"
`;
    const on = sweepRig(
      {
        ...changes,
        parameters: '{ model.kind: { values: [plain, fixed] } }',
        final: '{ until: test, seeds: [11, 12] }',
      },
      { ...files, 'pipeline.yaml': pipeline, 'loss.sh': loss },
    );
    const { json } = await on.sweep();
    const { finalists } = json as unknown as WithFinalists;
    expect(finalists).toMatchObject({ metric: 'test.loss', goal: 'minimize', reference: 1 });
    expect(JSON.parse((await on.retrial('compare', 's', '--finals', '--json')).stdout)).toEqual(finalists);
  });

  test('interrupted in their midst: what is there, and that more is to come; then all', async () => {
    const gate = 'while [ "$2" = 13 ] && [ ! -e "$(dirname "$0")/go" ]; do sleep 0.05; done\n';
    const on = sweepRig(changes, { ...files, 'train.sh': `${gate}${files['train.sh']}` });
    const command = on.start('sweep', 'sweep.yaml', '--workers', '1', '--json');
    await vi.waitFor(async () => expect((await on.state()).finals).toHaveLength(2), { timeout: 60_000, interval: 50 });
    command.kill('SIGTERM');
    expect((await command).exitCode).toBe(143);
    const soFar = await table(on);
    expect(soFar).toMatch(/^kind=plain +0 .* 2 of 3 /m);
    expect(soFar).toMatch(
      /^in the final runs so far kind=plain \(trial 0\) is the only one: test\.value \S+; 1 of their runs is still to come; 2 others have no final run yet$/m,
    );
    on.write({ go: '' });
    const { stdout, exitCode } = await on.retrial('sweep', 'sweep.yaml', '--workers', '1');
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('still to come');
    expect(stdout).toMatch(/^kind=other +2 /m);
  });
});
