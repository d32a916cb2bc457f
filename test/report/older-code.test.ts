import { describe, expect, test } from 'vitest';
import { codeOf, olderStages } from '../../src/report/older-code.ts';

const code = (files: object, packages: object = {}, runtime: object = { node: '20' }) =>
  codeOf({ code: files, packages, runtime } as never);

const run = (day: number, ...stages: (ReturnType<typeof code> | undefined)[]) => ({
  startedAt: `2026-01-0${day}T00:00:00.000Z`,
  stages: stages.map((own, at) => ({ name: ['train', 'evaluate'][at] ?? 'report', code: own })),
});

describe('older code', () => {
  test('is of the stages that a newer run has with another content, and names what is another', () => {
    const old = code({ 'train.js': '1', 'stage.js': '1' }, { 'lib@1.0.0': 'sha512-a' });
    const now = code({ 'train.js': '2', 'stage.js': '1' }, { 'lib@1.1.0': 'sha512-b' });
    const evaluate = code({ 'evaluate.js': '1' });
    expect(olderStages([run(1, old, evaluate), run(3, now, evaluate), run(2, old)])).toEqual([
      [{ stage: 'train', changed: ['train.js', 'package lib'] }],
      [],
      [{ stage: 'train', changed: ['train.js', 'package lib'] }],
    ]);
  });

  test('a part of the runtime counts, and code that went back to what it was is not older', () => {
    const [a, b] = [code({ f: '1' }), code({ f: '1' }, {}, { node: '22' })];
    expect(olderStages([run(1, a), run(2, b), run(3, a)]).map((stages) => stages.length)).toEqual([0, 1, 0]);
    expect(olderStages([run(1, a), run(2, b)])[0]).toEqual([{ stage: 'train', changed: ['runtime node'] }]);
  });

  test('other files are other code, not older code; what is not known is not marked', () => {
    expect(olderStages([run(1, code({ 'a.py': '1' })), run(2, code({ 'b.py': '2' })), run(3, undefined)])).toEqual([
      [],
      [],
      [],
    ]);
  });

  test('two versions of one package are told from one of them; many parts are cut short', () => {
    const two = code({}, { '@s/p@1.0.0': 'x', '@s/p@2.0.0': 'y' });
    expect(olderStages([run(1, two), run(2, code({}, { '@s/p@2.0.0': 'y' }))])[0]).toEqual([
      { stage: 'train', changed: ['package @s/p'] },
    ]);
    const files = (content: string) => Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`${at}.js`, content]));
    const [older] = olderStages([run(1, code(files('1'))), run(2, code(files('2')))]);
    expect(older?.[0]?.changed).toEqual(['0.js', '1.js', '2.js', '3.js', '4.js', '4 more']);
  });

  test('a key that is no map is nothing', () => {
    expect(codeOf({ code: null, packages: ['a'], runtime: 'x' }).size).toBe(0);
  });
});
