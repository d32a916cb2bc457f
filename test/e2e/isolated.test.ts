/** `run --isolated`: what a stage reads and did not declare is not there. */
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { outcomes, type Rig, rig } from '../helpers/rig.ts';

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
    expect(path.startsWith(join(tmpdir(), 'retrial-isolated-'))).toBe(true);
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

  test('the folder is gone when the stage has ended', async () => {
    const before = isolatedFolders();
    await project('cat secret.txt > ${outs.out}').retrial('run', '--isolated');
    await project('echo > ${outs.out}').retrial('run', '--isolated');
    expect(isolatedFolders()).toEqual(before);
  });
});

const isolatedFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('retrial-isolated-'));

test('a data set that is a link is what it links to', async () => {
  const made = project('cat data/link/inner.txt > ${outs.out}', '    deps: { link: data/link }\n');
  mkdirSync(made.path('elsewhere'));
  writeFileSync(made.path('elsewhere/inner.txt'), 'linked\n');
  symlinkSync('../elsewhere', made.path('data/link'));
  const result = await made.run('--isolated');
  expect(output(made, result.stages[0]?.fingerprint ?? '')).toBe('linked\n');
});
