/** A real browser for the tests of pages. Where there is none a test is skipped, and says so; in CI it must be there. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

const isMissing = !existsSync(executablePath);

/** Options for `describe`: skipped where there is no browser, but not in CI, where it must be there. */
export const needsChromium = { skip: isMissing && process.env.CI === undefined };
export const chromiumSkipReason = needsChromium.skip
  ? ` (skipped: ${executablePath} is missing; install chromium, or set CHROMIUM)`
  : '';

/** It talks to nobody but the page. */
export function launchChromium(): Promise<Browser> {
  if (isMissing) throw new Error(`${executablePath} is missing: install chromium, or set CHROMIUM`);
  const quiet = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...quiet] });
}

export interface OpenPage {
  readonly page: Page;
  /** Errors of the console and of scripts, and every request but that of the file itself. */
  readonly complaints: string[];
}

export function openFile(
  browser: Browser,
  file: string,
  options: { width?: number; dark?: boolean } = {},
): Promise<OpenPage> {
  return openUrl(browser, `file://${file}`, options);
}

/** Requests to below the address are its own; of a file there are none. */
export async function openUrl(
  browser: Browser,
  address: string,
  options: { width?: number; dark?: boolean } = {},
): Promise<OpenPage> {
  const page = await browser.newPage({
    viewport: { width: options.width ?? 1280, height: 900 },
    colorScheme: options.dark === true ? 'dark' : 'light',
  });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('request', (request) => {
    const isOwn = address.startsWith('file:') ? request.url() === address : request.url().startsWith(address);
    if (!isOwn && !request.url().startsWith('data:')) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  await page.waitForSelector('header');
  return { page, complaints };
}
