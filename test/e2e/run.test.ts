/** The engine as its user sees it, on a pipeline of shell and Python. */
import { existsSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyOf, filesBelow, outcomes, type Rig, type RunJson, rig, until } from '../helpers/rig.ts';

/** Each stage notes outside of the store that it ran. */
const files = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  make:
    cmd: sh make.sh \${params.count} > \${outs.numbers} && echo make >> ran.txt
    code: [make.sh]
    outs: { numbers: numbers.txt }
  sum:
    cmd: [python3, sum.py, "\${deps.numbers}", "\${outs.scores}"]
    deps: { numbers: "\${make.numbers}" }
    code: ["*.py"]
    params: [scale]
    metrics: { scores: { path: scores.json, goal: maximize } }
  words:
    cmd: wc -w < \${deps.text} > \${outs.count} && echo words >> ran.txt
    deps: { text: text.txt }
    outs: { count: count.txt }
`,
  'params.yaml': 'count: 5\nscale: 2.0\nunused: 1\n',
  'make.sh': 'for i in $(seq $1); do echo $i; done\n',
  'sum.py': `import json, os, sys
stage = json.load(open(os.environ["RETRIAL_STAGE"]))
numbers = [int(line) for line in open(sys.argv[1])]
with open(os.environ["RETRIAL_METRICS"], "a") as series:
    for step, number in enumerate(numbers):
        series.write(json.dumps({"step": step, "number": number}) + "\\n")
