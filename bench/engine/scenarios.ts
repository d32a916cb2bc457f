/** What the tools are timed at. */
import { join } from 'node:path';
import type { Work, WorkStage } from './tools.ts';

export type Phase = 'cold' | 'no-op' | 'back again';

export interface Scenario {
  readonly name: string;
  readonly work: Work;
  /** Those that are timed; all are gone through in this order. */
  readonly phases: readonly Phase[];
  readonly tools: readonly string[];
}

const everyTool = ['DVC', 'Snakemake', 'wireit', 'turbo'];

export const scenarios: readonly Scenario[] = [
  { name: '5 stages', work: chain(5), phases: ['no-op'], tools: everyTool },
  { name: '100 stages in a chain', work: chain(100), phases: ['no-op'], tools: everyTool },
  { name: '100 stages abreast', work: abreast(100), phases: ['cold', 'back again'], tools: everyTool },
  { name: '10,000 files of 10 KB', work: files(), phases: ['cold', 'no-op', 'back again'], tools: ['DVC'] },
  { name: '1 GiB file', work: oneFile(), phases: ['cold', 'no-op', 'back again'], tools: ['DVC'] },
];

function chain(length: number): Work {
  const first: WorkStage = { name: 's1', needs: [], line: 'sh step.sh; echo 1 > $OUT' };
  const rest = Array.from({ length: length - 1 }, (_, at): WorkStage => {
    return { name: `s${at + 2}`, needs: [`s${at + 1}`], line: 'sh step.sh; cat $IN > $OUT' };
  });
  return { stages: [first, ...rest] };
}

function abreast(width: number): Work {
  const stages = Array.from({ length: width }, (_, at) => {
    return { name: `s${at + 1}`, needs: [], line: `sh step.sh; echo ${at} > $OUT` };
  });
  return { stages };
}

function files(): Work {
  const line = `node ${join(import.meta.dirname, 'write-files.js')} $OUT`;
  return { stages: [{ name: 'files', needs: [], line, folder: true }] };
}

function oneFile(): Work {
  const line = 'head -c 1073741824 /dev/zero | openssl enc -aes-128-ctr -nosalt -k retrial 2>/dev/null > $OUT';
  return { stages: [{ name: 'file', needs: [], line }] };
}
