/** A filter that cannot be understood: what is wrong, where, and what to do. */

/** A part of a filter's text, in characters from 0. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface FilterMistake {
  readonly mistake: string;
  readonly hint?: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in its line. */
  readonly column: number;
  /** Of the wrong part, at least 1 character. */
  readonly length: number;
}

/** Thrown while a filter is read, and caught where reading began: nobody outside sees it. */
export class Misread extends Error {
  readonly span: Span;
  readonly hint: string | undefined;

  constructor(message: string, span: Span, hint?: string) {
    super(message);
    this.span = span;
    this.hint = hint;
  }
}

export function mistakeOf({ message, span, hint }: Misread, text: string): FilterMistake {
  const before = text.slice(0, span.start).split('\n');
  const place = { line: before.length, column: (before.at(-1) ?? '').length + 1 };
  return {
    mistake: message,
    ...(hint === undefined ? {} : { hint }),
    ...{ ...place, length: Math.max(1, span.end - span.start) },
  };
}
