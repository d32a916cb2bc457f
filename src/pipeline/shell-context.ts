/**
 * Where in a shell line a quoted word is read as that very word. Elsewhere (inside the user's own quotes, a comment, a
 * here-document) the quotes around a value are text, or end early, and the value would become shell syntax.
 */

export interface ShellObstacle {
  readonly message: string;
  readonly hint: string;
}

type Frame = 'single' | 'double' | 'backtick' | 'arithmetic' | 'brace' | 'comment' | 'here-document' | 'group';

const obstacles: Readonly<Record<Exclude<Frame, 'group'> | 'dollar', ShellObstacle>> = {
  single: { message: 'inside quotes', hint: 'leave the quotes out: each value is quoted for the shell' },
  double: { message: 'inside quotes', hint: 'leave the quotes out: each value is quoted for the shell' },
  backtick: { message: 'inside backticks', hint: 'write $(…) instead of the backticks' },
  arithmetic: { message: 'inside arithmetic', hint: 'give it to a variable first: n=${params.n}; echo $((n + 1))' },
  brace: { message: 'inside an expansion of the shell', hint: 'give it to a variable first' },
  comment: { message: 'in a comment', hint: 'a value may have several lines, and only the first is a comment' },
  'here-document': { message: 'behind <<', hint: 'write the here-document last, without references in it' },
  dollar: { message: 'behind a $', hint: 'the shell reads the two as one; write \\$ for the sign itself' },
};

/** @returns why no value can follow this text of a shell line, as the end of a sentence, or undefined where one can */
export function shellObstacle(before: string): ShellObstacle | undefined {
  const { open, dollar } = scan(before);
  const inside = open.find((frame) => frame !== 'group');
  if (inside !== undefined) return obstacles[inside];
  return dollar ? obstacles.dollar : undefined;
}

/** What is still open at the end of the text, outermost first; whether an unescaped $ is its last character. */
function scan(text: string): { readonly open: readonly Frame[]; readonly dollar: boolean } {
  const open: Frame[] = [];
  let at = 0;
  let dollar = false;
  while (at < text.length) {
    dollar = text[at] === '$';
    at += step(text, at, open);
  }
  return { open, dollar };
}

/** Reads one token, opens or closes what it opens or closes, and returns its length. */
function step(text: string, at: number, open: Frame[]): number {
  const frame = open.at(-1);
  const char = text[at] ?? '';
  if (frame === 'here-document') return 1;
  if (frame === 'single' || frame === 'comment') {
    if (char === (frame === 'single' ? "'" : '\n')) open.pop();
    return 1;
  }
  if (char === '\\') return 2;
  const closing = closingOf(frame);
  if (closing !== undefined && text.startsWith(closing, at)) {
    open.pop();
    return closing.length;
  }
  const [token, opened] = openingAt(text, at, frame) ?? [char];
  if (opened !== undefined) open.push(opened);
  return token.length;
}

function closingOf(frame: Frame | undefined): string | undefined {
  switch (frame) {
    case 'double':
      return '"';
    case 'backtick':
      return '`';
    case 'arithmetic':
      return '))';
    case 'brace':
      return '}';
    case 'group':
      return ')';
    default:
      return undefined;
  }
}

/** Everywhere but inside single quotes and comments. Longest first. */
const expansions: readonly (readonly [string, Frame])[] = [
  ['$((', 'arithmetic'],
  ['$(', 'group'],
  ['${', 'brace'],
  ['$[', 'arithmetic'],
  ['`', 'backtick'],
];
/** Outside of double quotes only. `((` is arithmetic to bash, and `<<<` no here-document. */
const syntax: readonly (readonly [string, Frame?])[] = [
  ['((', 'arithmetic'],
  ['(', 'group'],
  ["'", 'single'],
  ['"', 'double'],
  ['<<<'],
  ['<<', 'here-document'],
];

function openingAt(text: string, at: number, frame: Frame | undefined): readonly [string, Frame?] | undefined {
  const found = expansions.find(([token]) => text.startsWith(token, at));
  if (found !== undefined || frame === 'double') return found;
  if (text[at] === '#' && (at === 0 || /[\s;&|()]/.test(text[at - 1] ?? ''))) return ['#', 'comment'];
  return syntax.find(([token]) => text.startsWith(token, at));
}
