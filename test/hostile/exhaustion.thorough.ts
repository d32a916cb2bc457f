/** The machine gives out: each time a clear failure, a clean store, and the same command goes on when it is mended. */
import { chmodSync, existsSync, readdirSync, utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { filesBelow, outcomes, type Rig, type RunJson, rig } from '../helpers/rig.ts';
import * as confined from './confined.ts';

const files = {
  'pipeline.yaml': `version: 1
params: params.yaml
stages:
  make:
    cmd: [node, make.mjs, "\${params.n}", "\${outs.made}"]
    deps: [data.txt]
    outs: { made: made/ }
  score:
    cmd: 'head -c 20000 /dev/zero > \${outs.big} && printf "{\\"n\\": %s}" $(cat \${deps.made}/0.txt) > \${outs.scores}'
    deps: { made: "\${make.made}" }
    outs: { big: big.bin }
    metrics: { scores: scores.json }
`,
  'params.yaml': 'n: 1\n',
  'data.txt': 'data\n',
  'make.mjs': `import { writeFileSync } from 'node:fs';
for (let at = 0; at < 20; at++) writeFileSync(\`\${process.argv[3]}/\${at}.txt\`, process.argv[2]);
`,
};

/** What failed says so, and is no bug. */
const clearly = { exitCode: expect.toBeOneOf([1, 2]), stderr: expect.not.stringMatching(/bug in Retrial|\n\s+at /) };

/** Nothing half-written is left. */
function expectClean(project: Rig): void {
  const left = existsSync(project.path('runs')) ? filesBelow(project.path('runs')) : [];
  expect(left.filter((name) => /\.tmp(\/|$)/.test(name) && !/^(stages|objects)\/\.tmp$/.test(name))).toEqual([]);
}

describe(`a disk${confined.mountSkipReason}`, { skip: !confined.canMount }, () => {
  test('that is full at any moment: the run fails in words, and goes on when there is room', async () => {
    const project = rig(files);
    const { stdout } = await confined.withDisk(
      project,
      '2m',
      `retrial run > /dev/null 2>&1 || exit 9
for free in 0 32 80; do
  dd if=/dev/zero of=runs/filler bs=4096 2> /dev/null
  truncate -s $(( $(stat -c %s runs/filler) - free * 1024 )) runs/filler
  retrial run --set n=$free > /dev/null 2> said.$free; echo "full $free $?"
  retrial runs > /dev/null 2>> said.$free; echo "read $free $?"
  find runs -path '*/.tmp/*' -o -name '*.tmp' -type f
  rm runs/filler
  retrial run --set n=$free --json > again.$free 2>> said.$free; echo "again $free $?"
done
retrial runs --json`,
    );
    const lines = stdout.slice(0, stdout.indexOf('[')).trim().split('\n');
    const codes = (what: string) =>
      lines.filter((line) => line.startsWith(what)).map((line) => Number(line.split(' ')[2]));
    expect(codes('full')).toHaveLength(3);
    expect(codes('full')[0]).toBe(1);
    expect([...codes('full'), ...codes('read')].filter((code) => code !== 0 && code !== 1)).toEqual([]);
    expect(codes('again')).toEqual([0, 0, 0]);
    expect(lines.filter((line) => !/^(full|read|again) /.test(line))).toEqual([]); // nothing half-written is left
    for (const name of readdirSync(project.folder).filter((file) => file.startsWith('said.')))
      expect(project.read(name)).not.toMatch(/bug in Retrial/);
    for (const name of readdirSync(project.folder).filter((file) => file.startsWith('again.')))
      expect((JSON.parse(project.read(name)) as RunJson).metrics).toEqual({ 'score.n': Number(name.split('.')[1]) });
    const runs = JSON.parse(stdout.slice(stdout.indexOf('['))) as { status: string }[];
    expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(['complete']));
  });

  test('that is full: runs are removed, and what nobody needs is, though there is room for no claim and no index', async () => {
    const project = rig(files);
    const { exitCode, stdout, stderr } = await confined.withDisk(
      project,
      '2m',
      `for n in 1 2 3 4; do retrial run --set n=$n > /dev/null 2>&1 || exit 9; done
fill() { dd if=/dev/zero of=runs/filler bs=4096 2> /dev/null; cat /dev/zero >> runs/filler 2> /dev/null; }
fill; retrial rm latest 2>&1; echo "rm: $?"
fill; retrial gc --keep-last 1 --now; echo "keep: $?"
fill; retrial gc --now > /dev/null; echo "gc: $?"
rm runs/filler
retrial verify > said || { cat said; exit 8; }
ls runs/stages | wc -l; ls runs/collected | wc -l
retrial run --set n=1 --json 2> /dev/null`,
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const told = stdout.slice(0, stdout.indexOf('{'));
    expect(told.match(/^(rm|keep|gc): \d+$/gm)).toEqual(['rm: 0', 'keep: 0', 'gc: 0']);
    expect(told).toMatch(/^2 × lock$/m); // of the run that was removed
    expect(told.trim().split('\n').slice(-2)).toEqual(['2', '4']); // whole, and of the others the locks: verify misses none
    expect((JSON.parse(stdout.slice(stdout.indexOf('{'))) as RunJson).metrics).toEqual({ 'score.n': 1 });
  });

  test('that may only be read: what is known is told, what would be new is refused, and made when it may be', async () => {
    const project = rig(files);
    const { exitCode, stdout, stderr } = await confined.withDisk(
      project,
      '10m',
      `retrial run > /dev/null 2>&1 && mount -o remount,ro runs || exit 9
for command in run runs status 'show latest' 'compare -o page.html'; do
  retrial $command > /dev/null 2> said; echo "$command: $?"
done
retrial run --set n=2; echo "new: $?"
mount -o remount,rw runs
retrial run --set n=2 2> /dev/null; echo "again: $?"`,
    );
    expect(exitCode).toBe(0);
    const told = ['run', 'runs', 'status', 'show latest', 'compare -o page.html'].map((command) => `${command}: 0`);
    expect(stdout.split('\n')).toEqual([...told, 'new: 1', 'again: 0']);
    expect(stderr).toMatch(/^error: EROFS: .*\n.*run the same command again/m);
  });

  test('of its own for runs/: results are published, damaged ones set aside, as on the project’s', async () => {
    const project = rig(files);
    const { exitCode, stdout } = await confined.withDisk(
      project,
      '10m',
      `retrial run --json 2> /dev/null || exit 9
for made in runs/stages/*/outs/made; do echo x > $made/0.txt; done
retrial run --json 2> /dev/null; ls runs/quarantine | wc -l`,
    );
    expect(exitCode).toBe(0);
    const [first = '', second = ''] = stdout.split(/(?<=^\})\n/m);
    expect(outcomes(JSON.parse(first) as RunJson)).toEqual({ make: 'ran', score: 'ran' });
    expect(outcomes(JSON.parse(second) as RunJson)).toEqual({ make: 'ran', score: 'fresh' });
    expect(stdout.trimEnd().endsWith('\n1')).toBe(true);
  });
});

