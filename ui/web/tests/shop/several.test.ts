// A server that searches two catalogues, whose products have the same ids.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Shop } from '../../scripts/shop.d.mts';
import { freePort, openShop } from '../../scripts/shop.mjs';
import { axeViolations } from './axe';
import { browser, desktop, id, phone, settled } from './harness';
import { otherSite } from './other-site';

let shop: Shop;
const otherPort = await freePort();
beforeAll(async () => {
  const flags = ['--cors-origins', `http://127.0.0.1:${otherPort}`];
  shop = await openShop({ catalogs: ['north', 'south'], products: 24, flags });
});
afterAll(() => shop.close());

const { open, context } = browser();
const site = otherSite(() => shop.url, otherPort);
const at = (path: string) => `${shop.url}${path}`;

interface Card {
  id: string;
  title: string;
}

/** The first products of a catalogue, from the API. */
async function products(catalog: string, text = ''): Promise<Card[]> {
  const body = JSON.stringify({ catalog, text, limit: 12 });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(at('/api/v1/search'), { method: 'POST', headers, body });
  return ((await answer.json()) as { hits: { card: Card }[] }).hits.map(({ card }) => card);
}

const titles = (page: Page): Promise<string[]> =>
  page.$$eval('[data-testid="hit"] .title', (all) => all.slice(0, 4).map((one) => one.textContent ?? ''));
const shown = async (catalog: string) => (await products(catalog)).slice(0, 4).map(({ title }) => title);
const search = (page: Page) => new URL(page.url()).searchParams;

/** Chooses a catalogue as the shopper does. */
async function pick(page: Page, catalog: string, picker = 'shop'): Promise<void> {
  await page.locator(`[data-testid="${picker}"]:visible`).selectOption(catalog);
  await page.waitForFunction((name) => new URLSearchParams(location.search).get('catalog') === name, catalog);
}

/** Waits for the first products of a catalogue. */
async function shows(page: Page, catalog: string): Promise<void> {
  const expected = await shown(catalog);
  await expect.poll(() => titles(page)).toEqual(expected);
}

/** Every test begins as a shopper who chose nothing. */
async function begin(path = '/', viewport = desktop): Promise<Page> {
  const page = await open(at(path), viewport);
  await settled(page);
  return page;
}

describe.each([
  ['a desktop', desktop, 'shop'],
  ['a phone', phone, 'shop-phone'],
])('on %s', (_, viewport, picker) => {
  it('the shopper chooses which shop is searched, and the device remembers it', async () => {
    const page = await begin('/', viewport);
    await page.evaluate(() => localStorage.clear());
    await page.goto(at('/'));
    await shows(page, 'north');
    expect(search(page).get('catalog')).toBe('north');
    await pick(page, 'south', picker);
    await shows(page, 'south');
    // Pictures are those of the same catalogue, too: both have products of the same ids.
    const pictures = await page.$$eval('[data-testid="hit"] img', (all) =>
      all.map((one) => (one as HTMLImageElement).src),
    );
    expect(pictures.every((src) => src.includes('catalog=south'))).toBe(true);
    await page.goto(at('/'));
    await shows(page, 'south');
    await page.goto(at('/?catalog=north'));
    await shows(page, 'north');
    expect(await page.title()).toContain('north');
    expect(await axeViolations(page)).toEqual([]);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(over).toBeLessThanOrEqual(0);
    await page.evaluate(() => localStorage.clear());
  });
});

it('words stay when another shop is chosen, and Back leads to the one before', async () => {
  const page = await begin('/?catalog=north');
  await id(page, 'words').fill('shirt');
  await page.waitForSelector('[data-percent]');
  await pick(page, 'south');
  const [first] = await products('south', 'shirt');
  await expect.poll(async () => (await titles(page))[0]).toBe(first!.title);
  expect(await id(page, 'words').inputValue()).toBe('shirt');
  await page.goBack();
  const [before] = await products('north', 'shirt');
  await expect.poll(async () => (await titles(page))[0]).toBe(before!.title);
  await page.goForward();
  await expect.poll(async () => (await titles(page))[0]).toBe(first!.title);
});

it('a product’s page, its link and its way back are of its catalogue', async () => {
  await context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: shop.url });
  const page = await begin('/?catalog=south');
  const [one] = await products('south');
  await page.locator(`[data-id="${one!.id}"] a`).first().click();
  const headline = page.locator('[data-testid="product-page"] h1');
  await expect.poll(() => headline.textContent()).toBe(one!.title);
  await id(page, 'share-clipboard').click();
  await page.getByText('on the clipboard').waitFor();
  const link = (await page.evaluate(() => navigator.clipboard.readText())).split('\n').at(-1)!;
  expect(link).toBe(at(`/p/${one!.id}?catalog=south`));
  // Who follows the link is in that shop, whatever was chosen before.
  await page.evaluate(() => localStorage.setItem('knytt-catalog', 'north'));
  await page.goto(link);
  await expect.poll(() => headline.textContent()).toBe(one!.title);
  expect(search(page).get('catalog')).toBe('south');
  const [theirs] = await products('north');
  await page.goto(at(`/?catalog=north#/product/${one!.id}`));
  await page.reload();
  await expect.poll(() => headline.textContent()).not.toBe(one!.title);
  expect(theirs!.title).not.toBe(one!.title);
  await page.evaluate(() => localStorage.clear());
});

