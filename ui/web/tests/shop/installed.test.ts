// The interface as an app: what a browser needs to install it, what other apps hand to it, and a newer build while it
// is open.

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { browser, desktop, id, photo, settled } from './harness';
import { twoBuilds } from './two-builds';

const { open, context } = browser();

interface Manifest {
  name: string;
  start_url: string;
  display: string;
  icons: { src: string; sizes: string; type: string }[];
  share_target: { action: string };
}

/** The service worker answers for the page. */
async function controlled(page: Page): Promise<void> {
  await settled(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await settled(page);
}

describe('a browser', () => {
  it('finds nothing that keeps it from being installed', async () => {
    const page = await open();
    await controlled(page);
    const devtools = await page.context().newCDPSession(page);
    const { errors, data } = await devtools.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    // A window that keeps nothing installs nothing; that is the only hindrance of the test's own.
    const hindrances = installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito');
    expect(hindrances).toEqual([]);
    const { icons, name, display } = JSON.parse(data!) as Manifest;
    expect([name, display]).toEqual(['Knytt', 'standalone']);
    for (const { src, sizes, type } of icons) {
      const icon = await fetch(`${inject('shop')}${src}`);
      expect(icon.headers.get('content-type')).toBe(type);
      if (type !== 'image/png') continue;
      const bytes = Buffer.from(await icon.arrayBuffer());
      expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
    }
  });
});

describe('another app', () => {
  it('shares a picture with it', async () => {
    const page = await open('/', desktop, true);
    await controlled(page);
    await page.evaluate(() => localStorage.setItem('knytt-pictures-allowed', 'yes'));
    const bytes = [...readFileSync(photo(12))];
    // What Chromium sends for `share_target`.
    await page.evaluate((content) => {
      const form = document.createElement('form');
      Object.assign(form, { method: 'post', action: '/share', enctype: 'multipart/form-data' });
      const input = Object.assign(document.createElement('input'), { type: 'file', name: 'picture' });
      const files = new DataTransfer();
      files.items.add(new File([new Uint8Array(content)], 'photo.jpg', { type: 'image/jpeg' }));
      input.files = files.files;
      form.append(input);
      document.body.append(form);
      form.submit();
    }, bytes);
    await page.waitForSelector('[data-testid="hit"][data-kind="exact"][data-id="kn-00012"]');
    // Opened once: loading the page again begins anew.
    expect(new URL(page.url()).search).toBe('');
  });

  it('shares words with it', async () => {
    const page = await open('/', desktop, true);
    await controlled(page);
    await page.evaluate(() => {
      const form = document.createElement('form');
      Object.assign(form, { method: 'post', action: '/share', enctype: 'multipart/form-data' });
      const field = Object.assign(document.createElement('input'), { name: 'text', value: 'red dress' });
      form.append(field);
      document.body.append(form);
      form.submit();
    });
    await page.waitForSelector('[data-testid="hit"][data-percent]');
    expect(await id(page, 'words').inputValue()).toBe('red dress');
  });

  it('opens a picture file with it', async () => {
    const page = await open('/', desktop, true);
    // Only the system's own file manager makes Chromium fill this queue.
    await page.addInitScript(
      ({ content }) => {
        const file = new File([new Uint8Array(content)], 'photo.jpg', { type: 'image/jpeg' });
        const queue = {
          setConsumer: (consume: (launch: { files: unknown[] }) => void) =>
            consume({ files: [{ getFile: async () => file }] }),
        };
        Object.defineProperty(window, 'launchQueue', { value: queue });
        localStorage.setItem('knytt-pictures-allowed', 'yes');
      },
      { content: [...readFileSync(photo(30))] },
    );
    await page.goto(`${inject('shop')}/`);
    await page.waitForSelector('[data-testid="hit"][data-kind="exact"][data-id="kn-00030"]');
  });
});

describe('a newer build', () => {
  const builds = twoBuilds();

  it('leaves the open page as it is, and is there on the next visit', async () => {
    const page = await open(builds.url(), desktop, true);
    await controlled(page);
    const shells = () =>
      page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('shell-')));
    const [first] = await shells();
    builds.update();
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    await page.getByText('A new version is ready.').waitFor();
    expect((await shells()).toSorted()).toEqual([first, 'shell-second'].toSorted());

    // A view that was not loaded yet, and whose file the server does not have any more.
    await id(page, 'nav-settings').click();
    await id(page, 'language').waitFor();
    await id(page, 'nav-search').click();
    await id(page, 'words').fill('blue jeans');
    await page.waitForSelector('[data-testid="hit"][data-percent]');

    await page.close();
    // A visit that follows within a moment may still be the old version's: its worker ends when no page uses it, and
    // each visit gives it a page again.
    const visit = async () => {
      const next = await open(builds.url(), desktop, true);
      await settled(next);
      const names = await next.evaluate(async () =>
        (await caches.keys()).filter((name) => name.startsWith('shell-')),
      );
      await next.close();
      return names;
    };
    await expect.poll(visit, { timeout: 60_000, interval: 3_000 }).toEqual(['shell-second']);
    const next = await open(builds.url(), desktop, true);
    await settled(next);
    await context().setOffline(true);
    try {
      await next.reload();
      await next.waitForSelector('[data-testid="answered-by"][data-by="kept"]');
    } finally {
      await context().setOffline(false);
    }
  });
});
