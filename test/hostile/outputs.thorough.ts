/** What a stage may leave behind, by mistake or on purpose: a clear failure or a right result, never a crash. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { outcomes, rig } from '../helpers/rig.ts';
import { manyStages, reasons, tryAll } from './many-stages.ts';

test('what cannot be published is refused, each for its reason, and nothing of it is left', async () => {
  const tried = await tryAll(
    manyStages({
      elsewhere: 'os.symlink("/etc/hostname", out + "/link")',
      upwards: 'os.symlink("../..", out + "/link")',
      nowhere: 'os.symlink("missing", out + "/link")',
      circle: 'os.symlink("b", out + "/a"); os.symlink("a", out + "/b")',
      itself: 'os.symlink("link", out + "/link")',
      absolute: 'write(out + "/file"); os.symlink(out + "/file", out + "/link")',
      pipe: 'os.mkfifo(out + "/pipe")',
      socket: 'os.chdir(out); socket.socket(socket.AF_UNIX).bind("socket")',
      all_pipe: 'os.rmdir(out); os.mkfifo(out)',
      all_link: 'os.rmdir(out); os.symlink("/etc", out)',
      device: 'os.rmdir(out); os.symlink("/dev/zero", out)',
      gone: 'os.rmdir(out)',
      gone_all: 'shutil.rmtree(os.path.dirname(out))',
      gone_own: 'shutil.rmtree(os.path.dirname(os.path.dirname(out)))',
      bytes: 'write(os.fsencode(out) + b"/caf\\xe9")',
      fine: 'write(out + "/file"); os.symlink("file", out + "/link"); os.link(out + "/file", out + "/hard")',
    }),
  );
  const leadsOut = (name: string) => `output-invalid: ${name} is a link that leads out of it, or nowhere`;
  expect(reasons(tried)).toEqual({
    elsewhere: leadsOut('link'),
    upwards: leadsOut('link'),
    nowhere: leadsOut('link'),
    circle: expect.stringMatching(/^output-invalid: [ab] is a link that leads out of it, or nowhere$/),
    itself: leadsOut('link'),
    absolute: 'output-invalid: link is a link with an absolute target; it would dangle once published',
    pipe: 'output-invalid: pipe is neither a file nor a folder',
    socket: 'output-invalid: socket is neither a file nor a folder',
    all_pipe: 'output-invalid: is neither a file nor a folder',
    all_link: 'output-invalid: is a link; write the content itself',
    device: 'output-invalid: is a link; write the content itself',
    gone: 'output-missing: made',
    gone_all: 'output-missing: made',
    gone_own: 'output-missing: made',
    bytes: 'output-invalid: holds a file whose name is not UTF-8: caf\ufffd',
  });
  expect(tried.exitCode).toBe(1);
  expect(readdirSync(tried.project.path('runs/stages/.tmp'))).toEqual([]);
});

const withoutStore = 'shutil.rmtree("runs")';

test.each([
  ['all results', 'shutil.rmtree("runs/stages")', /did not write its output "made"/],
  ['runs/', withoutStore, /did not write its output "made"/],
  ['runs/, with a file in its place', `${withoutStore}; write("runs")`, /ENOENT|ENOTDIR|EEXIST/],
  ['runs/, with an empty one in its place', `${withoutStore}; os.mkdir("runs")`, /did not write its output "made"/],
])('a stage that removes %s fails in words, and runs once it is mended', async (_what, script, said) => {
  const project = manyStages({ make: script });
  const { exitCode, stderr } = await project.retrial('run');
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(said) });
  project.write({ 'do_make.py': 'import sys\nopen(sys.argv[1] + "/file", "w").write("x")\n' });
  if (script.includes('write(')) rmSync(project.path('runs'));
  expect(outcomes(await project.run())).toEqual({ make: 'ran' });
  expect((await project.retrial('runs')).exitCode).toBe(0);
});

describe('names', () => {
  const scripts = {
    blanks: '["a b", "it\'s", "say \\"x\\"", "two\\nlines", "tab\\t", "back\\\\slash", "\\r", "\\x1b[31m"]',
    alphabets: '["ünïcode", "日本", "😀", "e\\u0301", "\\u00e9", "\\u202eevil", "\\ufffd"]',
    patterns: '["-rf", "--", "*", "$(id)", "`id`", "~", "a;b", "%s", "#", ".hidden", "...", ".. "]',
    language: '["__proto__", "constructor", "toString", "null", "0", "lock.json"]',
    long: '["n" * 255]',
    deep: '["/".join(["d" * 100] * 20) + "/file"]',
  };
  const writing = (names: string) =>
    `for name in ${names}:\n    os.makedirs(os.path.dirname(out + "/" + name), exist_ok=True)\n    write(out + "/" + name, name)`;

  test('of files in outputs are kept and told apart', async () => {
    const project = manyStages(
      Object.fromEntries(Object.entries(scripts).map(([name, list]) => [name, writing(list)])),
    );
    const first = await project.run();
    const all = (outcome: string) => Object.fromEntries(Object.keys(scripts).map((name) => [name, outcome]));
    expect(outcomes(first)).toEqual(all('ran'));
    expect(outcomes(await project.run())).toEqual(all('fresh'));
    const again = await project.run('--force');
    expect(again.stages.map(({ outputs }) => outputs)).toEqual(first.stages.map(({ outputs }) => outputs));
    const kept = (name: string) =>
      readdirSync(
        project.path(`runs/stages/${first.stages.find((stage) => stage.name === name)?.fingerprint}/outs/out`),
      );
    expect(kept('blanks')).toHaveLength(8);
    expect(kept('language').sort()).toEqual(['0', '__proto__', 'constructor', 'lock.json', 'null', 'toString']);
  });

  test('of outputs may hold blanks, quotes, commands and emoji', async () => {
    const paths = [
      "it's here/a b.txt",
      'say "x" $(id) `id`.txt',
      '😀.txt',
      '-rf',
      '__proto__',
      'two\nlines',
      '</script>',
    ];
    const stage = (path: string, at: number) =>
      `  s${at}: { cmd: "echo x > \${outs.o}", outs: { o: ${JSON.stringify(path)} } }\n`;
    const project = rig({ 'pipeline.yaml': `version: 1\nstages:\n${paths.map(stage).join('')}` });
    const { status, stages } = await project.run();
    expect(status).toBe('complete');
    for (const [at, path] of paths.entries())
      expect(project.read(join('runs/stages', stages[at]?.fingerprint ?? '', 'outs', path))).toBe('x\n');
  });

  test('of outputs that lead out, or that no file system takes, are refused before anything runs', async () => {
    const paths = ['../up.txt', '/etc/absolute', 'a/../../b', '.', '', 'a\\0b', 'n'.repeat(256), '日'.repeat(90)];
    const stage = (path: string, at: number) => `  s${at}:\n    cmd: "true"\n    outs: { o: "${path}" }\n`;
    for (const path of paths) {
      const project = rig({ 'pipeline.yaml': `version: 1\nstages:\n${stage(path, 0)}` });
      const { exitCode, stderr } = await project.retrial('run');
      expect({ path, exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/yaml:5:\d+/) });
      expect(existsSync(project.path('runs'))).toBe(false);
    }
  });
});