test('few open files: it works, or fails in words and goes on with more', async () => {
  const project = rig(files);
  const codes: number[] = [];
  for (const most of [20, 32, 40, 64]) {
    const outcome = await confined.shell(project, `ulimit -n ${most}; retrial run --set n=${most}`);
    if (outcome.exitCode !== 0) {
      expect(outcome).toMatchObject(clearly);
      expect(outcome.stderr).toMatch(/EMFILE[\s\S]*raise the limit of open files: ulimit -n/);
    }
    codes.push(outcome.exitCode);
    expectClean(project);
    expect((await project.run('--set', `n=${most}`)).metrics).toEqual({ 'score.n': most });
  }
  expect(codes).toEqual([1, 1, expect.anything(), 0]);
});

describe(`an ordinary user${confined.ordinarySkipReason}`, { skip: !confined.canBeOrdinary }, () => {
  test('may not read a dependency, the params, the pipeline or code: it is named, and the run goes on when they may', async () => {
    const project = rig(files);
    for (const file of ['data.txt', 'params.yaml', 'pipeline.yaml', 'make.mjs']) {
      const refused = await confined.asOrdinaryUser(project, `chmod 000 ${file}; retrial run`);
      expect({ file, ...refused }).toMatchObject({ file, ...clearly, exitCode: 2 });
      expect(refused.stderr).toContain(file);
      expect(existsSync(project.path('runs/stages'))).toBe(false);
      chmodSync(project.path(file), 0o644);
    }
    expect(await confined.asOrdinaryUser(project, 'retrial run')).toMatchObject({ exitCode: 0 });
  });

  test('may not write into runs/, the results or the journals: the run fails in words, and goes on when they may', async () => {
    const project = rig(files);
    expect(await confined.asOrdinaryUser(project, 'retrial run')).toMatchObject({ exitCode: 0 });
    for (const [at, folder] of ['runs', 'runs/stages', 'runs/journal'].entries()) {
      const run = `retrial run --set n=${at + 2}`;
      const refused = await confined.asOrdinaryUser(project, `chmod 555 ${folder}; ${run}`);
      expect({ folder, ...refused }).toMatchObject({ folder, ...clearly, exitCode: 1 });
      expect(refused.stderr).toMatch(/EACCES/);
      const mended = await confined.asOrdinaryUser(project, `chmod 755 ${folder}; ${run} --json`);
      expect((JSON.parse(mended.stdout) as RunJson).metrics).toEqual({ 'score.n': at + 2 });
      expectClean(project);
    }
  });
});

