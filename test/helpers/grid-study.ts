/** A study of twelve points on a small pipeline of shell, which notes what it ran. */
import { expect } from 'vitest';
import { type Outcome, type Rig, rig } from './rig.ts';
import type { Swept } from './sweep-project.ts';

/** `score` notes outside of the store when it begins and ends; with `gate` it waits until there is a file named go. */
const pipeline = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  make: { cmd: "echo make >> ran.txt; sleep 0.3; echo 10 > \${outs.data}", outs: { data: data.txt } }
  score:
    cmd: sh score.sh \${params.x} \${params.y} \${params.gate} \${deps.data} > \${outs.scores}
    deps: { data: "\${make.data}" }
    code: [score.sh]
    params: [seed, rate]
    metrics: { scores: { path: scores.json, goal: maximize } }
  test:
    cmd: cp \${deps.scores} \${outs.final}
    holdout: true
    deps: { scores: "\${score.scores}" }
    metrics: { final: { path: final.json, goal: maximize } }
`,
  'params.yaml': 'x: 1\ny: 1\nrate: 0.1\ngate: false\nseed: 1\n',
  'score.sh': `echo "begin $1 $2" >> ran.txt
if [ "$3" = true ] && [ "$1" = 3 ]; then while [ ! -e go ]; do sleep 0.05; done; fi
[ "$1 $2" = "-1 1" ] && { echo no score today >&2; exit 3; }
[ "$1 $2" = "-2 1" ] && { echo '{"value": NaN}'; exit; }
echo "{\\"value\\": $(($1 * $(cat "$4") + $2))}"
echo "end $1 $2" >> ran.txt
`,
};

export const sweepFile = (changes: Readonly<Record<string, string>> = {}) =>
  Object.entries({
    version: '1',
    name: 'grid',
    until: 'score',
    metric: '{ name: score.value, goal: maximize }',
    parameters: '{ x: { values: [1, 2, 3] }, y: { min: 1, max: 4 } }',
    ...changes,
  })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');

export const project = (changes?: Readonly<Record<string, string>>) =>
  rig({ ...pipeline, 'sweep.yaml': sweepFile(changes) });
export const gated = () => project({ config: '[gate.yaml]' });
export const sweep = (on: Rig, ...args: string[]) =>
  on.retrial('sweep', 'sweep.yaml', '--workers', '2', '-j', '2', '--json', ...args);

export type SweepJson = Swept['json'];

export const parsed = ({ stdout, stderr }: Outcome): SweepJson => {
  if (stdout === '') throw new Error(`no JSON on stdout:\n${stderr}`);
  return JSON.parse(stdout) as SweepJson;
};
export const ran = (on: Rig, word: string) =>
  on
    .read('ran.txt')
    .trim()
    .split('\n')
    .filter((line) => line.startsWith(word))
    .sort();
export const everyPoint = [1, 2, 3].flatMap((x) => [1, 2, 3, 4].map((y) => ({ x, y })));

/** All that a finished study of the twelve points must say, however often it was interrupted. */
export function expectWhole(result: Outcome): void {
  const { states, best, trials } = parsed(result);
  expect(states).toEqual({ complete: 12, failed: 0 });
  expect(best).toMatchObject({ trial: 11, value: 34, params: { x: 3, y: 4 } });
  expect(trials.map(({ params }) => params)).toEqual(everyPoint);
  expect(trials.map(({ value }) => value)).toEqual(everyPoint.map(({ x, y }) => 10 * x + y));
  expect(new Set(trials.flatMap(({ runs }) => runs)).size).toBe(12);
  expect(result.exitCode).toBe(0);
}
