/** No value becomes shell syntax: where it could, the reference is refused before anything runs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseTemplate, renderCommand } from '../../src/pipeline/templates.ts';

const refused = (line: string) => parseTemplate(line, true).mistakes.map(({ message }) => message);

function rendered(line: string, value: string): string {
  const { template } = parseTemplate(line, true);
  const command = renderCommand({ kind: 'shell', line: template }, { params: { v: value }, deps: {}, outs: {} });
  if (command.kind !== 'shell') throw new Error('a shell line was asked for');
  return command.line;
}

describe('a reference is refused', () => {
  test.each([
    ['echo "${params.v}"', 'inside quotes'],
    ["echo '${params.v}'", 'inside quotes'],
    ['echo "$(cat "${params.v}")"', 'inside quotes'],
    ['echo `cat ${params.v}`', 'inside backticks'],
    ['echo $((${params.v} + 1))', 'inside arithmetic'],
    ['((${params.v}))', 'inside arithmetic'],
    ['echo $[${params.v}]', 'inside arithmetic'],
    ['echo \\${HOME:-${params.v}}', 'inside an expansion of the shell'],
    ['true # ${params.v}', 'in a comment'],
    ['cat <<END\n${params.v}\nEND', 'behind <<'],
    ['echo $${params.v}', 'behind a $'],
    ['echo "\\"${params.v}"', 'inside quotes'],
  ])('%s', (line, why) => {
    expect(refused(line)).toEqual([`a reference cannot stand ${why}`]);
  });
});

describe('a reference is fine', () => {
  test.each([
    ['echo "a" ${params.v} \'b\''],
    ['echo lr=${params.v}'],
    ['echo $(cat ${params.v})'],
    ['(cd x && echo ${params.v})'],
    ["# don't\necho ${params.v}"],
    ['echo a#b ${params.v}'],
    ['echo \\" ${params.v}'],
    ['echo \\$${params.v}'],
    ['cat <<< ${params.v}'],
    ['echo $((1 + (2))) ${params.v}'],
    ['echo "it\'s" "$(echo ")")" ${params.v}'],
  ])('%s', (line) => {
    expect(refused(line)).toEqual([]);
  });

  test('between the quotes of an argument list, which no shell reads', () => {
    expect(parseTemplate('"${params.v}"', false).mistakes).toEqual([]);
  });
});

test('a bare value would be a file descriptor, an assignment, or a keyword', () => {
  expect(rendered('echo a ${params.v}>f', '1')).toBe("echo a '1'>f");
  expect(rendered('${params.v} x', 'A=1')).toBe("'A=1' x");
  expect(rendered('echo ${params.v}', "it's")).toBe("echo 'it'\\''s'");
});

test('whatever the line, a hostile value runs nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'retrial-shell-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const syntax = [
    ...["'", '"', '`', '$(', ')', '$((', '))', '((', '(', '#', '\\', '$', '$[', ']', '\\${', '${params.w}', '}'],
    ...['<<E\n', '<<<', ' ', ' ', '\n', ';', ' && ', ' | ', 'echo ', 'echo ', ': ', 'x=', '{ ', '; }'],
  ];
  const hostile = [
    ...['$(:>hit)', '`:>hit`', '; :>hit', '\n:>hit\n', '"; :>hit; "', "'; :>hit; '", "\\'; :>hit; '"],
    ...['a[$(:>hit)]', '}; :>hit; {', ')); :>hit; ((', 'E\n:>hit', '| :>hit', '&:>hit&', '#\n:>hit'],
  ];
  const line = fc.tuple(fc.array(fc.constantFrom(...syntax)), fc.array(fc.constantFrom(...syntax), { maxLength: 4 }));
  let accepted = 0;
  fc.assert(
    fc.property(line, fc.constantFrom(...hostile), fc.constantFrom('sh', 'bash'), ([before, after], value, shell) => {
      const text = [...before, '${params.v}', ...after].join('').replaceAll('${params.w}', '${params.v}');
      fc.pre(refused(text).length === 0);
      accepted += 1;
      rmSync(join(folder, 'hit'), { force: true });
      spawnSync(shell, ['-c', rendered(text, value)], { cwd: folder, input: '', env: {} });
      expect(readdirSync(folder), `${shell}: ${text}`).toEqual([]);
    }),
    { numRuns: 250, maxSkipsPerRun: 1000 },
  );
  expect(accepted).toBeGreaterThan(100);
});
