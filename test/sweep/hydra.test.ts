/** Parameters in Hydra's override grammar, in the file and on the command line. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hydraParameter } from '../../src/sweep/dialects/hydra-parameter.ts';
import { mistakesIn, reading, spaceText } from './sweep-files.ts';

const file = (parameters: string) =>
  `version: 1\nmetric: { name: validate.ndcg, goal: maximize }\nsampler: { type: random }\nparameters:\n${parameters}`;
const one = (name: string, text: string) => file(`  ${name}: ${JSON.stringify(text)}\n`);

describe('what it says', () => {
  test.each([
    ['model.rate', '0.1,0.01', '[0.1,0.01]'],
    ['model.rate', '1e-3', '[0.001]'],
    ['model.rate', 'choice(1, 2.5 , float(3))', '[1,2.5,3]'],
    ['model.hidden', '1_000,2_000', '[1000,2000]'],
    ['model.hidden', 'range(1,10)', 'int 1…9 step 1'],
    ['model.hidden', 'range(4)', 'int 0…3 step 1'],
    ['model.hidden', 'range(1,10,step=3)', 'int 1…7 step 3'],
    ['model.hidden', 'range(stop=10, start=4, step=4)', 'int 4…8 step 4'],
    ['model.hidden', 'range(9,0,-4)', 'int 1…9 step 4'],
    ['model.hidden', 'range(5,6)', '[5]'],
    ['model.rate', 'range(0,0.3,0.1)', 'float 0…0.2 step 0.1'],
    ['model.rate', 'range(1.0,4)', 'float 1…3 step 1'],
    ['model.rate', 'interval(0,1)', 'float 0…1'],
    ['model.rate', 'interval(start=0, end=1)', 'float 0…1'],
    ['model.rate', 'tag(log, interval(1e-5,1e-2))', 'float 0.00001…0.01 log'],
    ['model.hidden', 'int(interval(1,8))', 'int 1…8 step 1'],
    ['model.hidden', 'int(tag(log, interval(1,512)))', 'int 1…512 step 1 log'],
    ['model.hidden', 'tag(log, range(8,65,8))', 'int 8…64 step 8 log'],
    ['model.hidden', 'int(3.7,4.2)', '[3,4]'],
    ['model.loss', 'vanilla, wgan', '["vanilla","wgan"]'],
    ['model.loss', `'a, b',"it's",'don\\'t'`, '["a, b","it\'s","don\'t"]'],
    ['model.loss', 'a\\,b,two words', '["a,b","two words"]'],
    ['model.loss', "str(1),'2',''", '["1","2",""]'],
    ['model.loss', '', '[""]'],
    ['model.layers', '[64,64],[128]', '[[64,64],[128]]'],
    ['model.sizes', "{a: 1, 'b-c': [x, {y: null}]}, {}", '[{"a":1,"b-c":["x",{"y":null}]},{}]'],
  ])('%s=%s', async (name, text, read) => {
    const expected = [`${name} ${read}`];
    expect(spaceText(await reading(one(name, text)))).toEqual(expected);
    const added = await reading(file('  seed: { values: [1, 2] }\n'), { overrides: [`${name}=${text}`] });
    expect(spaceText(added)).toEqual(['seed [1,2]', ...expected]);
  });

  test('a number in the file is the text it is written as', async () => {
    expect(spaceText(await reading(file('  model.rate: 1.0e-2\n  model.loss: wgan\n  model.hidden: 32\n')))).toEqual([
      'model.rate [0.01]',
      'model.loss ["wgan"]',
      'model.hidden [32]',
    ]);
    expect(await mistakesIn(file('  model.hidden: 32.0\n'))).toBe('no mistake');
  });
});

describe('on the command line', () => {
  const swept = file(
    '  model.loss: { values: [vanilla, wgan] }\n  model.rate: { values: [1.0], when: { model.loss: wgan } }\n',
  );

  test('a parameter is added, or replaced where its condition stays', async () => {
    const spec = await reading(swept, { overrides: ['model.rate=0.1,0.2', 'model.hidden=range(32,129,step=32)'] });
    expect(spaceText(spec)).toEqual([
      'model.loss ["vanilla","wgan"]',
      'model.rate [0.1,0.2] when {"model.loss":["wgan"]}',
      'model.hidden int 32…128 step 32',
    ]);
    expect(spec.text.split('\n').slice(-3)).toEqual([
      '# on the command line: model.rate=0.1,0.2',
      '# on the command line: model.hidden=range(32,129,step=32)',
      '',
    ]);
  });

  test('mistakes are told with the argument', async () => {
    expect(
      await mistakesIn(swept, {
        overrides: [
          'model.hiden=1,2',
          'model.hidden=1,big',
          'model.rate=range(1',
          'seed',
          '+seed=1',
          '~seed',
          'seed=1',
          'seed=2',
        ],
      }),
    ).toMatchInlineSnapshot(`
      "argument error: model.rate: a ")" is missing
        1 | model.rate=range(1
          |            ^^^^^^^
      argument error: there is no "="
        1 | seed
          | ^^^^
        → write a parameter and its values: model.lr=0.1,0.01
      argument error: "+" has no meaning here
        1 | +seed=1
          | ^^^^^
        → every param is declared already: seed=…
      argument error: "~" has no meaning here
        1 | ~seed
          | ^^^^^
        → leave it out of the sweep file
      argument error: this parameter is given twice
        1 | seed=2
          | ^^^^
        → list its values in one argument: a=1,2"
    `);
    expect(await mistakesIn(swept, { overrides: ['model.hiden=1,2', 'model.hidden=1,big'] })).toMatchInlineSnapshot(`
      "argument error: there is no param "model.hiden"
        1 | model.hiden=1,2
          | ^^^^^^^^^^^
        → did you mean model.hidden?"
    `);
    expect(await mistakesIn(swept, { overrides: ['model.hidden=1,big'] })).toMatchInlineSnapshot(`
      "argument error: model.hidden must be an integer, not a string ("big")
        1 | model.hidden=1,big
          |                ^^^"
    `);
  });
});

describe('mistakes', () => {
  const wrong = [
    'range(5,5)',
    'range(1,9,0)',
    'range(1,2,3,4)',
    'range(1,a)',
    'range(1,9,by=2)',
    'interval(0)',
    'choice()',
    'choice(1,range(3))',
    'shuffle(1,2)',
    'glob(*)',
    'sort(3,1)',
    'random(1)',
    'tag(fast, interval(0,1))',
    'tag(log, 1, 2)',
    'str(interval(0,1))',
    'float(abc)',
    '1,,2',
    '1,',
    '(1)',
    '1)',
    '[1,2',
    '{a 1}',
    '[choice(1,2)]',
    "'open",
    '${seed}',
    'a[1]',
  ];

  test('of the grammar', async () => {
    const said: string[] = [];
    for (const text of wrong) said.push(await mistakesIn(file('  seed: 1\n'), { overrides: [`seed=${text}`] }));
    expect(said.join('\n')).toMatchInlineSnapshot(`
      "argument error: seed: this range holds no value
        1 | seed=range(5,5)
          |      ^^^^^^^^^^
        → range(1,10) is 1 to 9, range(9,0,-1) is 9 to 1
      argument error: seed: this range holds no value
        1 | seed=range(1,9,0)
          |      ^^^^^^^^^^^^
        → range(1,10) is 1 to 9, range(9,0,-1) is 9 to 1
      argument error: seed: range takes start, stop, step
        1 | seed=range(1,2,3,4)
          |      ^^^^^^^^^^^^^^
      argument error: seed: range takes numbers
        1 | seed=range(1,a)
          |              ^
      argument error: seed: range has no argument "by"
        1 | seed=range(1,9,by=2)
          |                   ^
        → it takes start, stop, step
      argument error: seed: interval needs two ends
        1 | seed=interval(0)
          |      ^^^^^^^^^^^
        → interval(0,1)
      argument error: seed: choice() holds no value
        1 | seed=choice()
          |      ^^^^^^^^
      argument error: seed: a choice is between values
        1 | seed=choice(1,range(3))
          |               ^^^^^^^^
        → a range of numbers stands alone
      argument error: seed: shuffle(…) has no meaning here
        1 | seed=shuffle(1,2)
          |      ^^^^^^^^^^^^
        → list the values; sampler: { type: random, seed: 1 } takes them in a random order
      argument error: seed: glob(…) has no meaning here
        1 | seed=glob(*)
          |      ^^^^^^^
        → list the names; params files are listed under overlays: […]
      argument error: seed: sort(…) has no meaning here
        1 | seed=sort(3,1)
          |      ^^^^^^^^^
        → list the values in their order
      argument error: seed: random(…) has no meaning here
        1 | seed=random(1)
          |      ^^^^^^^^^
        → there is choice, range, interval, tag, int, float and str
      argument error: seed: of tags only log has a meaning here
        1 | seed=tag(fast, interval(0,1))
          |          ^^^^
        → tag(log, interval(1e-5,1e-2))
      argument error: seed: of tags only log has a meaning here
        1 | seed=tag(log, 1, 2)
          |               ^
        → tag(log, interval(1e-5,1e-2))
      argument error: seed: a range is of numbers
        1 | seed=str(interval(0,1))
          |      ^^^^^^^^^^^^^^^^^^
        → list the texts
      argument error: seed: this is no number
        1 | seed=float(abc)
          |            ^^^
      argument error: seed: a value is missing
        1 | seed=1,,2
          |        ^
        → the empty text is ''
      argument error: seed: a value is missing
        1 | seed=1,
          |        ^
        → the empty text is ''
      argument error: seed: ( cannot stand inside of a text
        1 | seed=(1)
          |      ^
        → put a text with such a character in quotes
      argument error: seed: ")" has no meaning here
        1 | seed=1)
          |       ^
        → put a text with such a character in quotes
      argument error: seed: a "]" is missing
        1 | seed=[1,2
          |      ^^^^
      argument error: seed: a key of a map needs ": value" behind it
        1 | seed={a 1}
          |       ^^^
      argument error: seed: choice(…) cannot stand inside of a list or a map
        1 | seed=[choice(1,2)]
          |       ^^^^^^^^^^^
      argument error: seed: the quote ' is not closed
        1 | seed='open
          |      ^^^^^
      argument error: seed: references (\${…}) have no meaning here
        1 | seed=\${seed}
          |      ^
        → write the value
      argument error: seed: [ cannot stand inside of a text
        1 | seed=a[1]
          |       ^
        → put a text with such a character in quotes"
    `);
  });

  test('whatever is written, it is read or refused in its words', () => {
    const parts = [
      'choice(',
      'range(',
      'interval(',
      'tag(log,',
      'int(',
      'str(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ':',
      ',',
      '=',
      ' ',
    ];
    const word = fc.constantFrom(...parts, "'", '"', '\\\\', '${', '1', '0.5', '-2', '1e400', 'a', 'true', 'null', 'é');
    const refused = new Error('refused');
    const property = fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const text = words.join('');
      try {
        const { parameter, parts: placed } = hydraParameter(text, (_message, { start, end }) => {
          expect([start >= 0, start <= text.length, end >= start]).toEqual([true, true, true]);
          throw refused;
        });
        expect('values' in parameter || 'min' in parameter).toBe(true);
        expect(placed.length).toBeGreaterThan(0);
      } catch (error) {
        if (error !== refused) throw error;
      }
    });
    fc.assert(property, { numRuns: 2000 });
  });

  test('nested too deeply', async () => {
    const deep = '['.repeat(100_000);
    expect(await mistakesIn(file('  seed: 1\n'), { overrides: [`model.layers=${deep}`] })).toContain(
      'this is nested too deeply',
    );
  });

  test('stand where they are in the file', async () => {
    expect(
      await mistakesIn(file(`  model.rate: '0.1, fast'\n  model.hidden: range(1,4), 8\n  model.loss: [a, b]\n`)),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:6:17 error: model.hidden: a choice is between values
        5 |   model.rate: '0.1, fast'
        6 |   model.hidden: range(1,4), 8
          |                 ^^^^^^^^^^
        → a range of numbers stands alone
      sweep.yaml:7:15 error: model.loss must be a map or a text, not a list
        6 |   model.hidden: range(1,4), 8
        7 |   model.loss: [a, b]
          |               ^^^^^^
        → for example model.loss: { values: [a, b] }"
    `);
    expect(
      await mistakesIn(file(`  model.rate: '0.1, fast'\n  model.hidden: choice(1.5, 2)\n`)),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:5:21 error: model.rate must be a number, not a string ("fast")
        4 | parameters:
        5 |   model.rate: '0.1, fast'
          |                     ^^^^
      sweep.yaml:6:24 error: model.hidden must be an integer, not a number (1.5)
        5 |   model.rate: '0.1, fast'
        6 |   model.hidden: choice(1.5, 2)
          |                        ^^^"
    `);
    expect(await mistakesIn(file('  model.rate: >-\n    0.1,\n    shuffle(0.2)\n'))).toMatchInlineSnapshot(`
      "sweep.yaml:5:15 error: model.rate: shuffle(…) has no meaning here
        4 | parameters:
        5 |   model.rate: >-
          |               ^^
        → list the values; sampler: { type: random, seed: 1 } takes them in a random order"
    `);
  });
});
