/**
 * What stdout shows: as wide as COLUMNS says, else as the terminal, or as wide as it takes where there is none, or one that
 * does not say.
 */
import chalk, { Chalk, type ChalkInstance } from 'chalk';

export interface StdoutStyle {
  readonly width?: number;
  readonly chalk: ChalkInstance;
}

export function stdoutStyle(): StdoutStyle {
  const { isTTY, columns } = process.stdout;
  const width = /^[1-9]\d{0,4}$/.test(process.env.COLUMNS ?? '') ? Number(process.env.COLUMNS) : isTTY ? columns : 0;
  const plain = !isTTY || Boolean(process.env.NO_COLOR);
  return { ...(width > 0 ? { width } : {}), chalk: new Chalk({ level: plain ? 0 : chalk.level }) };
}

export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
