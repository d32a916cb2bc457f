/** Follows the file a stage appends its series and progress to, while it runs. */
import { open } from 'node:fs/promises';
import type { AttemptId, Sink } from '../events.ts';
import { isErrno } from '../store/files.ts';
import { parsePoint, parseProgress } from './metrics.ts';

const everyMs = 250;

/** @returns stops following, after what was written last has been emitted */
export function followSeries(path: string, id: AttemptId, stage: string, sink: Sink): () => Promise<void> {
  let offset = 0;
  let partial = '';
  let reading: Promise<void> = Promise.resolve();
  const read = async () => {
    const { text, end } = await readFrom(path, offset);
    offset = end;
    const lines = (partial + text).split('\n');
    partial = lines.pop() ?? '';
    emitNewest(lines, id, stage, sink);
  };
  const timer = setInterval(() => {
    reading = reading.then(read, read);
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await reading.then(read, read);
  };
}

/** Only the newest point and progress of what was read: it is for a person to see, the file keeps all. */
function emitNewest(lines: readonly string[], id: AttemptId, stage: string, sink: Sink): void {
  const point = lines.map(parsePoint).findLast((found) => found !== undefined);
  const progress = lines.map(parseProgress).findLast((found) => found !== undefined);
  if (point !== undefined) {
    const values = Object.fromEntries(Object.entries(point.values).map(([name, value]) => [name, Number(value)]));
    sink({ type: 'stage-point', id, stage, step: point.step, values });
  }
  if (progress !== undefined) sink({ type: 'stage-progress', id, stage, ...progress });
}

async function readFrom(path: string, offset: number): Promise<{ text: string; end: number }> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size <= offset) return { text: '', end: offset };
      const buffer = Buffer.alloc(size - offset);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
      return { text: buffer.toString('utf8', 0, bytesRead), end: offset + bytesRead };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return { text: '', end: offset };
    throw error;
  }
}