json.dump({"sum": sum(numbers) * stage["params"]["scale"], "ratio": float("nan")}, open(sys.argv[2], "w"))
open("ran.txt", "a").write("sum\\n")
`,
  'text.txt': 'a b c\n',
};

const all = (outcome: string) => ({ make: outcome, sum: outcome, words: outcome });
const stageFolder = (project: Rig, stage: string) =>
  join(project.path('runs/stages'), first.stages.find(({ name }) => name === stage)?.fingerprint ?? '');
const ran = (project: Rig) => project.read('ran.txt').trim().split('\n').sort();

let begun: Rig;
let first: RunJson;
beforeAll(async () => {
  begun = rig(files, afterAll);
  first = await begun.run();
});

describe('outcomes', () => {
  test('a first run runs, a second is fresh and records nothing', async () => {
    const project = copyOf(begun);
    expect(outcomes(first)).toEqual(all('ran'));
    expect(first.metrics).toEqual({ 'sum.number': 5, 'sum.sum': 30, 'sum.ratio': 'NaN' });
    // Of files that were young at first the second run may remember the hash: that is no record.
    const recorded = () => filesBelow(project.path('runs')).filter((name) => !name.startsWith('memo'));
    const before = recorded();
    const second = await project.run();
    expect(outcomes(second)).toEqual(all('fresh'));
    expect(second.attempt).toBeNull();
    expect(second.metrics).toEqual(first.metrics);
    expect(recorded()).toEqual(before);
  });

  test('a changed param runs what names it and what follows', async () => {
    const project = copyOf(begun);
    expect(outcomes(await project.run('--set', 'scale=3'))).toEqual({ make: 'cached', sum: 'ran', words: 'cached' });
    expect(outcomes(await project.run('--set', 'unused=2'))).toEqual(all('fresh'));
    expect(outcomes(await project.run('--set', 'count=4'))).toEqual({ make: 'ran', sum: 'ran', words: 'cached' });
  });

  test('a result that was changed in place to as many bytes is never used', async () => {
    const project = copyOf(begun);
    const path = join(stageFolder(project, 'make'), 'outs/numbers.txt');
    writeFileSync(path, readFileSync(path, 'utf8').replace('1', '7'));
    const again = await project.run();
    expect(outcomes(again).make).toBe('ran');
    expect(again.stages[0]?.outputs).toEqual(first.stages[0]?.outputs);
  });

  test('a result with a truncated lock, or no lock, is none, and is made again in its place', async () => {
    const project = copyOf(begun);
    writeFileSync(join(stageFolder(project, 'make'), 'lock.json'), '{"format"');
    rmSync(join(stageFolder(project, 'words'), 'lock.json'));
    expect(outcomes(await project.run())).toEqual({ make: 'ran', sum: 'fresh', words: 'ran' });
    expect(outcomes(await project.run())).toEqual(all('fresh'));
  });

  test('a number too large for a double is infinite, fresh or cached, and never 0', async () => {
    const project = rig({
      'pipeline.yaml':
        'version: 1\nstages:\n  a: { cmd: "echo {\\"loss\\": 1e999} > ${outs.m}", metrics: { m: m.json } }\n'
          .replaceAll('{\\"', '\'{\\"')
          .replaceAll('1e999}', "1e999}'"),
    });
    expect((await project.run()).metrics).toEqual({ 'a.loss': 'Infinity' });
    expect((await project.run()).metrics).toEqual({ 'a.loss': 'Infinity' });
  });

  test('a lock that vouches for another result is none', async () => {
    const project = copyOf(begun);
    const lock = (stage: string) => join(stageFolder(project, stage), 'lock.json');
    writeFileSync(lock('make'), readFileSync(lock('sum')));
    writeFileSync(lock('words'), '{}');
    expect(outcomes(await project.run())).toEqual({ make: 'ran', sum: 'fresh', words: 'ran' });
  });

  test('the run points at its results', async () => {
    const { configHash, stages } = first;
    const link = readlinkSync(begun.path(`runs/${configHash}/make`));
    expect(link).toBe(join('..', 'stages', stages[0]?.fingerprint ?? ''));
  });

  test('-f runs again, and says nothing of a stage that comes out the same', async () => {
    const project = copyOf(begun);
    expect(outcomes(await project.run('-f', 'make'))).toEqual({ make: 'ran' });
    expect(ran(project)).toEqual(['make', 'make', 'sum', 'words']);
  });

  test('a target brings what it needs, and nothing else', async () => {
    expect(outcomes(await rig(files).run('sum'))).toEqual({ make: 'ran', sum: 'ran' });
  });
});

describe('status', () => {
  test('--why names the field, its old and its new value, and runs nothing', async () => {
    const [project, { configHash }] = [copyOf(begun), first];
    const { stdout } = await project.retrial('status', '--why', '--set', 'count=6');
    expect(stdout).toContain(`params.count changed since ${configHash.slice(0, 12)}@1: 5 → 6`);
    expect(stdout).toContain('it depends on make, which will or may run');
    expect(ran(project)).toEqual(['make', 'sum', 'words']);
  });

  test('-q answers by its exit code', async () => {
    const project = rig(files);
    expect((await project.retrial('status', '-q')).exitCode).toBe(1);
    await project.run();
    expect(await project.retrial('status', '-q')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });
});

describe('failures', () => {
  const failing = (cmd: string, more = '') =>
    rig({
      'pipeline.yaml': `version: 1\nstages:\n  a:\n    cmd: ${JSON.stringify(cmd)}\n    outs: { out: out.txt }\n${more}`,
    });

  test.each([
    ['exit 3', { kind: 'exit', code: 3 }],
    ['kill -SEGV $$', { kind: 'signal', signal: 'SIGSEGV' }],
    ['true', { kind: 'output-missing', output: 'out', path: 'out.txt' }],
    [
      'ln -s /etc/passwd ${outs.out}',
      { kind: 'output-invalid', output: 'out', message: 'is a link; write the content itself' },
    ],
  ])('%s', async (cmd, reason) => {
    const project = failing(cmd);
    const result = await project.run();
    expect(result.status).toBe('failed');
    expect(result.stages[0]?.reason).toEqual(reason);
    expect(filesBelow(project.path('runs/stages')).filter((name) => !name.startsWith('.tmp'))).toEqual([]);
  });

  test('its log is kept and its end shown', async () => {
    const { exitCode, stderr } = await failing('echo what went wrong >&2; exit 1').retrial('run');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('what went wrong');
  });

  test('a time limit ends a stage that ignores SIGTERM, and what it started', async () => {
    const project = failing("trap '' TERM; sleep 60 & echo $! > child.pid; wait; sleep 60", '    timeout: 300ms\n');
    const result = await project.run();
    expect(result.stages[0]?.reason).toEqual({ kind: 'timeout', limitMs: 300 });
    expect(isRunning(Number(project.read('child.pid')))).toBe(false);
  });

  test('retries', async () => {
    const project = failing(
      'echo x >> tries.txt; [ $(wc -l < tries.txt) -ge 3 ] && echo done > ${outs.out}',
      '    retries: 2\n',
    );
    expect(outcomes(await project.run())).toEqual({ a: 'ran' });
  });

  test('a stage that says its input is at fault is not tried again', async () => {
    const project = failing('echo x >> tries.txt; exit 65', '    retries: 2\n');
    expect((await project.run()).stages[0]?.reason).toEqual({ kind: 'exit', code: 65 });
    expect(project.read('tries.txt')).toBe('x\n');
  });

  const two = {
    'pipeline.yaml': `version: 1
