/** Prints a user's mistakes: where, what, the line itself, and what to do. */
import { isAbsolute, relative } from 'node:path';
import { Chalk, type ChalkInstance } from 'chalk';
import type { Diagnostic, Place } from '../errors.ts';

export interface DiagnosticStyle {
  readonly color: boolean;
  /** Paths are shown relative to it. */
  readonly cwd?: string;
}

/** `pipeline.yaml:3:10 error: …`, a code frame, and a hint. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], style: DiagnosticStyle): string {
  const chalk = new Chalk({ level: style.color ? 1 : 0 });
  return diagnostics.map((diagnostic) => formatOne(diagnostic, chalk, style.cwd ?? process.cwd())).join('\n');
}

export function printDiagnostics(diagnostics: readonly Diagnostic[]): void {
  const color = process.stderr.isTTY === true && process.env.NO_COLOR === undefined;
  if (diagnostics.length > 0) process.stderr.write(`${formatDiagnostics(diagnostics, { color })}\n`);
}

/** Warnings on stderr; they stop nothing. */
export function printWarnings(warnings: readonly Diagnostic[]): void {
  printDiagnostics(warnings);
}

function formatOne({ severity, message, hint, place }: Diagnostic, chalk: ChalkInstance, cwd: string): string {
  const mark = severity === 'error' ? chalk.red('error') : chalk.yellow('warning');
  const lines = [`${place === undefined ? '' : `${placeText(place, cwd)} `}${mark}: ${message}`];
  if (place?.source !== undefined) lines.push(...codeFrame(place, place.source, chalk));
  if (hint !== undefined) lines.push(`  ${chalk.cyan('→')} ${hint}`);
  return lines.join('\n');
}

function placeText({ file, line, column }: Place, cwd: string): string {
  if (file === '--where') return `${file}, column ${column}`;
  if (file.startsWith('--') || file === 'argument') return file; // of the command line
  const path = isAbsolute(file) ? relative(cwd, file) : file;
  return `${path.startsWith('../../..') || path === '' ? file : path}:${line}:${column}`;
}

const longestLine = 160;

/** The line and the one before it, with the place underlined. */
function codeFrame({ line, column, length = 1 }: Place, source: string, chalk: ChalkInstance): string[] {
  const lines = source.split(/\r\n|\n/);
  const width = String(line).length;
  const show = (number: number) =>
    `  ${chalk.dim(`${String(number).padStart(width)} |`)} ${printable(lines[number - 1] ?? '')}`.trimEnd();
  const carets = '^'.repeat(Math.max(1, Math.min(length, longestLine - column + 1)));
  const underline = `  ${' '.repeat(width)} ${chalk.dim('|')} ${' '.repeat(column - 1)}${chalk.red(carets)}`;
  const frame = [show(line), ...(column <= longestLine ? [underline] : [])];
  return line > 1 ? [show(line - 1), ...frame] : frame;
}

/** One column a character: tabs would move the carets, and what else controls a terminal is not the file's to send. */
function printable(text: string): string {
  return text
    .slice(0, longestLine)
    .replaceAll('\t', ' ')
    .replace(/\p{Cc}/gu, '�');
}
