/** The final runs of a study as a table: in the sweep's end, in compare, as rows; with units, whose numbers are SciPy's, 1.17.1. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changes, files, type WithFinalists } from '../helpers/finals-project.ts';
import { type SweepRig, sweepRig } from '../helpers/sweep-project.ts';

describe('with units', () => {
  let on: SweepRig;
  let swept: WithFinalists;
  beforeAll(async () => {
    on = sweepRig(changes, files, afterAll);
    swept = (await on.sweep()).json as unknown as WithFinalists;
  });

  test('users and seeds are drawn at random; of a model without chance the users alone', () => {
    const { rows, reference } = swept.finalists;
    expect(reference).toBe(0);
    expect(rows.map(({ arm }) => arm['model.kind'])).toEqual(['plain', 'fixed', 'other']);
    const [plain, fixed, other] = rows;
    expect(plain?.values.map(({ seed }) => seed)).toEqual([11, 12, 13]);
    expect(plain?.mean).toBeCloseTo(0.7588888888888888, 12);
    expect(plain?.interval?.[0]).toBeCloseTo(0.6452791443554814, 8);
    expect(plain?.how).toBe('95 %, random effects of 3 replicates × 12 units');
    expect(fixed?.interval?.[0]).toBeCloseTo(0.5986766991165482, 8); // stats.t.interval(.95, 11, mean, stats.sem)
    expect(fixed?.interval?.[1]).toBeCloseTo(0.8313233008834517, 8);
    expect(fixed?.how).toBe("95 %, Student's t over 12 units, the same in all 3 replicates");
    expect(fixed?.against?.difference).toBeCloseTo(-0.043888888888888894, 12);
    expect(fixed?.against?.interval?.[0]).toBeCloseTo(-0.08158952425242227, 7);
    expect(fixed?.against?.p).toBeCloseTo(0.03434565548231597, 7);
    expect(fixed?.against?.holm).toBeCloseTo(0.03434565548231597, 7); // the larger of two
    expect(other?.against?.holm).toBeLessThan(1e-20);
    expect(swept.finalists.verdict).toContain(
      'kind=plain (trial 0) is best: test.value 0.7589 [0.6453, 0.8725]; it is better than',
    );
  });

  test('the same in the end of the sweep, in compare, and in its JSON', async () => {
    const verdict = swept.finalists.verdict;
    const [sweep, compare, json] = await Promise.all([
      on.retrial('sweep', 'sweep.yaml'),
      on.retrial('compare', 's', '--text'),
      on.retrial('compare', 's', '--json', '--text'),
    ]);
    for (const { stdout } of [sweep, compare]) {
      expect(stdout).toMatch(
        /^arm +trial +test\.value +95 % +seeds +minus trial 0 +95 % of that +p, Holm +test\.cost$/m,
      );
      expect(stdout).toMatch(
        /^kind=fixed +1 +0\.7150 +\[0\.5987, 0\.8313\] +3 +-0\.04389 +\[-0\.08159, -0\.006188\] +\.034 /m,
      );
      expect(stdout.split('\n')).toContain(verdict);
    }
    expect(JSON.parse(json.stdout).finalists).toEqual(swept.finalists);
    expect(compare.stdout).not.toContain('without a value'); // final runs have their own table
    const brief = await on.retrial('compare', 's', '--text', '--limit', '1');
    expect(brief.stdout).toMatch(/^and \d+ more \(--limit\)$/m);
  });

  const finals = (...args: string[]) => on.retrial('compare', 's', '--finals', ...args);

  test('against one that is chosen, by its trial or by its arm', async () => {
    const wanted =
      'in the final runs, compared with kind=fixed (trial 1), test.value 0.7150 [0.5987, 0.8313]; better than it: kind=plain';
    for (const baseline of ['1', 'model.kind=fixed', 'kind=fixed', 'fixed'])
      expect((await finals('--baseline', baseline)).stdout).toContain(wanted);
  });

  test('as rows: all of them, or chosen ones', async () => {
    const csv = (await finals('--csv', '--columns', 'trial,kind,value,p,holm', '--baseline', '1')).stdout.split('\n');
    expect(csv[0]).toBe('trial,kind,value,p,holm');
    expect(csv[2]).toMatch(/^1,fixed,0\.715\d*,,$/);
    expect(Number(csv[1]?.split(',')[3])).toBeCloseTo(0.03434565548231597, 7);
    const whole = (await finals('--csv')).stdout.split('\n')[0];
    expect(whole).toBe(
      'trial,model.kind,test.value,low,high,seeds,failed,difference,difference_low,difference_high,p,holm,test.cost,how,difference_how,values,runs',
    );
    const md = (await finals('--md', '--columns', 'model.kind,seeds')).stdout;
    expect(md).toBe('| model.kind | seeds |\n| --- | --- |\n| plain | 3 |\n| fixed | 3 |\n| other | 3 |');
    const brief = (await finals('--md', '--limit', '1')).stdout.split('\n');
    expect(brief[0]).toBe(
      '| trial | model.kind | test.value | low | high | seeds | difference | difference_low | difference_high | holm | test.cost |',
    );
    expect(brief[2]).toMatch(/^\| 0 \| plain \| \d\.\d{1,6} \|/);
    expect(JSON.parse((await finals('--json')).stdout).rows).toHaveLength(3);
  });

  test.each([
    [['s', '--finals', '--baseline', '7'], 'no final runs are of 7', 'kind=plain (trial 0)'],
    [['s', '--finals', '--baseline', 'kind=none'], 'no final runs are of kind=none', 'kind=other (trial 2)'],
    [['s', '--finals', '--baseline', 'model.size=3'], 'the arms have no param model.size', ''],
    [['s', '--finals', '--baseline', 'kind'], 'kind is no trial, and no value of an arm', 'kind=plain (trial 0)'],
    [['s', '--finals', '--json', '--csv'], '--csv and --json cannot be printed at once', ''],
    [['s', '--baseline', '1'], '--baseline is about final runs', '--finals'],
    [['latest', '--finals'], '--finals is about one study', 'STUDY'],
    [['s', '--finals', '--columns', 'holmes'], 'the final runs have no column "holmes"', 'holm'],
    [['s', '--finals', '--metric', 'cost'], 'test.cost has no goal', 'pipeline.yaml'],
    [['s', '--finals', '--metric', 'mse'], 'mse', ''],
    [['s', '--finals', '--metric', 'score.value'], 'the metric of the search, which final runs have not', 'test.value'],
  ])('%j is a mistake', async (args, message, hint) => {
    const { exitCode, stderr, stdout } = await on.retrial('compare', ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });
});