stages:
  bad: { cmd: "false", outs: { out: a.txt } }
  after: { cmd: "cp \${deps.in} \${outs.out}", deps: { in: "\${bad.out}" }, outs: { out: b.txt } }
  good: { cmd: "sleep 0.3; echo 1 > \${outs.out}", outs: { out: c.txt } }
  last: { cmd: "cp \${deps.in} \${outs.out}", deps: { in: "\${good.out}" }, outs: { out: d.txt } }
`,
  };

  test('what runs beside a failure is let finish; -k goes on with the rest', async () => {
    const project = rig(two);
    expect(outcomes(await project.run('-j', '2'))).toEqual({
      bad: 'failed',
      after: 'cancelled',
      good: 'ran',
      last: 'cancelled',
    });
    expect(outcomes(await project.run('-k'))).toEqual({
      bad: 'failed',
      after: 'cancelled',
      good: 'fresh',
      last: 'ran',
    });
  });

  test('code that changes while its stage runs publishes nothing', async () => {
    const project = rig({
      'pipeline.yaml':
        'version: 1\nstages:\n  a: { cmd: "echo \'# changed\' >> code.sh; echo 1 > ${outs.out}", code: [code.sh], outs: { out: out.txt } }\n',
      'code.sh': '# code\n',
    });
    expect((await project.run()).stages[0]?.reason).toEqual({ kind: 'inputs-changed', paths: ['code.sh'] });
  });

  test('a stage that writes into its dependency fails, and the dependency is made anew', async () => {
    const project = rig({
      'pipeline.yaml': `version: 1
stages:
  a: { cmd: "echo 1 > \${outs.out}", outs: { out: out.txt } }
  b: { cmd: "echo 2 >> \${deps.in}; echo 3 > \${outs.out}", deps: { in: "\${a.out}" }, outs: { out: out.txt } }
`,
    });
    const result = await project.run();
    expect(result.stages[1]?.reason).toEqual({ kind: 'dependency-modified', dependency: 'in' });
    expect((await project.retrial('verify')).exitCode).toBe(0); // it knows that and why the result is not there
    expect(outcomes(await project.run('a'))).toEqual({ a: 'ran' });
  });
});

describe('inputs that change while stages before run', () => {
  const project = (change: string) =>
    rig({
      'pipeline.yaml': `version: 1
stages:
  first: { cmd: ${JSON.stringify(`${change}; echo 1 > \${outs.out}`)}, outs: { out: a.txt } }
  reads: { cmd: "cp -r \${deps.data} \${outs.out}", deps: { first: "\${first.out}", data: data }, outs: { out: b.txt } }
  beside: { cmd: "sleep 1; echo 2 > \${outs.out}", outs: { out: c.txt } }
`,
      'data/one.txt': 'one\n',
    });
  const locked = (made: Rig, configHash: string) => JSON.parse(made.read(`runs/${configHash}/attempts/1/lock.json`));

  test('one that is gone fails its stage, and no other', async () => {
    const made = project('rm -r data');
    const result = await made.run('-j', '3');
    expect(outcomes(result)).toEqual({ first: 'ran', reads: 'failed', beside: 'ran' });
    expect(result.stages[1]?.reason).toEqual({ kind: 'inputs-gone', paths: ['data'] });
    expect(locked(made, result.configHash)).toMatchObject({ status: 'failed' });
  });

  test('one that has no hash ends the run, once what runs has come to its end, and that is on record', async () => {
    const made = project('mkfifo data/pipe');
    const { exitCode, stderr } = await made.retrial('run', '-j', '3');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('stage reads depends on data: pipe is neither a file nor a folder');
    const [run] = JSON.parse((await made.retrial('runs', '--json')).stdout);
    expect(run.status).toBe('failed');
    const { stages } = locked(made, run.configHash);
    expect(stages).toMatchObject({ first: { outcome: 'ran' }, beside: { outcome: 'ran' } });
  });
});

describe('crashes and concurrency', () => {
  const slow = (seconds: number) => ({
    'pipeline.yaml': `version: 1
