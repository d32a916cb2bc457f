/** What a sweep says is best, compare says too: of settings under several seeds, by their means. */
import { expect, test } from 'vitest';
import { rig } from '../helpers/rig.ts';

const project = () =>
  rig({
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  score:
    cmd: sh score.sh \${params.size} \${params.seed} \${outs.scores}
    metrics: { scores: { path: scores.json, goal: { error: minimize, speed: maximize } } }
    code: [score.sh]
`,
    'params.yaml': 'size: 1\nseed: 1\n',
    // Size 2 has the best single run, size 3 the best mean.
    'score.sh': `case "$1 $2" in
"1 7") e=50;; "1 3") e=60;; "2 7") e=1;; "2 3") e=90;; "3 7") e=30;; "3 3") e=20;;
esac
printf '{"error":%s,"speed":%s}' $e $1 > $3
`,
    'sweep.yaml': sweepFile('Which size?'),
  });
const sweepFile = (question: string, splitBy = 'size') => `version: 1
name: sizes
question: ${question}
metric: { name: score.error, goal: minimize }
parameters: { size: { values: [1, 2, 3] } }
seeds: [7, 3]
compare: { split_by: ${splitBy} }
`;

test('means over seeds, the question and what lies side by side; words that change are told anew', async () => {
  const on = project();
  const swept = JSON.parse((await on.retrial('sweep', 'sweep.yaml', '--json', '--workers', '1')).stdout);
  expect(swept.best).toMatchObject({ trial: 2, value: 25 });
  const compared = JSON.parse((await on.retrial('compare', '--json')).stdout);
  expect(compared).toMatchObject({
    splitBy: 'size',
    study: { question: 'Which size?', replicates: ['seed'] },
    trials: [
      { trial: 2, value: 25, runs: swept.best.runs },
      { trial: 1, value: 45.5 },
      { trial: 0, value: 55 },
    ],
  });
  const lines = (await on.retrial('compare')).stdout.split('\n').map((line) => line.trim());
  expect(lines.slice(0, 2)).toEqual(['Study sizes, by score.error (least first)', 'Which size?']);
  const best = swept.best.runs[0].slice(0, 12);
  expect(lines[3]).toMatch(new RegExp(`^1 +2 +25 +20 … 30 +3 +${best}$`));
  expect(lines).toContain('Means over seed; the runs they are of:');
  expect(lines.filter((line) => /^[0-9a-f]{12} /.test(line))).toHaveLength(6);
  on.write({ 'sweep.yaml': sweepFile('And now?') });
  expect((await on.retrial('sweep', 'sweep.yaml')).stdout).toContain(`retrial reproduce ${best}`);
  expect(JSON.parse((await on.retrial('compare', '--json')).stdout).study.question).toBe('And now?');
});

test('a trial whose runs were removed is in no ranking', async () => {
  const on = project();
  const swept = JSON.parse((await on.retrial('sweep', 'sweep.yaml', '--json', '--workers', '1')).stdout);
  await on.retrial('rm', ...swept.best.runs);
  const { trials } = JSON.parse((await on.retrial('compare', '--json')).stdout);
  expect(trials).toMatchObject([{ trial: 1 }, { trial: 0 }]);
  const ranked = (await on.retrial('compare', '--text')).stdout.split('\n').filter((line) => /^\d /.test(line));
  expect(ranked.map((line) => line.split(/ +/)[1])).toEqual(['1', '0']);
});

test('five seeds have an interval, by t, in the table and in JSON', async () => {
  const on = project();
  on.write({
    'sweep.yaml': sweepFile('How sure?').replace('[7, 3]', '[7, 3, 5, 2, 9]'),
    'score.sh': 'printf \'{"error":%s,"speed":1}\' $(($1 * 10 + $2)) > $3\n',
  });
  await on.retrial('sweep', 'sweep.yaml', '--json', '--workers', '1');
  const compared = JSON.parse((await on.retrial('compare', '--json')).stdout) as {
    readonly runs: readonly { readonly configHash: string; readonly metrics: Record<string, { value: number }> }[];
    readonly trials: readonly { value: number; runs: string[]; interval: [number, number] }[];
  };
  const [best] = compared.trials;
  const values = compared.runs.flatMap(({ configHash, metrics }) =>
    best?.runs.includes(configHash) ? [metrics['score.error']?.value ?? Number.NaN] : [],
  );
  const mean = values.reduce((sum, value) => sum + value, 0) / 5;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4);
  const half = (2.7764451 * deviation) / Math.sqrt(5); // Student's t, 4 degrees, .975
  expect(best?.interval[0]).toBeCloseTo(mean - half, 5);
  expect(best?.interval[1]).toBeCloseTo(mean + half, 5);
  expect((await on.retrial('compare')).stdout.split('\n')[2]).toContain('95 %');
});
