/** The small commands, as their user sees them. */
import {
  appendFileSync,
  existsSync,
  lstatSync,
  readdirSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunDiff } from '../../src/report/run-diff.ts';
import { sealed } from '../../src/store/seal.ts';
import { copyOf, outcomes, type Rig, type RunJson, rig, until } from '../helpers/rig.ts';

const pipeline = `version: 1
params: params.yaml
stages:
  make:
    cmd: echo making; seq \${params.count} > \${outs.numbers}; echo a > \${outs.parts}/a; ln -s a \${outs.parts}/b
    params: [count]
    outs: { numbers: deep/numbers.txt, parts: parts/ }
  score:
    cmd: sh score.sh \${deps.numbers} \${params.scale} > \${outs.scores}
    deps: { numbers: "\${make.numbers}" }
    code: [score.sh]
    metrics: { scores: { path: scores.json, goal: { error: minimize, hits: maximize } } }
`;
const files = {
  'pipeline.yaml': pipeline,
  'params.yaml': 'count: 3\nscale: 2\n',
  'score.sh': `echo scoring >&2; echo "{\\"error\\": $2, \\"hits\\": $(wc -l < $1), \\"same\\": 1}"\n`,
};
let begun: Rig;
let first: RunJson;
beforeAll(async () => {
  begun = rig(files, afterAll);
  first = await begun.run();
});

const short = (hash: string) => hash.slice(0, 12);
const stageFolder = (project: Rig, fingerprint = '') => join(project.path('runs/stages'), fingerprint);

describe('init', () => {
  test('a pipeline that runs, sweeps and compares at once', async () => {
    const project = rig({});
    const made = await project.retrial('init');
    expect(made).toMatchObject({ exitCode: 0, stderr: 'it runs at once: retrial run' });
    expect(made.stdout.split('\n')).toEqual(
      expect.arrayContaining(['pipeline.yaml', 'stages/train.mjs', '.gitignore']),
    );
    const first = await project.run();
    expect(outcomes(first)).toEqual({ 'make-data': 'ran', train: 'ran', evaluate: 'ran' });
    expect(Object.keys(first.metrics)).toEqual(['train.loss', 'evaluate.mse']);
    const sweep = await project.retrial('sweep', 'sweep.yaml', '--json');
    expect(sweep.exitCode).toBe(0);
    expect(readdirSync(project.path('runs/stages')).filter((name) => name !== '.tmp')).toHaveLength(1 + 6 + 6);
    const compared = await project.retrial('compare');
    expect(compared.exitCode).toBe(0);
    expect(compared.stdout).toMatch(/^# +run +trial +degree +learning_rate +mse +loss$/m);
    expect(project.read('runs/compare.html').match(/<title>.*<\/title>/)?.[0]).toBe('<title>Study degree</title>');
    expect(outcomes(await project.run())).toEqual({ 'make-data': 'fresh', train: 'fresh', evaluate: 'fresh' });
  });

  test('what is there stays, and is named; nothing else is written', async () => {
    const project = rig({ 'here/params.yaml': 'mine\n', 'here/stages/train.mjs': 'mine\n' });
    const refused = await project.retrial('init', 'here');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('here/params.yaml is there already');
    expect(refused.stderr).toContain('here/stages/train.mjs is there already');
    expect(readdirSync(project.path('here')).sort()).toEqual(['params.yaml', 'stages']);
    expect(project.read('here/params.yaml')).toBe('mine\n');
    expect((await project.retrial('init', 'there')).stdout).toContain('there/pipeline.yaml');
  });

  test('where no folder can be made is said, and does not take for ever', async () => {
    const refused = await rig({}).retrial('init', '/proc/x');
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^error: .*\/proc\/x/) });
  });
});

