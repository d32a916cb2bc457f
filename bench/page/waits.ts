/** How long the page lets a reader wait: from an event until the frame with its answer is painted, and until it is idle. */
import type { CDPSession, Page } from 'playwright-core';

export interface Wait {
  readonly paintedMs: number;
  readonly quietMs: number;
  /** Of the page's own thread, which a busy machine makes no longer. */
  readonly cpuMs: number;
}

/** Pulls a range along an axis of the parallel coordinates, step by step, as a hand does. */
export async function brushTimes(page: Page, count: number): Promise<Wait[]> {
  const axis = page.locator('.parallel .axis-brush').nth(1);
  await axis.scrollIntoViewIfNeeded();
  const box = await axis.boundingBox();
  if (box === null) return [];
  const [x, y] = [box.x + box.width / 2, box.y + box.height * 0.2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  const clock = await threadClock(page);
  const waits: Wait[] = [];
  for (let at = 1; at <= count; at++) {
    const step = (0.6 * box.height * at) / count;
    waits.push(await waitAfter(page, clock, 'pointermove', () => page.mouse.move(x, y + step)));
  }
  await page.mouse.up();
  await page.getByRole('button', { name: 'Clear all ranges' }).click();
  return waits;
}

/** Types a word into the filter of the page, a letter at a time, and takes it away. */
export async function typingTimes(page: Page, count: number): Promise<Wait[]> {
  const field = page.locator('.filter');
  await field.focus();
  const clock = await threadClock(page);
  const waits: Wait[] = [];
  for (const key of [...'vanilla'].slice(0, count))
    waits.push(await waitAfter(page, clock, 'input', () => page.keyboard.press(key)));
  await field.fill('');
  return waits;
}

/** A message sent within a frame's callbacks arrives when the frame is painted. */
const begin = (event: string) => `window.told = new Promise((tell) => {
  const paint = () => new Promise((painted) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => painted(performance.now());
    channel.port2.postMessage(null);
  }));
  const idle = () => new Promise((quiet) => requestIdleCallback(() => quiet(performance.now())));
  addEventListener('${event}', async () => {
    const start = performance.now();
    tell({ paintedMs: (await paint()) - start, quietMs: (await idle()) - start });
  }, { capture: true, once: true });
})`;

async function waitAfter(page: Page, clock: CDPSession, event: string, act: () => Promise<void>): Promise<Wait> {
  await page.evaluate(`${begin(event)}; undefined`);
  const before = await threadMs(clock);
  await act();
  const waits = await page.evaluate<Omit<Wait, 'cpuMs'>>('window.told');
  return { ...waits, cpuMs: (await threadMs(clock)) - before };
}

async function threadClock(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
}

async function threadMs(clock: CDPSession): Promise<number> {
  const { metrics } = await clock.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
}
