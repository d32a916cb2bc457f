import { existsSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plainNode } from '../../src/plan/runner.ts';
import { traceCode } from '../../src/plan/trace.ts';
import { codeProject, manifest } from '../helpers/code-project.ts';

test('a workspace package is local code, with its own packages and its own package.json', async () => {
  const { trace, link, write } = codeProject(
    {
      'main.ts': "import { lib } from 'lib'; import '@scope/other/part'; console.log(lib);",
      'package.json': '{}',
      '../../package.json': '{ "workspaces": ["packages/*"] }',
      '../lib/package.json': manifest('lib', '1.0.0', { type: 'module', exports: './src/index.ts' }),
      '../lib/src/index.ts': "export { lib } from './deep.ts'; import 'inner';",
      '../lib/src/deep.ts': 'export const lib = 1;',
      '../lib/src/unused.ts': '',
      '../lib/node_modules/inner/package.json': manifest('inner', '3.0.0'),
      '../lib/node_modules/inner/index.js': '',
      '../other/package.json': manifest('@scope/other', '1.0.0'),
      '../other/part.js': '',
      '../../node_modules/.package-lock.json': JSON.stringify({
        packages: { 'node_modules/lib': { resolved: 'packages/lib', link: true } },
      }),
    },
    'packages/app',
  );
  link('../../node_modules/lib', '../packages/lib');
  link('../../node_modules/@scope/other', '../../packages/other');
  const { files, packages, manifests } = await trace();
  expect(files).toEqual(['main.ts', '../lib/src/deep.ts', '../lib/src/index.ts', '../other/part.js']);
  expect(packages).toEqual({ 'inner@3.0.0': '' });
  expect(manifests).toEqual(['../lib/package.json', '../other/package.json']);
  write({ '../lib/package.json': manifest('lib', '1.0.0', { type: 'module', exports: './src/unused.ts' }) });
  expect((await trace()).files).toContain('../lib/src/unused.ts');
});

test('imports of package.json and paths of tsconfig.json lead to files, and to packages', async () => {
  const { trace } = codeProject({
    'main.ts': "import '#own'; import '#theirs'; import '@/lib/a'; import '~one';",
    'package.json': '{ "imports": { "#own": "./own.ts", "#theirs": "two" } }',
    'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"], "~*": ["./node_modules/*/index.js"] } } }',
    'own.ts': '',
    'src/lib/a.ts': '',
    'node_modules/one/package.json': manifest('one', '1.0.0'),
    'node_modules/one/index.js': '',
    'node_modules/two/package.json': manifest('two', '2.0.0'),
    'node_modules/two/index.js': '',
  });
  const { files, packages } = await trace();
  expect(files).toEqual(['main.ts', 'own.ts', 'src/lib/a.ts', 'tsconfig.json']);
  expect(packages).toEqual({ 'one@1.0.0': '', 'two@2.0.0': '' });
});

test('every tsconfig of the chain: extended by path, without its ending, from a package, and several at once', async () => {
  const { trace, write } = codeProject({
    'main.ts': "import 'b';",
    'tsconfig.json': '{\n  // a comment\n  "extends": ["./config/base", "@tsconfig/some/tsconfig.json",],\n}',
    'config/base.json': '{ "extends": "../root.json", "compilerOptions": { "baseUrl": "../src" } }',
    'root.json': '\uFEFF{}',
    'node_modules/@tsconfig/some/package.json': manifest('@tsconfig/some', '1.2.3'),
    'node_modules/@tsconfig/some/tsconfig.json': '{}',
    'src/b.ts': '',
  });
  const chain = ['config/base.json', 'root.json', 'tsconfig.json'];
  expect((await trace()).files.filter((file) => file.endsWith('.json'))).toEqual(chain);
  expect((await trace()).files).toContain('src/b.ts');
  expect((await trace()).packages).toEqual({ '@tsconfig/some@1.2.3': '' });
  write({ 'root.json': '{ "extends": "./more.json" }', 'more.json': '{}' });
  expect((await trace()).files).toContain('more.json');
});

test('of a pipeline below its package, the tsconfig and the package.json above it', async () => {
  const files = { 'main.ts': '', '../tsconfig.json': '{}', '../package.json': '{ "type": "module" }' };
  const { trace } = codeProject(files, 'pipeline');
  expect(await trace()).toMatchObject({ files: ['main.ts', '../tsconfig.json'], manifests: ['../package.json'] });
});

test('dependencies are found where a package really is', async () => {
  const store = '../store/node_modules';
  const { trace, link } = codeProject(
    {
      'main.ts': "import 'one';",
      [`${store}/one/package.json`]: manifest('one', '1.0.0', { dependencies: { two: '*' } }),
      [`${store}/one/index.js`]: '',
      [`${store}/two/package.json`]: manifest('two', '2.0.0'),
    },
    'project',
  );
  link('node_modules/one', '../../store/node_modules/one');
  expect((await trace()).packages).toEqual({ 'one@1.0.0': '', 'two@2.0.0': '' });
});