describe('runs/latest', () => {
  test('leads to the run that was begun last; a run that does nothing leaves it', async () => {
    const project = rig(files);
    expect(await project.retrial('path', 'latest', 'make.numbers')).toMatchObject({ exitCode: 2 });
    const first = await project.run();
    expect(readlinkSync(project.path('runs/latest'))).toBe(first.configHash);
    const second = await project.run('--set', 'scale=3');
    expect(readlinkSync(project.path('runs/latest'))).toBe(second.configHash);
    await project.run();
    expect(readlinkSync(project.path('runs/latest'))).toBe(second.configHash);
    expect(JSON.parse((await project.retrial('show', 'latest', '--json')).stdout)).toMatchObject({
      configHash: second.configHash,
    });
  });

  test('is the same run for every command, also when its newest attempt was killed', async () => {
    const project = rig({
      'pipeline.yaml': `version: 1
params: params.yaml
stages: { make: { cmd: "echo \${params.n} > \${outs.out}; if test -e wait; then echo > begun; sleep 30; fi", outs: { out: a.txt } } }
`,
      'params.yaml': 'n: 1\n',
    });
    const first = await project.run();
    await project.run('--set', 'n=2');
    project.write({ wait: '' });
    const running = project.start('run', '-f');
    await until('the stage runs', () => existsSync(project.path('begun')));
    running.kill('SIGKILL');
    await running;
    const shown = JSON.parse((await project.retrial('show', 'latest', '--json')).stdout);
    expect(shown).toMatchObject({ configHash: first.configHash, attempt: 1 });
    await project.retrial('tag', 'latest', 'marked');
    const tagged = JSON.parse((await project.retrial('show', `${first.configHash}@1`, '--json')).stdout);
    expect(tagged).toMatchObject({ tags: ['marked'] });
    expect((await project.retrial('path', 'latest', 'make.out')).stdout).toContain(first.stages[0]?.fingerprint);
  });

  test('without the link, or where it leads nowhere, the newest run is found', async () => {
    const project = rig(files);
    const first = await project.run();
    const second = await project.run('--set', 'scale=3');
    utimesSync(project.path(`runs/${first.configHash}/attempts`), 1, 1);
    const found = async () => (await project.retrial('path', 'latest', 'score.scores')).stdout;
    const before = await found();
    expect(before).toContain(second.stages[1]?.fingerprint);
    rmSync(project.path('runs/latest'));
    expect(await found()).toBe(before);
    rmSync(project.path(`runs/${second.configHash}`), { recursive: true });
    expect(await found()).toContain(first.stages[1]?.fingerprint);
  });
});

describe('path and export', () => {
  test('the output, and a copy of it that is no link', async () => {
    const [project, { configHash, stages }] = [copyOf(begun), first];
    const { stdout } = await project.retrial('path', configHash.slice(0, 6), 'make.numbers');
    expect(stdout).toBe(join(stageFolder(project, stages[0]?.fingerprint), 'outs/deep/numbers.txt'));
    const copied = await project.retrial('export', `${configHash}@1`, 'make.numbers', 'out/here');
    expect(copied).toMatchObject({ exitCode: 0, stdout: project.path('out/here/numbers.txt') });
    expect(project.read('out/here/numbers.txt')).toBe('1\n2\n3\n');
    expect(lstatSync(project.path('out/here/numbers.txt')).ino).not.toBe(lstatSync(stdout).ino);
    await project.retrial('export', 'latest', 'make.parts', 'out/here');
    expect(readlinkSync(project.path('out/here/parts/b'))).toBe('a');
    expect(readdirSync(project.path('out/here')).sort()).toEqual(['numbers.txt', 'parts']);
  });

  test('what is there is replaced with --force alone', async () => {
    const project = rig({ ...files, 'out/numbers.txt/old': '', 'out/parts': 'a file' });
    await project.run();
    for (const output of ['make.numbers', 'make.parts']) {
      expect(await project.retrial('export', 'latest', output, 'out')).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('is there already'),
      });
      expect((await project.retrial('export', 'latest', output, 'out', '--force')).exitCode).toBe(0);
    }
    expect(project.read('out/numbers.txt')).toBe('1\n2\n3\n');
    expect(project.read('out/parts/b')).toBe('a\n');
    expect(readdirSync(project.path('out'))).toHaveLength(2);
  });

  test('names that mean nothing are the user’s mistake', async () => {
    const project = copyOf(begun);
    for (const [run, output, hint] of [
      ['latest', 'make.number', 'did you mean make.numbers?'],
      ['latest', 'train.model', 'there is: make.numbers, make.parts, score.scores'],
      ['latest@7', 'make.numbers', 'it has: 1'],
      ['fff', 'make.numbers', 'retrial runs lists them'],
    ] as const)
      expect(await project.retrial('path', run, output)).toMatchObject({
        exitCode: 2,
        stdout: '',
        stderr: expect.stringContaining(hint),
      });
  });

  test('an output that was damaged is said to be, each time it is asked for', async () => {
    const [project, { stages }] = [copyOf(begun), first];
    appendFileSync(join(stageFolder(project, stages[0]?.fingerprint), 'outs/deep/numbers.txt'), 'x');
    for (const command of [['path'], ['path'], ['export']]) {
      const to = command[0] === 'export' ? ['out'] : [];
      const answer = await project.retrial(...command, 'latest', 'make.numbers', ...to);
      expect(answer).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('deleted or damaged') });
      expect(answer.stderr).toMatch(/retrial run -c runs\/[0-9a-f]{64}\/config\.yaml makes it again/);
    }
    expect(existsSync(project.path('out'))).toBe(false);
  });

  test('a bit that flipped under the same times is found by export, and nothing is written', async () => {
    const [project, { stages }] = [copyOf(begun), first];
    const folder = stageFolder(project, stages[1]?.fingerprint);
    const lock = JSON.parse(project.read(`runs/stages/${stages[1]?.fingerprint}/lock.json`));
    const file = join(folder, 'outs/scores.json');
    writeFileSync(
      file,
      (await project.retrial('path', 'latest', 'score.scores')) && '{"error": 2, "hits": 3, "same": 7}\n',
    );
    const at = lstatSync(file, { bigint: true });
    const [entry] = lock.outputs.scores.files;
    Object.assign(entry, { mtimeNs: String(at.mtimeNs), ctimeNs: String(at.ctimeNs), inode: String(at.ino) });
    writeFileSync(join(folder, 'lock.json'), JSON.stringify(sealed(lock)));
    expect((await project.retrial('path', 'latest', 'score.scores')).exitCode).toBe(0);
    expect(await project.retrial('export', 'latest', 'score.scores', 'out')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('nothing was exported'),
    });
    expect(readdirSync(project.path('out'))).toEqual([]);
    expect(outcomes(await project.run())).toEqual({ make: 'fresh', score: 'ran' });
  });
});