describe(`folders that a stage has made read-only${confined.ordinarySkipReason}`, {
  skip: !confined.canBeOrdinary,
}, () => {
  const readOnly = {
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  make:
    cmd: 'mkdir \${outs.made}/in && echo \${params.n} > \${outs.made}/in/file && chmod 555 \${outs.made}/in \${outs.made}'
    outs: { made: made/ }
  fail:
    cmd: 'mkdir \${outs.in}/in && chmod 555 \${outs.in}/in \${outs.in} && exit 3'
    outs: { in: in/ }
`,
    'params.yaml': 'n: 1\n',
  };

  test('are removed, replaced and exported like any other, with their mode; a failure of the stage is told', async () => {
    const project = rig(readOnly);
    const { stderr } = await confined.asOrdinaryUser(
      project,
      `retrial run fail > failed 2>&1; echo "failed: $?" >&2
for command in 'run make' 'run make --isolated --force' 'reproduce latest' 'export latest make.made .' \
  'export latest make.made . --force' 'archive --all -o all.tgz' 'verify' 'rm latest' 'gc --now' 'restore all.tgz'; do
  retrial $command > /dev/null 2> said || cat said >&2; echo "$command: $?" >&2
done
stat -c %a made made/in >&2
ls runs/stages/.tmp runs/trash >&2`,
    );
    expect(project.read('failed')).toContain('exited with code 3');
    const [failed, ...lines] = stderr.split('\n');
    expect(failed).toBe('failed: 1');
    expect(lines.slice(0, 10).filter((line) => !line.endsWith(': 0'))).toEqual([]);
    expect(lines.slice(10)).toEqual(['555', '555', 'runs/stages/.tmp:', '', 'runs/trash:']);
    for (const path of ['made', 'made/in']) chmodSync(project.path(path), 0o755);
  });
});

test('an output of 1,000 files is published, known again, and made again where one of them changed', async () => {
  const project = rig({
    ...files,
    'make.mjs': `import { mkdirSync, writeFileSync } from 'node:fs';
for (let at = 0; at < 1000; at++) {
  const folder = \`\${process.argv[3]}/\${at % 50}\`;
  if (at < 50) mkdirSync(folder);
  writeFileSync(\`\${folder}/\${at}\`, String(at));
}
writeFileSync(\`\${process.argv[3]}/0.txt\`, '7');
`,
  });
  const first = await project.run();
  expect(outcomes(first)).toEqual({ make: 'ran', score: 'ran' });
  expect(outcomes(await project.run())).toEqual({ make: 'fresh', score: 'fresh' });
  project.write({ [`runs/stages/${first.stages[0]?.fingerprint}/outs/made/49/999`]: '99x' });
  expect(outcomes(await project.run())).toEqual({ make: 'ran', score: 'fresh' });
});

test('a clock set back: files of tomorrow are no reason to run, and their changes are seen', async () => {
  const project = rig(files);
  await project.run();
  const nextYear = Date.now() / 1000 + 365 * 86_400;
  const everything = () => filesBelow(project.folder).map((name) => project.path(name));
  for (const path of everything()) utimesSync(path, nextYear, nextYear);
  expect(outcomes(await project.run())).toEqual({ make: 'fresh', score: 'fresh' });
  project.write({ 'data.txt': 'DATA\n' });
  utimesSync(project.path('data.txt'), nextYear, nextYear);
  expect(outcomes(await project.run())).toEqual({ make: 'ran', score: 'fresh' });
  const { exitCode, stderr } = await project.retrial('runs', '--columns', 'all');
  expect([exitCode, stderr]).toEqual([0, '']);
});
