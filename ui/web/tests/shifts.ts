// What moves on a page by itself, as Chromium measures it. The header does not count: in the desktop app it has a
// button more as soon as it is known that the screen can be captured.

import type { Page } from 'playwright-core';

interface Shift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Node | null }[];
}

/** Records layout shifts, and what the server sent, of all pages that are opened in `page` from now on. */
export async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: string[] = [];
    const name = (node: Node | null) =>
      node instanceof Element
        ? `${node.nodeName}.${node.className}`
        : `${node?.parentElement?.nodeName} text`;
    const note = (entries: PerformanceEntryList) => {
      for (const { value, hadRecentInput, sources } of entries as Shift[]) {
        const moved = sources.flatMap(({ node }) => (inMain(node) ? [name(node)] : []));
        if (!hadRecentInput && moved.length > 0) seen.push(`${value.toFixed(4)}: ${moved.join(', ')}`);
      }
    };
    const inMain = (node: Node | null) => node?.parentElement?.closest('main') != null;
    addEventListener('DOMContentLoaded', () => {
      const first = document.querySelector('.served .cards img');
      Object.assign(window, { servedTop: first ? first.getBoundingClientRect().top : null });
    });
    const observer = new PerformanceObserver((list) => note(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    Object.assign(window, {
      layoutShifts: () => {
        note(observer.takeRecords());
        return seen;
      },
    });
  });
}

/** The size of each shift so far, and what moved in the page's `main`. */
export const shifts = (page: Page): Promise<string[]> =>
  page.evaluate(() => (window as unknown as { layoutShifts: () => string[] }).layoutShifts());

/** Where the server put the first product, from the top of the page, in pixels; null where it put none. */
export const servedTop = (page: Page): Promise<number | null> =>
  page.evaluate(() => (window as unknown as { servedTop: number | null }).servedTop);
