/** Logs and previews as a page gets them, of runs that were really run. */
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withIndex } from '../../src/record/open-index.ts';
import type { ComparedRun, Comparison, NamedPreview } from '../../src/report/comparison.ts';
import { comparisonOf } from '../../src/report/from-record.ts';
import { byWorth, inDepth } from '../../src/report/in-depth.ts';
import { previewKey } from '../../src/report/preview-key.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { type Rig, rig } from '../helpers/rig.ts';
import { comparison, runOf } from './fixture.ts';

const files = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  draw:
    cmd: sh draw.sh \${params.size} \${outs.picture} \${outs.points} \${outs.all} \${outs.notes}
    code: [draw.sh]
    outs: { picture: a.svg, points: points.csv, all: plots, notes: notes.txt }
  score:
    cmd: sh score.sh \${params.size} \${outs.scores}
    code: [score.sh]
    deps: { points: "\${draw.points}" }
    metrics: { scores: { path: scores.json, goal: { error: minimize } } }
`,
  'params.yaml': 'size: 1\n',
  'draw.sh': `mkdir $4
echo "<svg>$1</svg>" > $2
echo "<svg/>" > $4/b.svg
printf '\\000\\001' > $4/c.bin
printf 'x,y\\n1,"</script>"\\n' > $3
printf '</script><img src=x onerror=alert(1)>\\n' > $5
i=0; while [ $i -lt 60 ]; do echo "size $1 line $i"; i=$((i+1)); done
`,
  'score.sh': `[ $1 = 9 ] && { echo "too large"; exit 3; }
printf '{"error":%s}' $1 > $2
`,
};

describe('runs in depth', () => {
  let on: Rig;
  let remove = () => {};
  const layout = () => layoutOf(on.path('runs'));
  const deep = (budget?: number): Promise<Comparison> =>
    withIndex(layout(), async (index) => inDepth(layout(), await comparisonOf(index, layout(), []), budget));
  const sized = (shown: Comparison, size: number) => shown.runs.find((run) => run.params.size === size) as ComparedRun;
  const previewsOf = (shown: Comparison, run: ComparedRun, name: string): readonly NamedPreview[] => {
    const output = run.stages.flatMap(({ outputs }) => outputs).find((one) => one.name === name);
    return (output && shown.previews?.[previewKey(output)]) ?? [];
  };

  beforeAll(async () => {
    on = rig(files, (end) => {
      remove = end;
    });
    for (const size of [1, 2, 9]) await on.retrial('run', '--set', `size=${size}`);
  });
  afterAll(() => remove());

  test('have the end of the log of every stage, also of a result that another run made', async () => {
    const shown = await deep();
    const [draw] = sized(shown, 2).stages;
    expect(draw?.logTail?.split('\n')).toEqual(Array.from({ length: 40 }, (_, at) => `size 2 line ${at + 20}`));
    const failed = sized(shown, 9);
    expect(failed.stages.map(({ outcome }) => outcome)).toEqual(['ran', 'failed']);
    expect(failed.stages[1]?.logTail).toBe('too large');
    expect(shown.runs.every(({ isBrief }) => isBrief === undefined)).toBe(true);
  });

  test('have previews of pictures, tables and texts, of folders too, and of nothing else', async () => {
    const shown = await deep();
    const run = sized(shown, 1);
    expect(previewsOf(shown, run, 'picture')).toEqual([
      { kind: 'image', path: '', source: `data:image/svg+xml;base64,${btoa('<svg>1</svg>\n')}` },
    ]);
    expect(previewsOf(shown, run, 'points')).toMatchObject([
      {
        kind: 'table',
        rows: [
          ['x', 'y'],
          ['1', '</script>'],
        ],
        isWhole: true,
      },
    ]);
    expect(previewsOf(shown, run, 'all').map(({ path, kind }) => [path, kind])).toEqual([['b.svg', 'image']]);
    expect(previewsOf(shown, run, 'notes')).toMatchObject([{ text: '</script><img src=x onerror=alert(1)>' }]);
    expect(previewsOf(shown, run, 'scores')).toMatchObject([{ text: '{"error":1}' }]);
  });

  test('are the best and the failed ones, as far as there is room; the others are marked', async () => {
    const logs = sized(await deep(), 1).stages.map(({ logTail }) => logTail ?? '');
    const shown = await deep(2 * logs.join('').length + 10);
    expect(sized(shown, 1).isBrief).toBeUndefined();
    expect(sized(shown, 2)).toMatchObject({ isBrief: true, stages: [{ logTail: null }, { logTail: null }] });
    expect((await deep(0)).runs.map(({ isBrief }) => isBrief)).toEqual([true, true, true]);
    expect((await deep(0)).previews).toEqual({});
  });

  test('of which one alone has pictures without end show as many of them as there is room for', async () => {
    const one = (budget?: number) =>
      withIndex(layout(), async (index) => {
        const hash = sized(await deep(), 1).configHash;
        return await inDepth(layout(), await comparisonOf(index, layout(), [hash]), budget);
      });
    const logs = sized(await one(), 1).stages.map(({ logTail }) => logTail ?? '');
    const shown = await one(logs.join('').length + 20);
    expect(sized(shown, 1).isBrief).toBeUndefined();
    expect(Object.keys(shown.previews ?? {})).toHaveLength(0);
    expect(Object.keys((await one()).previews ?? {})).toHaveLength(5);
  });

  test('show nothing of a file that is not what was recorded', async () => {
    const run = sized(await deep(), 2);
    const picture = join(layout().stage(run.stages[0]?.fingerprint as never).outs, 'a.svg');
    const elsewhere = on.path('elsewhere.svg');
    on.write({ 'elsewhere.svg': readFileSync(picture, 'utf8') });
    const shownWith = async (change: () => void) => {
      rmSync(picture, { force: true });
      change();
      return previewsOf(await deep(), run, 'picture').length;
    };
    expect(await shownWith(() => writeFileSync(picture, '<svg>3</svg>\n'))).toBe(0);
    expect(await shownWith(() => symlinkSync(elsewhere, picture))).toBe(0);
    expect(await shownWith(() => {})).toBe(0);
    expect(await shownWith(() => writeFileSync(picture, '<svg>2</svg>\n'))).toBe(1);
  });

  test('the code of a newer run marks the older ones', async () => {
    on.write({ 'score.sh': `${files['score.sh']}# changed\n` });
    await on.retrial('run', '--set', 'size=3');
    const shown = await deep();
    expect(sized(shown, 1).olderCode).toEqual([{ stage: 'score', changed: ['score.sh'] }]);
    expect([9, 3].map((size) => sized(shown, size).olderCode)).toEqual([[], []]);
  });
});

test('the best come first, each with one that failed', () => {
  const runs = [
    runOf(1, {}, 0.1),
    runOf(2, {}, 0.3),
    runOf(3, {}, null, { status: 'failed', metrics: {} }),
    runOf(4, {}, null),
    runOf(5, {}, null, { status: 'killed', metrics: {} }),
  ];
  expect(byWorth(comparison(runs)).map(({ trial }) => trial)).toEqual([2, 3, 1, 5, 4]);
});