describe('logs', () => {
  test('all in order with headings; one, for a program, without', async () => {
    const project = copyOf(begun);
    expect((await project.retrial('logs', 'latest')).stdout).toBe('==> make <==\nmaking\n\n==> score <==\nscoring');
    expect(await project.retrial('logs', short(first.configHash), 'score')).toEqual({
      exitCode: 0,
      stdout: 'scoring',
      stderr: '',
    });
    const second = await project.run('--set', 'scale=3');
    const cached = await project.retrial('logs', short(second.configHash), 'make');
    expect(cached.stdout).toBe('making');
    expect(cached.stderr).toBe(`make: its result was made by ${short(first.configHash)}@1`);
    expect((await project.retrial('logs', 'latest')).stdout).toContain('==> make (its result was made by ');
    expect(await project.retrial('logs', 'latest', 'scores')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('did you mean score?'),
    });
  });

  test('bytes are passed through: a line of megabytes, and what is no UTF-8', async () => {
    const bytes = `node -e "process.stdout.write(Buffer.concat([Buffer.alloc(3e6, 120), Buffer.from([255, 0, 254, 10])]))"`;
    const project = rig({
      'pipeline.yaml': `version: 1\nstages:\n  a:\n    cmd: >-\n      ${bytes} | tee \${outs.log}\n    outs: { log: log }\n`,
    });
    await project.run();
    const { stdout } = await execa(
      process.execPath,
      [join(import.meta.dirname, '../../bin/retrial.js'), 'logs', 'latest', 'a'],
      {
        ...{ cwd: project.folder, encoding: 'buffer', stripFinalNewline: false },
      },
    );
    expect(
      Buffer.compare(Buffer.from(stdout), Buffer.concat([Buffer.alloc(3e6, 120), Buffer.from([255, 0, 254, 10])])),
    ).toBe(0);
  });

  test('a stage that failed has its log; one that never ran says so', async () => {
    const project = rig({
      ...files,
      'score.sh': 'echo broken; exit 3\n',
      'pipeline.yaml': `${pipeline}  after: { cmd: "true", deps: { scores: "\${score.scores}" } }\n`,
    });
    expect((await project.run()).status).toBe('failed');
    expect((await project.retrial('logs', 'latest', 'score')).exitCode).toBe(0);
    expect(await project.retrial('logs', 'latest', 'after')).toMatchObject({
      ...{ exitCode: 1, stdout: '', stderr: 'error: after was not run, and has no log' },
    });
  });
});

