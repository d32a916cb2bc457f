/** The tokens of a filter, one after the other. */
import { Misread, type Span } from './mistake.ts';
import { type Token, tokensOf } from './tokens.ts';

/** Deeper nesting is nobody's question, and would end in a full stack. */
const deepest = 100;

export class TokenReader {
  readonly text: string;
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  /** Throws {@link Misread}. */
  constructor(text: string) {
    this.text = text;
    this.tokens = tokensOf(text);
  }

  get next(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)] as Token;
  }

  get isAtEnd(): boolean {
    return this.next.kind === 'end';
  }

  get afterNext(): Token {
    return this.tokens[Math.min(this.at + 1, this.tokens.length - 1)] as Token;
  }

  take(): Token {
    const token = this.next;
    this.at++;
    return token;
  }

  /** Takes the next where it is one of these signs or words. */
  takeIf<Value extends string>(...values: readonly Value[]): (Token & { value: Value }) | undefined {
    return this.isNext(...values) ? (this.take() as Token & { value: Value }) : undefined;
  }

  isNext(...values: readonly string[]): boolean {
    const { kind, value } = this.next;
    return (kind === 'sign' || kind === 'word') && values.includes(value);
  }

  /** Throws {@link Misread} where the next is another. */
  expect(value: string, opened: Span): Token {
    const token = this.takeIf(value);
    if (token !== undefined) return token;
    throw new Misread(`${value} is missing, which closes ${this.text.slice(opened.start, opened.end)}`, {
      start: this.next.start,
      end: this.next.end,
    });
  }

  /** Reads what is one level deeper. */
  deeper<T>(read: () => T): T {
    if (++this.depth > deepest) throw new Misread(`more than ${deepest} levels, one in the other`, this.next);
    const found = read();
    this.depth--;
    return found;
  }
}
