/** One line of a delimited file to its fields: RFC 4180's quotes, but for line breaks inside them. */

export type Separator = '\t' | '::' | ',' | ';' | 'blanks';

/** A quote was opened, and its line ends before it is closed. */
export const unclosedQuote = Symbol('unclosed quote');

/**
 * Fields without the blanks around them. One in double quotes may hold the separator, and a quote written twice; quotes
 * elsewhere in a field (`12" single`) are characters as any.
 */
export function splitFields(line: string, separator: Separator): string[] | typeof unclosedQuote {
  const text = separator === 'blanks' ? line.trim() : line;
  if (!text.includes('"')) return text.split(separator === 'blanks' ? blanks : separator).map((field) => field.trim());
  return quotedFields(text, separator);
}

/** The separator a line holds, outside of quotes: the first of tab, `::`, comma, semicolon; else blanks. */
export function separatorIn(line: string): Separator {
  const outside = line.replaceAll(quoted, '');
  return (['\t', '::', ',', ';'] as const).find((separator) => outside.includes(separator)) ?? 'blanks';
}

const blanks = /[ \t]+/;
const quoted = /"(?:[^"]|"")*"/g;

/** A field at a time: a whole quoted one with nothing but blanks around it, or whatever comes before the next separator. */
function quotedFields(text: string, separator: Separator): string[] | typeof unclosedQuote {
  const fields: string[] = [];
  const { own, plain, next } = patterns[separator];
  for (let at = 0; ; ) {
    own.lastIndex = at;
    plain.lastIndex = at;
    const whole = own.exec(text);
    const found = whole ?? (plain.exec(text) as RegExpExecArray);
    const field = whole === null ? found[0].trim() : (whole[1] as string).replaceAll('""', '"');
    if (whole === null && /^"(?:[^"]|"")*$/.test(field) && field !== '"') return unclosedQuote;
    fields.push(field);
    next.lastIndex = at + found[0].length;
    const gap = next.exec(text);
    if (gap === null) return fields;
    at = next.lastIndex;
  }
}

function patternsOf(separator: string, outside: string) {
  return {
    own: new RegExp(` *"((?:[^"]|"")*)" *(?=${separator}|$)`, 'y'),
    plain: new RegExp(`(?:(?!${outside})[^])*`, 'y'),
    next: new RegExp(separator, 'y'),
  };
}
const patterns: Readonly<Record<Separator, ReturnType<typeof patternsOf>>> = {
  '\t': patternsOf('\\t', '\\t'),
  '::': patternsOf('::', '::'),
  ',': patternsOf(',', ','),
  ';': patternsOf(';', ';'),
  blanks: patternsOf('[ \\t]+', '[ \\t]'),
};
