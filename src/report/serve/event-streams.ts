/** Tells open pages that there is a newer comparison: server-sent events with its number, which pages then ask for. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Version } from './live-comparison.ts';

/** A share of the time that making it took: a comparison of thousands of runs leaves room for the work itself. */
const restTimes = 4;

export interface EventStreams {
  open(request: IncomingMessage, response: ServerResponse): void;
  close(): void;
}

/** @param everyMs how often it is looked for while a page is open */
export function eventStreams(
  newest: () => Promise<Version>,
  warn: (message: string) => void,
  everyMs: number,
): EventStreams {
  const streams = new Map<ServerResponse, number>();
  let isWatching = false;
  let isClosed = false;
  let told = '';
  const tell = (number: number) => {
    for (const [stream, sent] of streams) {
      if (sent === number) continue;
      // A page that does not read, as one asleep, gets only what is newest when it reads again.
      if (stream.writableNeedDrain) continue;
      stream.write(`id: ${number}\ndata: ${number}\n\n`);
      streams.set(stream, number);
    }
  };
  const watch = async () => {
    while (streams.size > 0 && !isClosed) {
      const began = performance.now();
      await newest().then(
        ({ number }) => tell(number),
        (error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          if (message !== told) warn(message);
          told = message;
        },
      );
      await sleep(Math.max(everyMs, restTimes * (performance.now() - began)), undefined, { ref: false });
    }
    isWatching = false;
  };
  return {
    open: (request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('retry: 2000\n\n');
      streams.set(response, Number(request.headers['last-event-id'] ?? 0));
      response.on('close', () => streams.delete(response));
      if (isWatching) return;
      isWatching = true;
      void watch();
    },
    close: () => {
      isClosed = true;
      for (const stream of streams.keys()) stream.end();
    },
  };
}
