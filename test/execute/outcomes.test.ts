/** What each stage comes to after each kind of change: a row each, the whole table of the cache's promises. */
import { appendFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyOf, filesBelow, outcomes, type Rig, type RunJson, rig, until } from '../helpers/rig.ts';

const files = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  words:
    cmd: sh words.sh \${deps.text} \${outs.list}
    deps: { text: text.txt }
    code: [words.sh]
    outs: { list: list.txt }
  count:
    cmd: sh count.sh \${params.unit} \${deps.list} \${outs.count}
    deps: { list: "\${words.list}" }
    code: [count.sh]
    env: [LOCALE_OF_COUNT]
    outs: { count: count.txt }
  page:
    cmd: sleep \${params.wait}; cat \${deps.count} > \${outs.page}
    deps: { count: "\${count.count}" }
    outs: { page: page.txt }
`,
  'params.yaml': 'unit: words\nwait: 0\nunused: 1\n',
  'words.sh': `tr ' ' '\\n' < "$1" > "$2"\n`,
  'count.sh': `echo "$(wc -l < "$2") $1" > "$3"\n`,
  'text.txt': 'one two three\n',
};

type Outcomes = { words: string; count: string; page: string };
const all = (words: string, count: string, page: string): Outcomes => ({ words, count, page });

interface Row {
  readonly change: string;
  readonly make: (project: Rig, first: RunJson) => unknown;
  readonly args?: readonly string[];
  readonly after: Outcomes;
}

const published = (project: Rig, run: RunJson, stage: string, ...path: string[]) =>
  project.path(join('runs/stages', run.stages.find(({ name }) => name === stage)?.fingerprint ?? '', ...path));

const rows: readonly Row[] = [
  { change: 'nothing', make: () => undefined, after: all('fresh', 'fresh', 'fresh') },
  {
    change: 'a param that no stage names',
    make: () => undefined,
    args: ['--set', 'unused=2'],
    after: all('fresh', 'fresh', 'fresh'),
  },
  { change: 'a param', make: () => undefined, args: ['--set', 'unit=w'], after: all('cached', 'ran', 'ran') },
  {
    change: 'a param, and back',
    make: (project) => project.run('--set', 'unit=w'),
    after: all('fresh', 'fresh', 'fresh'),
  },
  {
    change: 'the params of one run in the order of another file',
    make: (project) => project.write({ 'params.yaml': 'unused: 1\nwait: 0\nunit: words # a comment\n' }),
    after: all('fresh', 'fresh', 'fresh'),
  },
  {
    change: 'a dependency',
    make: (project) => project.write({ 'text.txt': 'one two\n' }),
    after: all('ran', 'ran', 'ran'),
  },
  {
    change: 'a dependency so that an output stays what it was',
    make: (project) => project.write({ 'text.txt': 'one two four\n' }),
    after: all('ran', 'ran', 'fresh'),
  },
  {
    change: 'the time of a dependency alone',
    make: (project) => utimesSync(project.path('text.txt'), 1, 1),
    after: all('fresh', 'fresh', 'fresh'),
  },
  {
    change: 'code',
    make: (project) => appendFileSync(project.path('count.sh'), 'echo more >> "$3"\n'),
    after: all('fresh', 'ran', 'ran'),
  },
  {
    change: 'a comment in code',
    make: (project) => appendFileSync(project.path('words.sh'), '# a comment\n'),
    after: all('ran', 'fresh', 'fresh'),
  },
  {
    change: 'a description',
    make: (project) =>
      project.write({
        'pipeline.yaml': project
          .read('pipeline.yaml')
          .replace('    cmd: sh words', '    desc: Words\n    cmd: sh words'),
      }),
    after: all('fresh', 'fresh', 'fresh'),
  },
  {
    change: 'a command',
    make: (project) =>
      project.write({ 'pipeline.yaml': project.read('pipeline.yaml').replace('cmd: sh words', 'cmd: sh ./words') }),
    after: all('ran', 'cached', 'cached'), // another command is another experiment
  },
  {
    change: 'an output deleted',
    make: (project, first) => rmSync(published(project, first, 'words', 'outs/list.txt')),
    after: all('ran', 'fresh', 'fresh'),
  },
  {
    change: 'a whole result deleted',
    make: (project, first) => rmSync(published(project, first, 'count'), { recursive: true }),
    after: all('fresh', 'ran', 'fresh'),
  },
  {
    change: 'an output written into',
    make: (project, first) => writeFileSync(published(project, first, 'words', 'outs/list.txt'), 'damaged\n'),
    after: all('ran', 'fresh', 'fresh'),
  },
  {
    change: 'the lock of a result emptied',
    make: (project, first) => writeFileSync(published(project, first, 'page', 'lock.json'), ''),
    after: all('fresh', 'fresh', 'ran'),
  },
  {
    change: 'everything that was remembered forgotten',
    make: (project) => rmSync(project.path('runs/memo'), { recursive: true, force: true }),
    after: all('fresh', 'fresh', 'fresh'),
  },
  {
    change: 'the record of the run deleted, its results not',
    make: (project, first) => rmSync(project.path(join('runs', first.configHash)), { recursive: true }),
    after: all('cached', 'cached', 'cached'),
  },
  {
    change: 'a run of the same killed in its last stage',
    make: async (project) => {
      project.write({
        'text.txt': 'one two three four five\n',
        'params.yaml': files['params.yaml'].replace('wait: 0', 'wait: 5'),
      });
      const running = project.start('run');
      await until(
        'the last stage runs',
        () => readdirSync(project.path('runs/stages')).length >= 6 && scratch(project),
      );
      running.kill('SIGKILL');
      await running;
      project.write({ 'params.yaml': files['params.yaml'] });
    },
    after: all('cached', 'cached', 'ran'),
  },
  { change: 'force', make: () => undefined, args: ['-f'], after: all('ran', 'ran', 'ran') },
];

/** Of the stage that sleeps, and of no other. */
const scratch = (project: Rig) => readdirSync(project.path('runs/stages/.tmp')).length === 1;

describe('after a first run', () => {
  let begun: Rig;
  let first: RunJson;
  beforeAll(async () => {
    begun = rig(files, afterAll);
    first = await begun.run();
    expect(outcomes(first)).toEqual(all('ran', 'ran', 'ran'));
  });

  test.each(rows)('$change', async ({ make, args = [], after }) => {
    const project = copyOf(begun);
    await make(project, first);
    expect(outcomes(await project.run(...args))).toEqual(after);
    if (Object.values(after).every((outcome) => outcome === 'fresh')) return;
    expect(outcomes(await project.run(...args.filter((arg) => arg !== '-f')))).toEqual(all('fresh', 'fresh', 'fresh'));
  });

  test('a declared variable of the environment', async () => {
    const project = copyOf(begun);
    process.env.LOCALE_OF_COUNT = 'C';
    try {
      expect(outcomes(await project.run())).toEqual(all('fresh', 'ran', 'fresh'));
    } finally {
      delete process.env.LOCALE_OF_COUNT;
    }
    expect(outcomes(await project.run())).toEqual(all('fresh', 'cached', 'fresh'));
  });
});

describe('the answer of a run that had nothing to do', () => {
  const answers = (project: Rig) => filesBelow(project.path('runs')).filter((name) => name.startsWith('memo/answer-'));
  const changes = [
    ['an output', (project: Rig, run: RunJson) => rmSync(published(project, run, 'page', 'outs/page.txt')), 'page'],
    ['a dependency', (project: Rig) => project.write({ 'text.txt': 'one\n' }), 'words'],
    [
      'the declared params',
      (project: Rig) => project.write({ 'params.yaml': files['params.yaml'].replace('words', 'w') }),
      'count',
    ],
  ] as const;
  const begun = new Map<string, { project: Rig; first: RunJson }>();
  const of = (name: string) => begun.get(name) as { project: Rig; first: RunJson };

  beforeAll(async () => {
    for (const name of ['kept', 'used', ...changes.map(([what]) => what)]) {
      const project = rig({ ...files, 'more/notes.txt': 'a' }, afterAll);
      const date = (at: Date) => utimesSync(project.path('count.sh'), at, at);
      date(new Date(Date.now() + 60_000)); // as young as the run, however long that takes: a change could look the same
      begun.set(name, { project, first: await project.run() });
      if (name === 'kept') await project.run();
      expect(answers(project)).toEqual([]);
      date(new Date());
    }
    await sleep(2_100); // for all of them at once
  });

  test('is kept once everything has settled, given again, and ended by any change', async () => {
    const { project } = of('kept');
    const told = await project.retrial('run', '--json');
    expect(answers(project)).toHaveLength(1);
    const again = await project.retrial('run', '--json');
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(told.stdout));
    expect(again.stderr).toBe(told.stderr);
    appendFileSync(project.path('count.sh'), 'echo more >> "$3"\n');
    expect(outcomes(await project.run())).toEqual(all('fresh', 'ran', 'ran'));
  });

  test('is a use of its results, said once a day', async () => {
    const { project, first } = of('used');
    await project.run();
    const used = first.stages.map(({ name }) => published(project, first, name, 'used'));
    const answer = project.path(`runs/${answers(project)[0]}`);
    const longAgo = new Date(Date.now() - 3 * 24 * 3600 * 1000);
    const age = (paths: readonly string[]) => {
      for (const path of paths) utimesSync(path, longAgo, longAgo);
    };
    const young = () => used.filter((path) => statSync(path).mtimeMs > Date.now() - 60_000).length;
    age([answer, ...used]);
    await project.run();
    expect(young()).toBe(3);
    age(used);
    await project.run();
    expect(young()).toBe(0); // it is the answer that is given: looking for the results would say so each time
  });

  test.each(changes)('is not given after a change of %s', async (what, change, stage) => {
    const { project, first } = of(what);
    await project.run();
    expect(answers(project)).toHaveLength(1);
    change(project, first);
    expect(outcomes(await project.run())[stage]).toBe('ran');
  });
});