const slow = {
  'pipeline.yaml': `version: 1
stages:
  first: { cmd: "echo one; while [ ! -e go ]; do sleep 0.05; done; echo two; echo x > \${outs.x}", outs: { x: x } }
  second: { cmd: "echo three > \${outs.y}; echo three", deps: { x: "\${first.x}" }, outs: { y: y } }
`,
};

describe('logs -f', () => {
  const followed = async (project: Rig, ...args: string[]) => {
    const running = project.start('run');
    await until(
      'the stage prints',
      () => existsSync(project.path('runs/latest')) && logOf(project, 'first') === 'one\n',
    );
    const following = project.start('logs', 'latest', ...args, '-f');
    let seen = '';
    following.stdout?.on('data', (chunk) => {
      seen += chunk;
    });
    await until('the log is followed', () => seen.includes('one'));
    return { running, following };
  };
  const logOf = (project: Rig, stage: string) => {
    const file = project.path(`runs/latest/attempts/1/${stage}.log`);
    return existsSync(file) ? project.read(`runs/latest/attempts/1/${stage}.log`) : undefined;
  };

  test('ends with the run', async () => {
    const project = rig(slow);
    const { running, following } = await followed(project);
    writeFileSync(project.path('go'), '');
    expect((await running).exitCode).toBe(0);
    const { stdout, stderr, exitCode } = await following;
    expect(stdout).toBe('==> first <==\none\ntwo\n\n==> second <==\nthree');
    expect(stderr).toMatch(/^[0-9a-f]{12}@1: complete$/);
    expect(exitCode).toBe(0);
  });

  test('ends when the run was killed', async () => {
    const project = rig(slow);
    const { running, following } = await followed(project, 'first');
    running.kill('SIGKILL');
    await running;
    expect(await following).toMatchObject({ stdout: 'one', stderr: expect.stringMatching(/@1: killed$/), exitCode: 0 });
  });
});

