/** Prints a user's mistakes: where, what, the line itself, and what to do. */
import { relative } from 'node:path';
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
  if (file.startsWith('--')) return file; // an option of the command line
  const path = relative(cwd, file);
  return `${path.startsWith('../../..') || path === '' ? file : path}:${line}:${column}`;
}

const longestLine = 160;

/** The line and the one before it, with the place underlined. */
function codeFrame({ line, column, length }: Place, source: string, chalk: ChalkInstance): string[] {
  const lines = source.split('\n');
  const width = String(line).length;
  const show = (number: number) => {
    const text = (lines[number - 1] ?? '').replaceAll('\t', ' ').slice(0, longestLine);
    return `  ${chalk.dim(`${String(number).padStart(width)} |`)} ${text}`;
  };
  const underline = `  ${' '.repeat(width)} ${chalk.dim('|')} ${' '.repeat(column - 1)}${chalk.red('^'.repeat(length ?? 1))}`;
  const frame = [show(line), ...(column <= longestLine ? [underline.trimEnd()] : [])];
  return line > 1 ? [show(line - 1), ...frame] : frame;
}
