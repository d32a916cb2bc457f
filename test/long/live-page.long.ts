/** A page that lies open while a thousand updates come: what it holds, and what its server holds, stays as it was. */
import { expect, test } from 'vitest';
import { servePage } from '../../src/report/serve/page-server.ts';
import { launchChromium, needsChromium, openUrl } from '../helpers/chromium.ts';
import { comparison, runOf } from '../report/fixture.ts';

const updates = 1000;

test('a thousand updates leave memory flat', needsChromium, async () => {
  let made = 0;
  const compare = async () => {
    made++;
    const runs = Array.from({ length: 20 }, (_, at) =>
      runOf(at, { a: at, b: at % 3 }, Math.sin(at + made), curve(made)),
    );
    return comparison(runs, { title: `update ${made}` });
  };
  const server = await servePage(
    { compare, signature: async () => String(Math.random()) },
    { port: 0, warn: fail, everyMs: 1 },
  );
  const browser = await launchChromium();
  const { page, complaints } = await openUrl(browser, server.url);
  const session = await page.context().newCDPSession(page);
  const measured = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
    return { usedSize, nodes, jsEventListeners };
  };
  let drawn = 0;
  page.on('requestfinished', (request) => {
    if (request.url().endsWith('comparison.json')) drawn++;
  });
  const until = (count: number) => expect.poll(() => drawn, { timeout: 900_000, interval: 200 }).toBeGreaterThan(count);
  await until(100);
  const before = await measured();
  const served = process.memoryUsage().heapUsed;
  await until(updates);
  const after = await measured();
  expect(after.usedSize).toBeLessThan(1.5 * before.usedSize);
  // While it is drawn anew there are two drawings.
  expect(after.nodes).toBeLessThan(2.5 * before.nodes);
  expect(after.jsEventListeners).toBeLessThan(2.5 * before.jsEventListeners);
  expect(process.memoryUsage().heapUsed).toBeLessThan(served + 100e6);
  expect(complaints).toEqual([]);
  await browser.close();
  await server.close();
});

function curve(made: number) {
  const steps = Array.from({ length: 100 }, (_, at) => at + 1);
  return { series: { 'train.g_loss': { steps, values: steps.map((step) => Math.sin(step / 9 + made)), points: 100 } } };
}

function fail(message: string): void {
  throw new Error(message);
}
