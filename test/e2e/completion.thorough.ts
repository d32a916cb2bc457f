/** What shells offer for a line: the scripts of `retrial completion`, in the shells that are there. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { short } from '../../src/hash.ts';
import { layoutOf } from '../../src/store/layout.ts';
import { record, recordStudy } from '../helpers/record-fixture.ts';
import { rig } from '../helpers/rig.ts';

const project = rig(
  {
    'pipeline.yaml': `version: 1
params: params.yaml
stages:
  train: { cmd: "true", params: [model], outs: { model: model/, log: log.txt } }
`,
    'params.yaml': 'model: { loss: wgan, latent_dim: 8 }\n',
  },
  afterAll,
);
const command = join(import.meta.dirname, '../../bin/retrial.js');
const define = `retrial() { "${process.execPath}" "${command}" "$@"; }; source <(retrial completion bash)`;
const isThere = (shell: string, ...args: string[]) => spawnSync(shell, args).status === 0;
let hash = '';

beforeAll(() => {
  const layout = layoutOf(project.path('runs'));
  recordStudy(layout);
  hash = record(layout, { tags: ['paper', 'to $(touch pwned) do'], score: 0.9, at: 1_800_000_000_000 })[0] ?? '';
});

/** What Bash, which cuts words at `@`, `=` and `:`, offers in the place of the last piece; an `@` is a part of it. */
async function inBash(...line: string[]): Promise<string[]> {
  const words = line.flatMap((word) => (word === '' ? [''] : word.split(/([@=:]+)/).filter((part) => part !== '')));
  const script = `${define}
    COMP_LINE=$1; COMP_POINT=\${#1}; part=$2; shift 2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _retrial retrial "$part"; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const replaced = line.at(-1)?.match(/@?[^@=:]*$/)?.[0] ?? '';
  const args = ['-c', script, 'bash', line.join(' '), replaced, ...words];
  const { stdout } = await execa('bash', args, { cwd: project.folder });
  return stdout.split('\n').filter((word) => word !== '');
}

describe('bash', () => {
  test('params, metrics and fields where they may stand', async () => {
    expect(await inBash('retrial', 'runs', '--sort', 'evaluate.n')).toEqual(['evaluate.ndcg@10']);
    expect(await inBash('retrial', 'runs', '--sort', 'ndcg@')).toEqual(['@10']);
    expect(await inBash('retrial', 'runs', '--sort', '-lat')).toEqual(['-latent_dim']);
    expect(await inBash('retrial', 'runs', '--sort', 'model.loss,-ndcg@1')).toEqual(['@10']);
    expect(await inBash('retrial', 'runs', '--columns', 'status,sta')).toEqual(['status,status', 'status,started']);
    expect(await inBash('retrial', 'runs', '--columns=model.la')).toEqual(['model.latent_dim']);
    expect(await inBash('retrial', 'compare', '--metric', 'prec')).toEqual(['precision@5']);
    expect(await inBash('retrial', 'run', '--set', 'model.l')).toEqual(['model.loss=', 'model.latent_dim=']);
    expect(await inBash('retrial', 'run', '-s', 'model.loss=')).toEqual([]);
  });

  test('studies, tags, hashes, outputs; no word is run', async () => {
    expect(await inBash('retrial', 'runs', '--study', '')).toEqual(['loss']);
    expect(await inBash('retrial', 'compare', 'lo')).toEqual(['loss']);
    expect(await inBash('retrial', 'runs', '--tag', 't')).toEqual(['to\\ \\$\\(touch\\ pwned\\)\\ do']);
    expect(await inBash('retrial', 'path', 'train.')).toEqual(['train.model', 'train.log']);
    expect(await inBash('retrial', 'export', '--to', 'l')).toEqual(['latex']);
    expect(await inBash('retrial', 'words', '')).toEqual([]);
    expect(await inBash('retrial', 'runs', '--limit', '--s')).toEqual(['--study', '--sort']);
    expect(spawnSync('ls', { cwd: project.folder, encoding: 'utf8' }).stdout).not.toContain('pwned');
  });

  test.skipIf(!isThere('script', '--version'))(
    'at a terminal the answer takes the place of what was typed',
    async () => {
      const typed = `${define}\nretrial runs --columns trial,evaluate.ndcg@\t--csv --limit 1\nexit\n`;
      const args = ['-qec', 'bash --norc --noprofile -i', '/dev/null'];
      const { stdout } = await execa('script', args, { cwd: project.folder, input: typed, env: { TERM: 'dumb' } });
      expect(stdout.replaceAll('\r', '')).toContain('\ntrial,evaluate.ndcg@10\n,0.9\n');
    },
    60_000,
  );
});

test('words are the same for every shell', async () => {
  const words = async (kind: string) => (await project.retrial('words', kind)).stdout.split('\n');
  expect(await words('metrics')).toEqual(expect.arrayContaining(['evaluate.loss', 'evaluate.ndcg@10', 'ndcg@10']));
  expect(await words('columns')).toEqual(expect.arrayContaining(['started', 'model.loss', 'latent_dim']));
  expect(await words('columns')).not.toContain('loss');
  expect(await words('tags')).toEqual(['paper', 'to $(touch pwned) do']);
  expect(await words('runs')).toContain(short(hash));
  expect(await words('settings')).toEqual(['model.loss=', 'model.latent_dim=']);
  project.write({ 'pipeline.yaml': 'nonsense' });
  expect(await words('settings')).toEqual(['']);
});

describe.skipIf(!isThere('fish', '--version'))('fish', () => {
  test('offers the same', async () => {
    const offered = async (line: string) => {
      const script = `function retrial; "${process.execPath}" "${command}" $argv; end
        retrial completion fish | source; complete -C ${JSON.stringify(line)}`;
      const { stdout } = await execa('fish', ['--no-config', '-c', script], { cwd: project.folder });
      return stdout.split('\n').map((word) => word.split('\t')[0]);
    };
    expect(await offered('retrial runs --sort evaluate.n')).toEqual(['evaluate.ndcg@10']);
    expect(await offered('retrial runs --columns status,model.la')).toEqual(['status,model.latent_dim']);
    expect(await offered('retrial runs --tag pa')).toEqual(['paper']);
  });
});

describe.skipIf(!isThere('zsh', '--version'))('zsh', () => {
  test('offers the same', async () => {
    const offered = async (line: string) => {
      const script = `zmodload zsh/zpty; zpty shell zsh -f -i
        zpty -w shell 'PS1=; stty -echo; autoload -Uz compinit; compinit -u -D; setopt noautomenu nolistbeep'
        zpty -w shell 'retrial() { "${process.execPath}" "${command}" "$@" }; source <(retrial completion zsh)'
        zpty -w shell 'answer() { print -r -- "<$BUFFER>"; exit }; zle -N answer; bindkey "^G" answer'
        zpty -w -n shell ${JSON.stringify(line)}$'\\t\\a'
        while zpty -r shell part; do print -rn -- "$part"; done`;
      const { stdout } = await execa('zsh', ['-f', '-c', script], { cwd: project.folder });
      return stdout.match(/<(retrial .*?) ?>/)?.[1];
    };
    expect(await offered('retrial runs --sort evaluate.n')).toBe('retrial runs --sort evaluate.ndcg@10');
    expect(await offered('retrial runs --sort status,-model.la')).toBe('retrial runs --sort status,-model.latent_dim');
    expect(await offered('retrial runs --tag pa')).toBe('retrial runs --tag paper');
  });
});
