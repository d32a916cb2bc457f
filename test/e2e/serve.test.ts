/** The page that follows the record: served to this machine alone, and drawn anew as runs come. */
import { once } from 'node:events';
import { request } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumSkipReason, launchChromium, needsChromium, openUrl } from '../helpers/chromium.ts';
import { rig } from '../helpers/rig.ts';
import { oneStage, served } from '../helpers/served.ts';

/** With a Host header that a browser would not let a page choose, and any method. */
async function status(url: URL, path: string, { host = url.host, method = 'GET' } = {}): Promise<number> {
  const asked = request({ host: url.hostname, port: url.port, path, method, headers: { host } });
  asked.end();
  const [answer] = await once(asked, 'response');
  answer.resume();
  return answer.statusCode;
}

test('answers who has the token, under its own name, and takes nothing', async () => {
  const project = rig(oneStage);
  await project.run();
  const { url } = await served(project);
  expect(url.hostname).toBe('127.0.0.1');
  const path = url.pathname;
  expect(await status(url, path)).toBe(200);
  expect(await status(url, path, { method: 'HEAD' })).toBe(200);
  expect(await status(url, `${path}comparison.json`)).toBe(200);
  expect(await status(url, `${path}../pipeline.yaml`)).toBe(404);
  for (const other of ['/', '/comparison.json', '/wrong/', `${path.slice(0, -2)}/`, `${path.slice(0, -1)}`])
    expect(await status(url, other)).toBe(403);
  expect(await status(url, path, { host: `evil.example:${url.port}` })).toBe(403);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect(await status(url, path, { method })).toBe(405);
  const answer = await fetch(url);
  expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(await answer.text()).toContain("connect-src 'self'");
});

test('a study that is not there, and a port that is taken, are told before anything is served', async () => {
  const project = rig(oneStage);
  await project.run();
  const unknown = await project.retrial('serve', 'nothing');
  expect(unknown).toMatchObject({ exitCode: 2, stdout: '' });
  const { url } = await served(project);
  const taken = await project.retrial('serve', '--port', url.port);
  expect(taken).toMatchObject({ exitCode: 2, stdout: '' });
  expect(taken.stderr).toContain(`port ${url.port} cannot be had`);
});

test('ends well by Ctrl-C, also while a page is open', async () => {
  const project = rig(oneStage);
  const { server, url } = await served(project);
  const events = await fetch(new URL('events', url));
  server.kill('SIGINT');
  expect((await server).exitCode).toBe(0);
  await events.text().catch(() => '');
});

describe(`an open page${chromiumSkipReason}`, needsChromium, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  test('shows what is recorded meanwhile, in every tab, and keeps what the reader set', async () => {
    const project = rig(oneStage);
    await project.run();
    const { server, url } = await served(project);
    const [first, second] = [await openUrl(browser, url.href), await openUrl(browser, url.href)];
    expect(await first.page.locator('h1').textContent()).toMatch(/^Run /);
    await project.run('--set', 'x=2');
    await project.run('--set', 'x=3');
    for (const { page } of [first, second]) await expect.poll(() => page.locator('h1').textContent()).toBe('3 runs');
    await first.page.getByLabel('Filter runs by words or by an expression').fill('x > 1');
    await expect.poll(() => first.page.locator('.filter-bar .count').textContent()).toBe('2 of 3 runs');
    await project.run('--set', 'x=4');
    await expect.poll(() => first.page.locator('.filter-bar .count').textContent()).toBe('3 of 4 runs');
    expect(await first.page.evaluate('document.activeElement?.className')).toBe('filter');
    expect(first.complaints).toEqual([]);
    server.kill('SIGINT');
    await server;
    await expect.poll(() => first.page.locator('.live').textContent()).toContain('does not answer');
    expect(await first.page.locator('h1').textContent()).toBe('4 runs');
  });

  test('leaves what is half typed, and the place in it, as it is', async () => {
    const project = rig(oneStage);
    for (const x of ['x=2', 'x=3']) await project.run('--set', x);
    const { page, complaints } = await openUrl(browser, (await served(project)).url.href);
    const field = page.getByLabel('Filter runs by words or by an expression');
    await field.fill('x > 2');
    await field.fill('x > 2 and value >');
    await field.press('ArrowLeft');
    await project.run('--set', 'x=4');
    await expect.poll(() => page.locator('.filter-bar .count').textContent()).toBe('2 of 3 runs');
    expect(await field.inputValue()).toBe('x > 2 and value >');
    expect(await page.locator('.filter-said').textContent()).toContain('something is missing here');
    await page.keyboard.type('<');
    expect(await field.inputValue()).toBe('x > 2 and value <>');
    await field.press('End');
    await page.keyboard.type(' 3');
    await expect.poll(() => page.locator('.filter-bar .count').textContent()).toBe('1 of 3 runs');
    expect(complaints).toEqual([]);
  });
});
