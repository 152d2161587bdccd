// Tests of what follows a search: on a desktop and a phone, with and without a connection.

import { describe, expect, inject, it } from 'vitest';
import { axeViolations } from './axe';
import { browser, choose, desktop, id, ids, painted, phone, photo, settled, standsStill } from './harness';

const { open, context } = browser();

it('opens a product, keeps it, and finds it again after the page is loaded anew', async () => {
  const page = await open();
  await settled(page);
  await id(page, 'words').fill('dress');
  await page.waitForSelector('[data-percent]');
  const [first] = await ids(page);
  await page.locator(`[data-id="${first}"] a`).first().click();
  await id(page, 'product-page').waitFor();
  await page.locator('[data-testid="product-page"] [data-testid="favourite"]').first().click();
  await page.goto(`${inject('shop')}/#/favourites`);
  await page.reload();
  await page.waitForSelector(`main:not([hidden]) [data-id="${first}"]`);
  await id(page, 'nav-history').click();
  await page.locator('main:not([hidden])').getByText('dress').first().waitFor();
});

it('filters, excludes, mixes and asks for more of the same', async () => {
  const page = await open();
  await settled(page);
  await id(page, 'words').fill('shirt under 60');
  await page.waitForSelector('[data-percent]');
  await id(page, 'words').fill('');
  await settled(page);
  const [first] = await ids(page);
  await page.goto(`${inject('shop')}/#/product/${first}`);
  await page.locator('article[data-id] [data-testid="more-like-this"]').first().click();
  await page.waitForSelector('[data-percent]');
  expect((await ids(page)).length).toBeGreaterThan(3);
});

describe('a page from the server', () => {
  it('is whole without scripts', async () => {
    const html = await (await fetch(`${inject('shop')}/p/kn-00012`)).text();
    const structured = JSON.parse(/ld\+json">(.*?)<\/script>/su.exec(html)![1]!) as {
      offers: { price: string; availability: string };
    };
    expect(Number(structured.offers.price)).toBeGreaterThan(0);
    expect(structured.offers.availability).toMatch(/^https:\/\/schema\.org\//u);
    expect(html).toContain('<link rel="canonical"');
  });

  it('is taken over without a second request, and without a jump', async () => {
    const page = await open();
    await settled(page);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${inject('shop')}/p/kn-00012/any-words`);
    await page.waitForSelector('[data-testid="product-page"][data-id="kn-00012"]');
    expect(asked).not.toContain('/api/v1/products/kn-00012');
    expect(await page.locator('.served').count()).toBe(0);
    await id(page, 'back').click();
    await settled(page);
  });

  it.each([desktop, phone])('shows its products where they stay, at $width px', async (viewport) => {
    await standsStill(await open('/', viewport));
  });

  it('of a category begins the search with it', async () => {
    const page = await open('/c/Dresses');
    await settled(page);
    await page.waitForFunction(() => document.querySelector('.served') === null);
    const kinds = await page.$$eval('[data-testid="hit"]', (hits) => hits.length);
    expect(kinds).toBeGreaterThan(0);
    const count = Number(await id(page, 'match-count').getAttribute('data-count'));
    expect(count).toBeLessThan(120);
  });

  it('says that there is none, with a way on', async () => {
    const page = await open('/p/none', desktop, true);
    await page.getByRole('heading').first().waitFor();
    expect((await fetch(`${inject('shop')}/p/none`)).status).toBe(404);
    await page.getByText('Search').first().waitFor();
  });
});

it('shows the last answers and favourites without a connection', async () => {
  const page = await open('/', desktop, true);
  await settled(page);
  const seen = await ids(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await settled(page);
  await page.waitForTimeout(500);
  await context().setOffline(true);
  try {
    await page.reload();
    await page.waitForSelector('[data-testid="answered-by"][data-by="kept"]');
    expect((await ids(page)).slice(0, 6)).toEqual(seen.slice(0, 6));
    await page.waitForFunction(
      () => (document.querySelector<HTMLImageElement>('[data-testid="hit"] img')?.naturalWidth ?? 0) > 0,
    );
    await id(page, 'words').fill('never asked before');
    await id(page, 'problem').first().waitFor();
    // Its script and its texts were not loaded before.
    await id(page, 'nav-settings').click();
    await id(page, 'language').waitFor();
  } finally {
    await context().setOffline(false);
  }
});

describe.each([
  ['a desktop', desktop],
  ['a phone', phone],
])('on %s', (_, viewport) => {
  it.each([
    ['the start', '/'],
    ['a product', '/#/product/kn-00012'],
    ['favourites', '/#/favourites'],
    ['history', '/#/history'],
    ['settings', '/#/settings'],
  ])('%s is accessible and fits, light and dark', async (_name, path) => {
    const page = await open(path, viewport);
    await page.waitForSelector('main:not([hidden]) :is(h1, [data-testid="hit"])');
    await page.waitForLoadState('networkidle');
    for (const scheme of ['light', 'dark'] as const) {
      await painted(page, scheme);
      expect(await axeViolations(page)).toEqual([]);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(over).toBeLessThanOrEqual(0);
    }
  });
});

it('reads from right to left in Arabic', async () => {
  const page = await open('/?lang=ar');
  await settled(page);
  await page.goto(`${inject('shop')}/#/settings`);
  await id(page, 'language').selectOption('ar');
  await page.waitForSelector('html[dir="rtl"][lang="ar"]');
  expect(await axeViolations(page)).toEqual([]);
  await page.reload();
  await page.waitForSelector('html[dir="rtl"][lang="ar"]');
  await page.setViewportSize(phone);
  for (const path of ['#/', '#/product/kn-00012', '#/settings']) {
    await page.goto(`${inject('shop')}/${path}`);
    await page.waitForSelector('main:not([hidden]) :is(h1, [data-testid="hit"])');
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(over, path).toBeLessThanOrEqual(0);
  }
  await id(page, 'language').selectOption('system');
  await page.waitForSelector('html[dir="ltr"][lang="en"]');
});

it('is used by keyboard alone', async () => {
  const page = await open();
  await settled(page);
  await page.keyboard.press('/');
  await page.keyboard.type('blue jeans');
  await page.waitForSelector('[data-percent]');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await id(page, 'product-page').waitFor();
  await page.keyboard.press('Escape');
  await settled(page);
});

it('forgets everything that it kept when it is told to', async () => {
  const page = await open();
  await settled(page);
  const allowed = await page.evaluate(() => localStorage.getItem('knytt-pictures-allowed') === 'yes');
  await choose(page, photo(30), !allowed);
  await page.goto(`${inject('shop')}/#/settings`);
  await page.getByText('Delete my data').click();
  await id(page, 'confirm').click();
  await page.getByText('Your data is deleted.').waitFor();
  await page.goto(`${inject('shop')}/#/history`);
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(await page.evaluate(() => localStorage.getItem('knytt-pictures-allowed'))).toBeNull();
});