stages:
  first: { cmd: "echo first >> ran.txt; echo 1 > \${outs.out}", outs: { out: a.txt } }
  slow:
    cmd: echo $$ > slow.pid; echo slow >> ran.txt; sleep ${seconds}; cp \${deps.in} \${outs.out}
    deps: { in: "\${first.out}" }
    outs: { out: b.txt }
`,
  });

  test('kill -9: the stages end too, what was finished stays, and the same command goes on', async () => {
    const project = rig(slow(30));
    const command = project.start('run');
    await until('the slow stage runs', () => existsSync(project.path('slow.pid')) && project.read('slow.pid') !== '');
    const pid = Number(project.read('slow.pid'));
    command.kill('SIGKILL');
    await command;
    await until('the stage has ended', () => !isRunning(pid));
    project.write({ 'pipeline.yaml': slow(0)['pipeline.yaml'] });
    expect(outcomes(await project.run())).toEqual({ first: 'cached', slow: 'ran' });
    const runs = JSON.parse((await project.retrial('runs', '--json')).stdout) as { status: string }[];
    expect(runs.map(({ status }) => status).sort()).toEqual(['complete', 'killed']);
  });

  test('Ctrl-C stops the stage and exits with 130', async () => {
    const project = rig(slow(30));
    const command = project.start('run');
    await until('the slow stage runs', () => existsSync(project.path('slow.pid')) && project.read('slow.pid') !== '');
    command.kill('SIGINT');
    expect((await command).exitCode).toBe(130);
    expect(isRunning(Number(project.read('slow.pid')))).toBe(false);
  });

  test('six processes at once run each stage once, and all succeed', async () => {
    const project = rig(slow(0.5));
    const results = await Promise.all(Array.from({ length: 6 }, () => project.run()));
    expect(results.map(({ status }) => status)).toEqual(Array(6).fill('complete'));
    expect(ran(project)).toEqual(['first', 'slow']);
  });

  test('a stage that fails is not run again by those that waited for it', async () => {
    const cmd = 'echo a >> ran.txt; while [ ! -e go ]; do sleep .1; done; exit 4';
    const project = rig({ 'pipeline.yaml': `version: 1\nstages:\n  a: { cmd: "${cmd}", outs: { out: out.txt } }\n` });
    const runs = Array.from({ length: 4 }, () => project.start('run', '--json'));
    const said = runs.map(() => '');
    for (const [at, { stderr }] of runs.entries()) stderr.on('data', (text) => (said[at] += String(text)));
    await until('three wait', () => said.filter((text) => text.includes('wait')).length === 3);
    project.write({ go: '' });
    const results = (await Promise.all(runs)).map(({ stdout }) => JSON.parse(stdout) as RunJson);
    expect(results.map(({ stages }) => stages[0]?.reason)).toEqual(Array(4).fill({ kind: 'exit', code: 4 }));
    expect(ran(project)).toEqual(['a']);
  });
});

describe('hostile values', () => {
  const value = `a b"c'd$(touch pwned)\`touch pwned\`\${HOME};|&<>\\ \n*é</script>`;

  test('a param never becomes shell syntax', async () => {
    const project = rig({
      'pipeline.yaml':
        'version: 1\nparams: params.yaml\nstages:\n  a: { cmd: "printf %s ${params.text} > ${outs.out}", outs: { out: out.txt } }\n',
      'params.yaml': 'text: plain\n',
    });
    const { configHash } = await project.run('--set', `text=${JSON.stringify(value)}`);
    expect(project.read(`runs/${configHash}/a/outs/out.txt`)).toBe(value);
    expect(filesBelow(project.folder)).not.toContain('pwned');
  });

  test('folders with spaces, quotes and line breaks in their names', async () => {
    const project = rig({
      ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`it's a\nplace/${name}`, text])),
    });
    const result = await project.run('-C', "it's a\nplace");
    expect(outcomes(result)).toEqual(all('ran'));
  });
});

function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}
