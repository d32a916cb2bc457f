/** Follows the file a stage appends its series and progress to, while it runs. */
import type { AttemptId, Sink } from '../events.ts';
import { pointOf, type StageJudge } from './judged.ts';
import { longestLineBytes, openFile } from './lines.ts';
import { parseProgress } from './metrics.ts';

const everyMs = 250;

/**
 * @param judge reads every line; without one, of much at once only the end is read.
 * @returns stops following, after what was written last has been emitted and judged
 */
export function followSeries(
  path: string,
  id: AttemptId,
  stage: string,
  sink: Sink,
  judge?: StageJudge,
): () => Promise<void> {
  let offset = 0;
  let partial = '';
  let reading: Promise<void> = Promise.resolve();
  const read = async (isLast = false) => {
    const { text, end } = await readFrom(path, offset, judge !== undefined);
    offset = end;
    const lines = (partial + text).split('\n');
    partial = isLast ? '' : (lines.pop() ?? '').slice(-longestLineBytes); // its end may be without a newline
    emitNewest(lines, id, stage, sink);
    await judge?.read(lines);
  };
  const timer = setInterval(() => {
    reading = reading.then(
      () => read(),
      () => read(),
    );
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await reading.then(
      () => read(true),
      () => read(true),
    );
  };
}

/** Only the newest point and progress of what was read: it is for a person to see, the file keeps all. */
function emitNewest(lines: readonly string[], id: AttemptId, stage: string, sink: Sink): void {
  const point = lines.map(pointOf).findLast((found) => found !== undefined);
  const progress = lines.map(parseProgress).findLast((found) => found !== undefined);
  if (point !== undefined) sink({ type: 'stage-point', id, stage, ...point });
  if (progress !== undefined) sink({ type: 'stage-progress', id, stage, ...progress });
}

/** @param whole else of much at once only the end is read: what is shown is the newest. */
async function readFrom(path: string, offset: number, whole: boolean): Promise<{ text: string; end: number }> {
  const file = await openFile(path);
  if (file === undefined) return { text: '', end: offset };
  try {
    const { size } = await file.stat();
    if (size <= offset) return { text: '', end: offset };
    const from = whole ? offset : Math.max(offset, size - longestLineBytes);
    const buffer = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return { text: buffer.toString('utf8', 0, bytesRead), end: from + bytesRead };
  } finally {
    await file.close();
  }
}
