/** How long the page lets a reader wait: from an event until the frame with its answer is painted, and until it is idle. */
import type { Page } from 'playwright-core';

export interface Wait {
  readonly paintedMs: number;
  readonly quietMs: number;
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
  const waits: Wait[] = [];
  for (let at = 1; at <= count; at++) {
    const step = (0.6 * box.height * at) / count;
    waits.push(await waitAfter(page, 'pointermove', () => page.mouse.move(x, y + step)));
  }
  await page.mouse.up();
  await page.getByRole('button', { name: 'Clear all ranges' }).click();
  return waits;
}

/** Types a word into the filter of the page, a letter at a time, and takes it away. */
export async function typingTimes(page: Page, count: number): Promise<Wait[]> {
  const field = page.locator('.filter');
  await field.focus();
  const waits: Wait[] = [];
  for (const key of [...'vanilla'].slice(0, count))
    waits.push(await waitAfter(page, 'input', () => page.keyboard.press(key)));
  await field.fill('');
  return waits;
}

async function waitAfter(page: Page, event: string, act: () => Promise<void>): Promise<Wait> {
  const waiting = await page.evaluateHandle((name) => {
    const began = new Promise<number>((tell) => {
      addEventListener(name, () => tell(performance.now()), { capture: true, once: true });
    });
    // A message sent within a frame's callbacks arrives when the frame is painted.
    const frame = () =>
      new Promise<number>((tell) => {
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => tell(performance.now());
          channel.port2.postMessage(null);
        });
      });
    const idle = () => new Promise<number>((tell) => requestIdleCallback(() => tell(performance.now())));
    const told = began.then(async (start) => ({ paintedMs: (await frame()) - start, quietMs: (await idle()) - start }));
    return { told };
  }, event);
  await act();
  return waiting.evaluate(({ told }) => told);
}
