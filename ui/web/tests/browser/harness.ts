// Functions that the browser tests share.

import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { launch } from '../../scripts/browser.mjs';

export const desktop = { width: 1280, height: 860 };
export const phone = { width: 360, height: 740 };

/** A browser for the tests of one file; any error that a page meets fails the test. */
export function browser(context: BrowserContextOptions = {}, flags: string[] = []) {
  let running: Awaited<ReturnType<typeof launch>>;
  let errors: string[] = [];
  const pages: Page[] = [];

  beforeAll(async () => {
    running = await launch(
      { viewport: desktop, reducedMotion: 'reduce', locale: 'en-GB', ...context },
      flags,
    );
  });
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.close()));
    const met = errors;
    errors = [];
    expect(met).toEqual([]);
  });
  afterAll(() => running.close());

  return {
    /** Opens the app with the mock; `query` scripts the mock, `hash` is the route. */
    async open(query = 'hint=0', hash = '', viewport = desktop): Promise<Page> {
      const page = await running.browser.newPage();
      pages.push(page);
      await page.setViewportSize(viewport);
      page.setDefaultTimeout(10_000);
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
      });
      await page.goto(`${inject('url')}?mock&${query}&latency=5${hash}`);
      return page;
    },
  };
}

export const id = (page: Page, name: string) => page.getByTestId(name);

export const ready = async (page: Page): Promise<Page> => {
  await page.waitForSelector('html[data-ready="true"]', { state: 'attached' });
  return page;
};

/**
 * Returns the value of `read` once it stays the same for a tenth of a second. A layout takes several frames:
 * first the style sheet's rules apply, then the changes of a ResizeObserver.
 */
export async function resting<T>(read: () => Promise<T>): Promise<T> {
  let last = await read();
  let since = Date.now();
  while (Date.now() - since < 100) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = await read();
    if (now !== last) since = Date.now();
    last = now;
  }
  return last;
}

/** A small picture of one colour, as bytes of a PNG. */
export async function png(page: Page, color: string): Promise<Buffer> {
  const url = await page.evaluate((fill) => {
    const canvas = document.createElement('canvas');
    canvas.width = 300;
    canvas.height = 400;
    const context = canvas.getContext('2d')!;
    context.fillStyle = fill;
    context.fillRect(0, 0, 300, 400);
    return canvas.toDataURL('image/png');
  }, color);
  return Buffer.from(url.split(',')[1]!, 'base64');
}

/** A DataTransfer, as a drag or the clipboard carries it, as a handle in the page. */
export const transfer = (
  page: Page,
  bytes: Buffer | null,
  name: string,
  texts: Record<string, string> = {},
) =>
  page.evaluateHandle(
    ({ content, fileName, more }) => {
      const data = new DataTransfer();
      if (content) {
        const raw = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
        data.items.add(new File([raw], fileName, { type: 'image/png' }));
      }
      for (const [type, text] of Object.entries(more)) data.setData(type, text);
      return data;
    },
    { content: bytes?.toString('base64') ?? null, fileName: name, more: texts },
  );