test('of a package that was copied from a folder, and of one that a package is linked to, the content counts', async () => {
  const { trace, write, link } = codeProject({
    'main.ts': "import 'copied'; import 'outer';",
    'node_modules/copied/package.json': manifest('copied', '1.0.0'),
    'node_modules/copied/index.js': '',
    'node_modules/outer/package.json': manifest('outer', '1.0.0', { dependencies: { linked: '*' } }),
    'node_modules/outer/index.js': '',
    'node_modules/.package-lock.json': JSON.stringify({
      packages: {
        'node_modules/copied': { version: '1.0.0', resolved: 'file:../copied' },
        'node_modules/outer': { version: '1.0.0', integrity: 'sha512-outer', dependencies: { linked: '*' } },
      },
    }),
    'linked/package.json': manifest('linked', '0.1.0'),
    'linked/index.js': '',
  });
  link('node_modules/linked', '../linked');
  const contents = async () => {
    const { packages } = await trace();
    expect(packages).toMatchObject({ 'outer@1.0.0': 'sha512-outer' });
    return [packages['copied@1.0.0'], packages['linked@0.1.0']];
  };
  const before = await contents();
  expect(before).toEqual([expect.stringMatching(/^content-/), expect.stringMatching(/^content-/)]);
  write({ 'node_modules/copied/index.js': '1;', 'linked/index.js': '1;' });
  const after = await contents();
  expect(after[0]).not.toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
});

test('a memo is kept only of what settled before it was read, and stands until a package is linked elsewhere', async () => {
  const { trace, folder, link, root } = codeProject({
    'main.ts': "import 'lib';",
    'one/package.json': manifest('lib', '1.0.0'),
    'one/index.js': '',
    'two/package.json': manifest('lib', '1.0.0'),
    'two/index.js': '',
  });
  link('node_modules/lib', '../one');
  const memos = () => (existsSync(join(folder, 'memo')) ? readdirSync(join(folder, 'memo')) : []);
  expect((await trace()).files).toEqual(['main.ts', 'one/index.js']);
  expect(memos()).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  await trace();
  expect(memos()).toHaveLength(1);
  rmSync(join(root, 'node_modules/lib'));
  symlinkSync('../two', join(root, 'node_modules/lib'));
  expect((await trace()).files).toEqual(['main.ts', 'two/index.js']);
});

test('node_modules may be a link to a folder of another name', async () => {
  const { trace, link } = codeProject(
    {
      'main.ts': "import 'one';",
      '../cache/one/package.json': manifest('one', '1.0.0', { dependencies: { two: '*' } }),
      '../cache/one/index.js': '',
      '../cache/two/package.json': manifest('two', '2.0.0'),
      '../cache/.package-lock.json': JSON.stringify({
        packages: { 'node_modules/two': { version: '2.0.0', integrity: 'sha512-two' } },
      }),
    },
    'project',
  );
  link('node_modules', '../cache');
  expect(await trace()).toMatchObject({ files: ['main.ts'], packages: { 'one@1.0.0': '', 'two@2.0.0': 'sha512-two' } });
});

test('the project may be an installed package itself', async () => {
  const { trace } = codeProject(
    {
      'main.ts': "import './lib/a.ts'; import 'one';",
      'lib/a.ts': 'export const name = process.argv[2];\nawait import(name);',
      '../one/package.json': manifest('one', '1.0.0'),
      '../one/index.js': '',
    },
    'node_modules/project',
  );
  const { files, packages, unfollowed } = await trace();
  expect(files).toEqual(['lib/a.ts', 'main.ts']);
  expect(packages).toEqual({ 'one@1.0.0': '' });
  expect(unfollowed).toHaveLength(1);
});

test('the project may be reached through a link: its files are named from its own folder all the same', async () => {
  const { trace, link, folder } = codeProject({ 'main.ts': "import './a.ts';", 'a.ts': '' }, 'real');
  link('../link', 'real');
  const through = await traceCode(
    { path: join(folder, 'link/main.ts'), runner: plainNode },
    join(folder, 'link'),
    join(folder, 'memo'),
  );
  expect(through.files).toEqual([join(folder, 'link/a.ts'), join(folder, 'link/main.ts')]);
  expect((await trace()).files).toEqual(['a.ts', 'main.ts']);
});

test('a lock that is not of what is installed is not believed', async () => {
  const { trace, write } = codeProject({
    'main.ts': "import 'one';",
    'node_modules/one/package.json': manifest('one', '1.0.0'),
    'node_modules/two/package.json': manifest('two', '2.0.0'),
    'node_modules/.package-lock.json': JSON.stringify({
      packages: { 'node_modules/one': { version: '1.0.0', integrity: 'sha512-one' } },
    }),
  });
  expect((await trace()).packages).toEqual({ 'one@1.0.0': 'sha512-one' });
  write({ 'node_modules/one/package.json': manifest('one', '1.1.0', { dependencies: { two: '*' } }) }); // by yarn, say
  expect((await trace()).packages).toEqual({ 'one@1.1.0': '', 'two@2.0.0': '' });
});