it('favourites and searches stay with their shop', async () => {
  const page = await begin('/?catalog=north');
  const [one] = await products('north');
  await id(page, 'words').fill('coat');
  await page.waitForSelector('[data-percent]');
  await page.goto(at(`/?catalog=north#/product/${one!.id}`));
  await page.reload();
  await page.locator('[data-testid="product-page"] [data-testid="favourite"]').first().click();
  await id(page, 'nav-favourites').click();
  await page.waitForSelector(`main:not([hidden]) [data-id="${one!.id}"]`);
  await pick(page, 'south');
  await page.getByText('No favourites yet').waitFor();
  await id(page, 'words').fill('belt');
  await page.waitForSelector('main:not([hidden]) [data-percent]');
  await id(page, 'nav-history').click();
  const searches = () => page.locator('[data-testid="history-entry"] strong').allTextContents();
  await expect.poll(searches).toContain('belt');
  expect(await searches()).not.toContain('coat');
  await pick(page, 'north');
  await expect.poll(searches).toContain('coat');
  expect(await searches()).not.toContain('belt');
  // What the other one remembers does not mark this one’s product of the same id.
  await page.goto(at(`/?catalog=south#/product/${one!.id}`));
  await page.reload();
  const heart = page.locator('[data-testid="product-page"] [data-testid="favourite"]').first();
  await heart.waitFor();
  expect(await heart.getAttribute('aria-pressed')).toBe('false');
  await page.evaluate(() => localStorage.clear());
});

it('pages from the server are of the catalogue that their address names', async () => {
  const titleOf = async (catalog: string) => {
    const html = await (await fetch(at(`/p/kn-00005?catalog=${catalog}`))).text();
    return /<title>(.*?)<\/title>/u.exec(html)![1]!;
  };
  const said = [await titleOf('north'), await titleOf('south')];
  expect(said.map((title) => title.split(' · ').at(-1))).toEqual(['north', 'south']);
  expect(said[0]!.split(' · ')[0]).not.toBe(said[1]!.split(' · ')[0]);
  const page = await open(at('/p/kn-00005?catalog=south'));
  await page.waitForSelector('[data-testid="product-page"][data-id="kn-00005"]');
  const answer = await fetch(at('/api/v1/products/kn-00005?catalog=south'));
  const { card } = (await answer.json()) as { card: Card };
  await expect.poll(() => page.title()).toBe(`${card.title} · Knytt`);
  const maps = await Promise.all(
    [0, 1].map(async (number) => (await fetch(at(`/sitemap/${number}.xml`))).text()),
  );
  expect(maps.map((map) => map.match(/catalog=(\w+)/u)?.[1])).toEqual(['north', 'south']);
});

describe('elements on another site', () => {
  it('search in the catalogue that they name, and lead to its pages', async () => {
    const page = await open(`${site}/search?catalog=south`);
    const field = page.getByRole('searchbox');
    await field.fill('shirt');
    const first = page.locator('knytt-search a').first();
    await first.waitFor();
    const [expected] = await products('south', 'shirt');
    expect(await first.getAttribute('href')).toBe(at(`/p/${expected!.id}?catalog=south`));
    expect(await first.locator('.name').textContent()).toBe(expected!.title);
    // The page lets its shopper choose another one.
    await page.evaluate(() => document.querySelector('knytt-search')!.setAttribute('catalog', 'north'));
    const [theirs] = await products('north', 'shirt');
    await expect.poll(() => page.locator('knytt-search a .name').first().textContent()).toBe(theirs!.title);
  });

  it('show what is similar in it', async () => {
    const page = await open(`${site}/similar?catalog=south`);
    const first = page.locator('knytt-similar a').first();
    await first.waitFor();
    expect(await first.getAttribute('href')).toContain('?catalog=south');
    const before = await page.locator('knytt-similar .name').allTextContents();
    await page.evaluate(() => document.querySelector('knytt-similar')!.setAttribute('catalog', 'north'));
    await expect.poll(() => page.locator('knytt-similar .name').allTextContents()).not.toEqual(before);
    expect(await first.getAttribute('href')).toContain('?catalog=north');
  });
});
