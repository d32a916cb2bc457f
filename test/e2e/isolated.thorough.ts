/** `run --isolated`: what a stage reads and did not declare is not there. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow, outcomes, type Rig, rig } from '../helpers/rig.ts';

const project = (cmd: string, rest = '') =>
  rig({
    'pipeline.yaml': `version: 1\nparams: params.yaml\nstages:\n  make:\n    cmd: ${JSON.stringify(cmd)}\n    outs: { out: out.txt }\n${rest}`,
    'params.yaml': '$types: { words: file }\nwords: data/words.txt\n',
    'data/declared.txt': 'declared\n',
    'data/folder/inner.txt': 'inner\n',
    'data/words.txt': 'words\n',
    'secret.txt': 'secret\n',
  });

const output = (made: Rig, fingerprint: string) => made.read(join('runs/stages', fingerprint, 'outs/out.txt'));

describe('an undeclared input fails loudly', () => {
  const undeclared: [string, string, string?][] = [
    ['file beside the pipeline', 'cat secret.txt > ${outs.out}'],
    ['sibling of a declared file', 'cat data/words.txt > ${outs.out}; true && cat data/words.txt >> ${outs.out}'],
    ['module that is imported by a computed name', 'node main.cjs && echo > ${outs.out}', '    code: [main.cjs]\n'],
  ];
  test.each(undeclared)('a %s', async (_what, cmd, more = '') => {
    const made = project(cmd, `    deps: { declared: data/declared.txt }\n${more}`);
    made.write({ 'secret.cjs': '', 'main.cjs': "const name = ['./secret', 'cjs'].join('.');\nrequire(name);\n" });
    const plain = await made.retrial('run', '--isolated');
    expect(plain.exitCode).toBe(1);
    expect(plain.stderr).toContain('--isolated: a stage found only its deps');
    expect(readdirSync(made.path('runs/stages')).filter((name) => name !== '.tmp')).toEqual([]);
    expect((await made.run()).status).toBe('complete'); // nobody noticed so far
  });

  test('an environment variable', async () => {
    const made = project('echo "[$EDITOR_OF_THE_TEST]" > ${outs.out}');
    process.env.EDITOR_OF_THE_TEST = 'ed';
    const result = await made.run('--isolated');
    delete process.env.EDITOR_OF_THE_TEST;
    expect(output(made, result.stages[0]?.fingerprint ?? '')).toBe('[]\n');
  });
});

describe('what is declared is there', () => {
  test('paths, file params, code in its folder, a working folder, and the key is the same', async () => {
    const made = project(
      'cat ../data/declared.txt "$PWD"/../data/folder/inner.txt ../data/words.txt > ${outs.out}; sh ../tools/more.sh >> ${outs.out}',
      `    cwd: work
    deps: { declared: data/declared.txt, folder: data/folder }
    params: [words]
    code: [tools/*.sh]
`,
    );
    made.write({ 'tools/more.sh': 'cat ../tools/lib.sh\n', 'tools/lib.sh': '# lib\n', 'work/undeclared.txt': '' });
    const isolated = await made.run('--isolated');
    expect(output(made, isolated.stages[0]?.fingerprint ?? '')).toBe('declared\ninner\nwords\n# lib\n');
    expect(outcomes(await made.run())).toEqual({ make: 'fresh' });
    expect(outcomes(await made.run('--isolated', '-f'))).toEqual({ make: 'ran' });
  });

  test('deps are told at their places in it, outputs of other stages where they were published', async () => {
    const made = project(
      'cat ${deps.declared} > ${outs.out}; echo ${deps.declared} >> ${outs.out}',
      `    deps: { declared: data/declared.txt }
  next: { cmd: "cat \${deps.made} > \${outs.out}", deps: { made: "\${make.out}" }, outs: { out: out.txt } }
`,
    );
    const result = await made.run('--isolated');
    const [text, path = ''] = output(made, result.stages[0]?.fingerprint ?? '').split('\n');
    expect(text).toBe('declared');
    expect(path).toMatch(/runs\/stages\/\.tmp\/[^/]+\/isolated\/project\/data\/declared\.txt$/);
    expect(result.status).toBe('complete');
  });

  test('traced code, with its packages and its tsconfig, and code that lies beside the project', async () => {
    const made = project('tsx main.ts ${outs.out}');
    made.write({
      'main.ts':
        "import { writeFileSync } from 'node:fs';\nimport { word } from '#word';\nimport { own } from 'own-package';\nwriteFileSync(process.argv[2] ?? '', word + own);\n",
      'lib/word.ts': "export const word = 'traced ';\n",
      'package.json': '{ "type": "module", "imports": { "#word": "./lib/word.ts" } }',
      'tsconfig.json': '{ "compilerOptions": { "strict": true } }',
      'node_modules/own-package/package.json':
        '{ "name": "own-package", "version": "1.0.0", "type": "module", "main": "i.js" }',
      'node_modules/own-package/i.js': "export const own = 'packaged';\n",
    });
    const result = await made.run('--isolated');
    expect(output(made, result.stages[0]?.fingerprint ?? '')).toBe('traced packaged');
  });

  test('a workspace package is its copy, and one that is not imported is refused', async () => {
    const made = rig({
      'app/pipeline.yaml': `version: 1
stages:
  make: { cmd: "node main.mjs \${outs.out}", outs: { out: out.txt }, code: [main.mjs] }
`,
      'app/main.mjs': `import { writeFileSync } from 'node:fs';
import { where } from 'lib';
const other = await import(['other'].join('')).catch((error) => error.code);
writeFileSync(process.argv[2], JSON.stringify([where, other]));
`,
      'lib/package.json': '{ "name": "lib", "type": "module", "exports": "./lib.js" }',
      'lib/lib.js': 'export const where = import.meta.url;\n',
      'other/package.json': '{ "name": "other", "main": "other.js" }',
      'other/other.js': '',
    });
    mkdirSync(made.path('node_modules'));
    for (const name of ['lib', 'other']) symlinkSync(`../${name}`, made.path(`node_modules/${name}`));
    const { stdout } = await made.retrial('-C', 'app', 'run', '--isolated', '--json');
    const { stages } = JSON.parse(stdout) as { stages: { fingerprint: string }[] };
    const [where, other] = JSON.parse(
      made.read(join('app/runs/stages', stages[0]?.fingerprint ?? '', 'outs/out.txt')),
    ) as string[];
    expect(where).toMatch(/\/isolated\/.*lib\/lib\.js$/);
    expect(other).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  test('a file beside the project that a param names, a large file, and links inside of a folder', async () => {
    const made = rig({
      'app/pipeline.yaml': `version: 1
params: params.yaml
stages:
  make:
    cmd: "cat \${params.words} data/link.txt > \${outs.out}; test -L data/large.bin && echo linked >> \${outs.out}"
    params: [words]
    deps: { data: data }
    outs: { out: out.txt }
`,
      'app/params.yaml': '$types: { words: file }\nwords: ../words.txt\n',
      'app/data/inner.txt': 'inner\n',
      'words.txt': 'words\n',
    });
    symlinkSync('inner.txt', made.path('app/data/link.txt'));
    writeFileSync(made.path('app/data/large.bin'), '');
    truncateSync(made.path('app/data/large.bin'), (64 << 20) + 1);
    const { stdout } = await made.retrial('-C', 'app', 'run', '--isolated', '--json');
    const { stages } = JSON.parse(stdout) as { stages: { fingerprint: string }[] };
    expect(made.read(join('app/runs/stages', stages[0]?.fingerprint ?? '', 'outs/out.txt'))).toBe(
      'words\ninner\nlinked\n',
    );
  });

  test('of the environment what is kept: no home of the user, an own folder for temporary files', async () => {
    const made = project('echo "$HOME|$USER|$TMPDIR" > ${outs.out}; touch "$HOME/a" "$TMPDIR/b"', '    env: [USER]\n');
    const result = await made.run('--isolated');
    const [home, user, temporary = ''] = output(made, result.stages[0]?.fingerprint ?? '')
      .trim()
      .split('|');
    expect(home).toMatch(/\/isolated\/home$/);
    expect(user).toBe(process.env.USER ?? '');
    expect(existsSync(temporary)).toBe(false);
  });

  test('the folder is gone when the stage has ended, however', async () => {
    const made = project('echo "$TMPDIR" > ../../../../../left; cat secret.txt > ${outs.out}');
    await made.retrial('run', '--isolated');
    expect(filesBelow(made.path('runs/stages/.tmp'))).toEqual([]);
    expect(existsSync(made.read('runs/left').trim())).toBe(false);
  });
});

test('a data set that is a link is what it links to', async () => {
  const made = project('cat data/link/inner.txt > ${outs.out}', '    deps: { link: data/link }\n');
  mkdirSync(made.path('elsewhere'));
  writeFileSync(made.path('elsewhere/inner.txt'), 'linked\n');
  symlinkSync('../elsewhere', made.path('data/link'));
  const result = await made.run('--isolated');
  expect(output(made, result.stages[0]?.fingerprint ?? '')).toBe('linked\n');
});

test('nothing is left in the folder for temporary files, also where the attempt cannot be written to any more', async () => {
  const made = project(
    'dir=$(dirname "$RETRIAL_METRICS"); mv "$dir" "$dir.away"; ln -s loop "$dir"; ln -s loop "$(dirname "$dir")/loop"; exit 1',
    '    retries: 1\n',
  );
  const temporary = made.path('temporary');
  mkdirSync(temporary);
  process.env.TMPDIR = temporary;
  try {
    expect((await made.retrial('run', '--isolated')).exitCode).toBe(1);
  } finally {
    delete process.env.TMPDIR;
  }
  expect(readdirSync(temporary)).toEqual([]);
});