describe('diff', () => {
  const diffOf = async (project: Rig, ...args: string[]) => {
    const { stdout, stderr } = await project.retrial('diff', '--json', ...args);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as RunDiff;
  };

  test('two runs, field by field', async () => {
    const project = copyOf(begun);
    const second = await project.run('--set', 'scale=1', '--set', 'count=2');
    const diff = await diffOf(project, short(first.configHash), 'latest');
    expect(diff).toMatchObject({ a: `${short(first.configHash)}@1`, b: `${short(second.configHash)}@1` });
    expect(diff.params).toEqual([
      { field: 'count', before: 3, after: 2 },
      { field: 'scale', before: 2, after: 1 },
    ]);
    expect(diff.metrics).toEqual([
      { name: 'score.error', before: 2, after: 1, difference: -1, goal: 'minimize', verdict: 'better' },
      { name: 'score.hits', before: 3, after: 2, difference: -1, goal: 'maximize', verdict: 'worse' },
    ]);
    expect(diff.equalMetrics).toEqual(['score.same']);
    expect(diff.stages.map(({ name, fields }) => [name, fields.map(({ field }) => field)])).toEqual([
      ['make', ['params.count']],
      ['score', ['params.scale', 'deps.numbers']],
    ]);
    expect(diff.outputs.map(({ name, identical }) => [name, identical])).toEqual([
      ['make.numbers', false],
      ['make.parts', true],
      ['score.scores', false],
    ]);
    expect(diff.environment).toEqual([]);
    const { stdout } = await project.retrial('diff', 'latest', short(first.configHash));
    expect(stdout).toMatch(/score\.error +1 +→ +2 +\+1 +worse \(minimize\)/);
    expect(stdout).toContain('≠ make\n      params.count: 2 → 3');
    expect(stdout).toMatch(/= make\.parts {2}[0-9a-f]{12}$/m);
  });

  test('a run and today', async () => {
    const project = copyOf(begun);
    expect((await project.retrial('diff', 'latest')).stdout).toMatch(/^[0-9a-f]{12}@1 → today\nno difference$/);
    project.write({ 'score.sh': `${files['score.sh']}# more\n` });
    const changed = await diffOf(project, 'latest');
    expect(changed.stages[1]).toMatchObject({ change: 'changed', fields: [{ field: 'code.score.sh' }] });
    expect(changed.outputs.map(({ name }) => name)).toEqual(['make.numbers', 'make.parts']);
    const set = await diffOf(project, 'latest', '-s', 'count=9');
    expect(set.params).toEqual([{ field: 'count', before: 3, after: 9 }]);
    expect(set.stages.map(({ change }) => change)).toEqual(['changed', 'unknown']);
  });

  test('a revision and today', async () => {
    const project = rig(files);
    const git = (...args: string[]) =>
      execa('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: project.folder });
    expect(await project.retrial('diff', '--git', 'HEAD')).toMatchObject({ exitCode: 2 });
    await git('init', '-q');
    await git('add', '.');
    await git('commit', '-qm', 'first');
    expect((await project.retrial('diff', '--git', 'HEAD')).stdout).toBe('HEAD → today\nno difference');
    project.write({
      'pipeline.yaml': `${pipeline.replace('scoring', '').replace('count]', 'count, scale]')}  last: { cmd: "true" }\n`,
      'params.yaml': 'count: 4\nscale: 2\n',
    });
    const diff = await diffOf(project, '--git', 'HEAD');
    expect(diff.params).toEqual([{ field: 'count', before: 3, after: 4 }]);
    expect(diff.stages).toEqual([
      {
        ...{ name: 'make', change: 'changed' },
        fields: [
          { field: 'params.count', before: 3, after: 4 },
          { field: 'params.scale', after: 2 },
        ],
      },
      { name: 'score', change: 'same', fields: [] },
      { name: 'last', change: 'added', fields: [] },
    ]);
    for (const revision of ['nowhere', '--output=x'])
      expect(await project.retrial('diff', `--git=${revision}`)).toMatchObject({ exitCode: 2, stdout: '' });
    await git('commit', '-qam', 'second');
    project.write({ 'pipeline.yaml': 'version: 1\nstages: { a: { comand: x } }\n' });
    await git('commit', '-qam', 'third');
    project.write(files);
    const { stderr, exitCode } = await project.retrial('diff', '--git', 'HEAD');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('HEAD:pipeline.yaml:2');
  });

  test('what cannot be compared is the user’s mistake', async () => {
    const project = copyOf(begun);
    for (const args of [[], ['latest', 'fffff'], ['latest', 'latest', '-s', 'count=1'], ['latest', '--git', 'HEAD']])
      expect(await project.retrial('diff', ...args), args.join(' ')).toMatchObject({ exitCode: 2, stdout: '' });
  });
});

describe('completion', () => {
  /** What bash offers for a line. */
  const offered = async (project: Rig, ...line: string[]) => {
    const command = join(import.meta.dirname, '../../bin/retrial.js');
    const script = `retrial() { "${process.execPath}" "${command}" "$@"; }; source <(retrial completion bash)
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _retrial; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await execa('bash', ['-c', script, 'bash', ...line], { cwd: project.folder });
    return stdout.split('\n').filter((word) => word !== '');
  };

  test('commands, options, runs and stages', async () => {
    const [project, { configHash }] = [copyOf(begun), first];
    expect(await offered(project, 'retrial', 'comp')).toEqual(['compare', 'completion']);
    expect(await offered(project, 'retrial', '-C', '.', 'sta')).toEqual(['status']);
    expect(await offered(project, 'retrial', 'logs', '--f')).toEqual(['--follow']);
    expect(await offered(project, 'retrial', 'run', '')).toEqual(['make', 'score']);
    expect(await offered(project, 'retrial', 'show', '')).toEqual(['latest', short(configHash)]);
    expect(await offered(project, 'retrial', 'completion', 'z')).toEqual(['zsh']);
    project.write({ 'pipeline.yaml': 'nonsense' });
    expect(await offered(project, 'retrial', 'run', '')).toEqual([]);
  });

  test('each command and option is in each shell’s script', async () => {
    const project = rig({});
    const { stdout: help } = await project.retrial('--help');
    const commands = [...help.matchAll(/^ {2}([a-z]+)[ |]/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'help');
    expect(commands).toContain('export');
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { stdout } = await project.retrial('completion', shell);
      for (const command of commands) expect(stdout, shell).toMatch(new RegExp(`[ ']${command}[ :)']`));
      expect(stdout, shell).toMatch(shell === 'fish' ? /-l follow / : /--follow/);
      expect(stdout).not.toContain('--worker ');
    }
    expect(await project.retrial('completion', 'tcsh')).toMatchObject({ exitCode: 2 });
  });
});
