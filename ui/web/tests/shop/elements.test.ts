// <knytt-search>, <knytt-similar> and the client of InstantSearch, on pages of another site with a strict policy.

import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { axeViolations } from './axe';
import { browser, film, phone, photo } from './harness';
import { otherSite } from './other-site';

const site = otherSite();
const { open } = browser();
const filmed = browser({ permissions: ['camera'] }, () => [
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-video-capture=${film()}`,
]);

interface Told {
  name: string;
  id?: string;
  position?: number;
}

const told = (page: Page) => page.evaluate(() => (window as unknown as { told: Told[] }).told);
const languages = ['en', 'de', 'es', 'fr', 'zh', 'ar'];

describe('<knytt-search>', () => {
  it('finds what is typed, tells the page what is chosen, and leaves the way there to it', async () => {
    const page = await open(`${site}/search`);
    const field = page.getByRole('searchbox');
    await field.fill('red dress');
    const first = page.locator('knytt-search a').first();
    await first.waitFor();
    expect(await first.getAttribute('href')).toMatch(/^https:\/\/shop\.example\/p\/kn-/u);
    await field.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await told(page)).map(({ name }) => name)).toContain('select');
    const chosen = (await told(page)).find(({ name }) => name === 'select')!;
    expect(await first.getAttribute('href')).toBe(`https://shop.example/p/${chosen.id}`);
    expect(chosen.position).toBe(0);
    // The page took care of it: it is still there.
    expect(page.url()).toBe(`${site}/search`);
    await page.locator('knytt-search li button:enabled').first().click();
    expect((await told(page)).at(-1)?.name).toBe('add-to-cart');
    await field.focus();
    await field.press('Escape');
    await first.waitFor({ state: 'detached' });
  });

  it('sends a small copy of a picture, after it asked', async () => {
    const page = await open(`${site}/search`);
    await page.locator('knytt-search').getByRole('button').first().click();
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByText('Choose a file').click(),
    ]);
    await chooser.setFiles(photo(12));
    await page.getByText('A small copy of the picture', { exact: false }).waitFor();
    const [request] = await Promise.all([
      page.waitForRequest((one) => one.url().endsWith('/api/v1/search') && one.method() === 'POST'),
      page.getByRole('button', { name: 'Send it' }).click(),
    ]);
    expect(request.headers()['content-type']).toContain('multipart/form-data');
    await page.locator('knytt-search a[href$="/kn-00012"]').first().waitFor();
  });

  it('loads the camera when it is asked for, and at first no more than 25 kB', async () => {
    const page = await filmed.open(`${site}/search`);
    await page.getByRole('searchbox').waitFor();
    await page.waitForLoadState('networkidle');
    const loaded = () =>
      page.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .map(({ name }) => name)
          .filter((name) => name.endsWith('.js') && !name.startsWith(location.origin)),
      );
    const first = await loaded();
    const sizes = first.map(async (url) => {
      const bytes = await (await fetch(url)).arrayBuffer();
      return gzipSync(bytes, { level: 9 }).length;
    });
    expect(first).toContain(`${inject('shop')}/knytt.js`);
    expect(first).not.toContain(`${inject('shop')}/knytt-camera.js`);
    expect((await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(25_000);

    await page.locator('knytt-search').getByRole('button').first().click();
    await page.getByRole('button', { name: 'Take the picture' }).click();
    expect(await loaded()).toContain(`${inject('shop')}/knytt-camera.js`);
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.locator('knytt-search a').first().waitFor();
  });

  it.each(languages)('speaks %s and is accessible', async (language) => {
    const page = await open(`${site}/search?lang=${language}`, phone);
    await page.getByRole('searchbox').fill('blue');
    await page.locator('knytt-search a').first().waitFor();
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      expect(await axeViolations(page)).toEqual([]);
    }
    const direction = await page
      .locator('knytt-search a')
      .first()
      .evaluate((link) => getComputedStyle(link).direction);
    expect(direction).toBe(language === 'ar' ? 'rtl' : 'ltr');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
  });
});

describe('what the elements tell the shop', () => {
  interface Sent {
    events: { name: string; token?: string; item_id?: string; search_term?: string }[];
  }
  /** Searches, chooses the first product, puts the second into the basket, and leaves; returns what was sent. */
  const visit = async (path: string) => {
    const page = await open(`${site}${path}`);
    const sent: Sent[] = [];
    const answers: number[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/api/v1/feedback')) sent.push(JSON.parse(request.postData()!) as Sent);
    });
    page.on('response', (response) => {
      if (response.url().endsWith('/api/v1/feedback')) answers.push(response.status());
    });
    await page.getByRole('searchbox').fill('red dress');
    const first = page.locator('knytt-search a').first();
    await first.waitFor();
    await first.click();
    await page.locator('knytt-search li button:enabled').first().click();
    const chosen = (await told(page)).find(({ name }) => name === 'select')!;
    // As if the page was hidden: the request can be seen to its end.
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide')));
    return { page, sent, answers, chosen };
  };

  it('is nothing unless the owner of the page turned it on', async () => {
    const { sent } = await visit('/search');
    expect(sent).toEqual([]);
  });

  it('is what was found, chosen and put into the basket, with the token of the search', async () => {
    const { sent, answers, chosen } = await visit('/search?feedback');
    await expect.poll(() => answers).toEqual([200]);
    const events = sent.flatMap((one) => one.events);
    expect(events.map(({ name }) => name)).toEqual([
      'search',
      'view_item_list',
      'select_item',
      'add_to_cart',
    ]);
    expect(events[0]!.search_term).toBe('red dress');
    expect(events[2]!.item_id).toBe(chosen.id);
    expect(new Set(events.map(({ token }) => token)).size).toBe(1);
    expect(events[0]!.token!.length).toBeGreaterThan(80);
  });
});

describe('<knytt-similar>', () => {
  it('shows what looks like a product, and follows the attribute', async () => {
    const page = await open(`${site}/similar`);
    const links = page.locator('knytt-similar a');
    await links.first().waitFor();
    const hrefs = () => links.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    const before = await hrefs();
    expect(before).toHaveLength(8);
    expect(before).not.toContain('https://shop.example/p/kn-00012');
    await page.evaluate(() => document.querySelector('knytt-similar')?.setAttribute('product', 'kn-00030'));
    await expect.poll(hrefs).not.toEqual(before);
    await links.nth(2).click();
    expect((await told(page)).at(-1)).toMatchObject({ name: 'select', position: 2 });
  });

  it.each(languages)('speaks %s and is accessible', async (language) => {
    const page = await open(`${site}/similar?lang=${language}`, phone);
    await page.locator('knytt-similar a').first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });
});

it('InstantSearch finds, narrows and turns pages with this client', async () => {
  const page = await open(`${site}/widgets`);
  const hits = page.locator('.hit');
  await hits.first().waitFor();
  const ids = () => hits.evaluateAll((all) => all.map((hit) => hit.getAttribute('data-id')));
  const start = await ids();
  expect(start).toHaveLength(20);

  await page.locator('#pages a', { hasText: '2' }).first().click();
  await expect.poll(ids).not.toEqual(start);
  expect((await ids()).some((one) => start.includes(one))).toBe(false);

  await page.locator('#box input').fill('dress');
  await expect.poll(ids).not.toEqual(start);
  const brand = page.locator('#brands input').first();
  const name = await brand.getAttribute('value');
  await brand.click();
  await expect
    .poll(
      async () => new Set(await hits.evaluateAll((all) => all.map((hit) => hit.getAttribute('data-brand')))),
    )
    .toEqual(new Set([name]));
});
