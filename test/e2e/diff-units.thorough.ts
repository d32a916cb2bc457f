/** `retrial diff` on metrics that keep their units: paired where both may be compared and are there, else why not. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunDiff } from '../../src/report/run-diff.ts';
import { type Rig, type RunJson, rig } from '../helpers/rig.ts';

const files = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  score:
    cmd: node score.js
    params: [gain, protocol]
    code: [score.js]
    metrics:
      scores: { path: scores.json, units: units.csv, goal: { "*": maximize }, comparable_by: [params.protocol] }
`,
  'params.yaml': 'gain: 0.0\nprotocol: one\n',
  // 40 units; the gain is the same for all but the last, where it is lost.
  'score.js': `const { readFileSync, writeFileSync } = require('node:fs');
const { params: { gain }, outs } = JSON.parse(readFileSync(process.env.RETRIAL_STAGE, 'utf8'));
const hits = Array.from({ length: 40 }, (_, i) => (i % 7) / 10 + (i < 39 ? gain : -gain));
writeFileSync(outs.scores, JSON.stringify({ hit: hits.reduce((a, b) => a + b) / 40, same: 1, users: 40 }));
writeFileSync(outs['scores.units'], ['unit,hit,same,extra', ...hits.map((hit, i) => [i, hit, 1, 2])].join('\\n'));
`,
  'package.json': '{ "type": "commonjs" }',
};

const diffOf = async (project: Rig, ...args: string[]): Promise<RunDiff> => {
  const { stdout, stderr } = await project.retrial('diff', '--json', ...args);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as RunDiff;
};
const hashOf = ({ configHash }: RunJson) => configHash.slice(0, 12);

test('two runs, a run and today, other protocols, and units that are gone', async () => {
  const project = rig(files);
  const first = await project.run();
  const second = await project.run('--set', 'gain=0.1');
  const { paired } = await diffOf(project, hashOf(first), hashOf(second));
  expect(paired).toEqual([
    {
      ...{ name: 'score.scores', units: 40, unpaired: 0, reason: null },
      metrics: [
        {
          ...{ name: 'score.hit', mean: expect.closeTo(0.1 * (38 / 40), 9), p: 1 / 10_001, holm: 2 / 10_001 },
          interval: [expect.closeTo(0.08, 1), expect.closeTo(0.1, 9)],
        },
        { name: 'score.same', mean: 0, interval: [0, 0], p: 1, holm: 1 },
      ],
    },
  ]);
  expect((await diffOf(project, hashOf(second))).paired).toMatchObject([{ metrics: [{ p: 1 / 10_001 }, { p: 1 }] }]);
  const { stdout } = await project.retrial('diff', hashOf(first), hashOf(second));
  expect(stdout).toMatch(
    /score\.scores: 40 units +difference +95 % +p +Holm\n +score\.hit +\+0\.09500 +\+0\.0\d+ … \+0\.1000 /,
  );
  expect(stdout).toContain('Holm: p corrected over the 2 metrics here');

  const other = await project.run('--set', 'gain=0.1', '--set', 'protocol=two');
  expect((await diffOf(project, hashOf(second), hashOf(other))).paired).toEqual([]); // the units are the same bytes
  expect((await diffOf(project, hashOf(first), hashOf(other))).paired).toEqual([
    {
      ...{ name: 'score.scores', units: 0, unpaired: 0, metrics: [] },
      reason: 'not comparable: params.protocol is not the same',
    },
  ]);

  rmSync(join(project.path('runs/stages'), first.stages[0]?.fingerprint ?? ''), { recursive: true });
  const run = `${hashOf(first)}@1`;
  const [gone] = (await diffOf(project, hashOf(first), hashOf(second))).paired;
  expect(gone).toBeUndefined(); // nothing is known of it any more, not even that it had units
  expect((await project.retrial('path', run, 'score.scores.units')).exitCode).not.toBe(0);
});

test('collected units are told of', async () => {
  const project = rig(files);
  const first = await project.run();
  const second = await project.run('--set', 'gain=0.1');
  const { exitCode, stderr } = await project.retrial('gc', '--keep-last', '1', '--now');
  expect(exitCode, stderr).toBe(0);
  const { paired } = await diffOf(project, hashOf(first), hashOf(second));
  const run = `${hashOf(first)}@1`;
  expect(paired).toMatchObject([
    {
      reason: `the units of ${run} were collected; retrial path ${run} score.scores.units tells what makes them again`,
    },
  ]);
  expect((await project.retrial('path', run, 'score.scores.units')).stderr).toContain('makes it again');
});
