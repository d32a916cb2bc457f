/** A shell command line as the programs it starts, each with its words; what the shell expands is left as it is. */

/**
 * Substitutions begin programs of their own, which stand before the one they are in. A file that is printed into is no
 * word; one that is read from is, as it may be the program of an interpreter.
 */
export function shellPrograms(line: string): string[][] {
  const scan = new ShellScan();
  for (let at = 0; at < line.length; ) at += scan.step(line, at);
  return scan.end();
}

type Frame = 'double' | 'single' | 'group' | 'backtick';

/** What an outer program had so far while a substitution in it is read. */
interface Suspended {
  readonly words: string[];
  readonly word: string | undefined;
  readonly printedInto: boolean;
}

class ShellScan {
  readonly #programs: string[][] = [];
  readonly #frames: Frame[] = [];
  readonly #suspended: Suspended[] = [];
  #words: string[] = [];
  #word: string | undefined;
  /** Whether the word that comes is the target of a redirection. */
  #printedInto = false;

  /** Reads one token and returns its length. */
  step(line: string, at: number): number {
    const char = line[at] ?? '';
    const frame = this.#frames.at(-1);
    if (frame === 'single') return this.#inSingle(char);
    if (char === '\\') return this.#escaped(line[at + 1]);
    if (line.startsWith('$(', at)) return this.#open('group', 2);
    if (char === '`') return frame === 'backtick' ? this.#close() : this.#open('backtick', 1);
    if (char === '"') return this.#quote(frame);
    if (frame === 'double') return this.#take(char);
    if (char === "'") return this.#begin('single');
    if (char === ')' && frame === 'group') return this.#close();
    if (char === '#' && this.#word === undefined) return this.#comment(line, at);
    if (/[;&|()\n]/.test(char)) return this.#endProgram();
    if (char === '>') return this.#redirect(line, at);
    if (/[\s<]/.test(char)) return this.#endWord();
    return this.#take(char);
  }

  end(): string[][] {
    this.#endProgram();
    while (this.#suspended.length > 0) this.#close();
    this.#endProgram();
    return this.#programs;
  }

  #take(text: string): number {
    this.#word = (this.#word ?? '') + text;
    return text.length;
  }

  #escaped(char: string | undefined): number {
    if (char !== '\n') this.#word = (this.#word ?? '') + (char ?? '');
    return 2;
  }

  #inSingle(char: string): number {
    if (char !== "'") return this.#take(char);
    this.#frames.pop();
    return 1;
  }

  #quote(frame: Frame | undefined): number {
    if (frame !== 'double') return this.#begin('double');
    this.#frames.pop();
    return 1;
  }

  /** A quoted word may be empty. */
  #begin(frame: 'single' | 'double'): number {
    this.#word ??= '';
    this.#frames.push(frame);
    return 1;
  }

  #comment(line: string, at: number): number {
    const end = line.indexOf('\n', at);
    return (end === -1 ? line.length : end) - at;
  }

  /** `>`, `2>>`, `>|`, `2>&`; of `&>` the `&` was taken for the end of the program, which its words are not lost by. */
  #redirect(line: string, at: number): number {
    if (/^\d+$/.test(this.#word ?? '')) this.#word = undefined;
    this.#endWord();
    this.#printedInto = true;
    return /[>|&]/.test(line[at + 1] ?? '') ? 2 : 1;
  }

  #open(frame: 'group' | 'backtick', length: number): number {
    this.#suspended.push({ words: this.#words, word: this.#word ?? '', printedInto: this.#printedInto });
    this.#printedInto = false;
    this.#frames.push(frame);
    this.#words = [];
    this.#word = undefined;
    return length;
  }

  /** What the substitution gives is not known: a mark that is no part of a name. */
  #close(): number {
    this.#endProgram();
    this.#frames.pop();
    const outer = this.#suspended.pop();
    this.#words = outer?.words ?? [];
    this.#word = `${outer?.word ?? ''}\0`;
    this.#printedInto = outer?.printedInto ?? false;
    return 1;
  }

  #endWord(): number {
    if (this.#word === undefined) return 1;
    if (!this.#printedInto) this.#words.push(this.#word);
    this.#printedInto = false;
    this.#word = undefined;
    return 1;
  }

  #endProgram(): number {
    this.#endWord();
    if (this.#words.length > 0) this.#programs.push(this.#words);
    this.#words = [];
    this.#printedInto = false;
    return 1;
  }
}
