// Tests of whole journeys: by keyboard alone, in Arabic, and with stored data.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { shifts, watchShifts } from '../shifts';
import { browser, id, ready } from './harness';

const { open } = browser();
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    return element.dataset['testid'] ?? element.tagName;
  });

async function tabTo(page: Page, testid: string, most = 60): Promise<void> {
  for (let i = 0; i < most; i++) {
    if ((await focused(page)) === testid) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${testid} cannot be reached by Tab; the focus is on ${await focused(page)}`);
}

it('goes from the words to a kept product and back by keyboard alone', async () => {
  const page = await ready(await open());
  await page.keyboard.press('/');
  expect(await focused(page)).toBe('words');
  await page.keyboard.type('navy jacket');
  await page.locator('[data-index="0"][data-category="Jackets"]').waitFor();
  await page.keyboard.press('ArrowDown');
  expect(await focused(page)).toBe('open-product');
  await page.keyboard.press('ArrowRight');
  const second = await page.locator('[data-index="1"]').getAttribute('data-id');
  expect(await page.evaluate(() => document.activeElement?.closest('li')?.dataset['id'])).toBe(second);
  await page.keyboard.press('Enter');
  await id(page, 'product-page').waitFor();
  expect(page.url()).toContain(`#/product/${second}`);
  await tabTo(page, 'favourite');
  await page.keyboard.press('Space');
  await page.keyboard.press('Escape');
  await id(page, 'product-page').waitFor({ state: 'detached' });
  await page.waitForFunction((id) => document.activeElement?.closest('li')?.dataset['id'] === id, second);
  const heart = page.locator(`[data-id="${second}"] [data-testid="favourite"]`);
  expect(await heart.getAttribute('aria-pressed')).toBe('true');
  await tabTo(page, 'compare-toggle');
  await page.keyboard.press('Space');
  await tabTo(page, 'compare-open', 200);
  await page.keyboard.press('Enter');
  await id(page, 'compare-table').waitFor();
});

it('crops by arrow keys', async () => {
  const page = await ready(await open());
  await page.getByRole('button', { name: 'Part of the screen' }).first().click();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const box = id(page, 'crop-box');
  const before = (await box.boundingBox())!;
  // Each press focuses the box again, because the closed dialog restores the focus at an unknown time. The
  // box moves gradually, so the test polls its place.
  for (let i = 0; i < 6; i++) await box.press('Shift+ArrowUp');
  await expect.poll(async () => (await box.boundingBox())!.height).toBeLessThan(before.height - 20);
  for (let i = 0; i < 3; i++) await box.press('ArrowDown');
  await expect.poll(async () => (await box.boundingBox())!.y).toBeGreaterThan(before.y + 10);
});

it('moves through the grid by arrow keys, beyond what is drawn', async () => {
  const page = await ready(await open());
  await id(page, 'open-product').first().focus();
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press('ArrowDown');
    await page.waitForTimeout(30);
  }
  const index = await page.evaluate(() => Number(document.activeElement?.closest('li')?.dataset['index']));
  expect(index).toBeGreaterThan(16);
  await page.keyboard.press('End');
  await page.waitForFunction(() => Number(document.activeElement?.closest('li')?.dataset['index']) > 50);
});

it('comes back to where the search was left', async () => {
  const page = await ready(await open());
  await page.evaluate(() => window.scrollTo({ top: 1500 }));
  await page.waitForTimeout(100);
  // A script clicks the link: a pointer would first scroll it into view.
  await page
    .locator('[data-testid="open-product"]')
    .nth(5)
    .evaluate((link: HTMLElement) => link.click());
  await id(page, 'product-page').waitFor();
  expect(await page.evaluate(() => window.scrollY)).toBe(0);
  await page.goBack();
  await page.waitForFunction(() => Math.abs(window.scrollY - 1500) < 5);
});

it('opens a product by its address, what is like it, and the shop', async () => {
  const page = await open('hint=0', '#/product/p017');
  await id(page, 'product-page').waitFor();
  expect(await id(page, 'product-page').getAttribute('data-id')).toBe('p017');
  await id(page, 'share-clipboard').click();
  await page.getByText('on the clipboard').waitFor();
  await id(page, 'share-file').click();
  await page.getByText('Saved.').waitFor();
  await page.locator('main:not([hidden]) section [data-testid="open-product"]').first().click();
  await page.waitForURL((url) => !url.href.endsWith('p017'));
  await page.locator('[data-testid="product-page"]').waitFor();
  await page.locator('[data-testid="product-page"] [data-testid="more-like-this"]').click();
  await id(page, 'like').waitFor();
  await page.locator('[data-index="0"][data-percent]').waitFor();
});

it('keeps favourites, remembers searches, runs them again, and forgets them', async () => {
  const page = await ready(await open());
  await id(page, 'favourite').first().click();
  await id(page, 'words').fill('yellow lamp');
  await page.locator('[data-index="0"][data-category="Lamps"]').waitFor();
  await id(page, 'nav-favourites').click();
  const shown = () => page.locator('main:not([hidden]) [data-testid="hit"]').count();
  await expect.poll(shown).toBe(1);
  await id(page, 'nav-search').click();
  await id(page, 'words').fill('');
  await page.getByText('120 products').first().waitFor();
  await id(page, 'nav-history').click();
  await page.getByRole('button', { name: /^yellow lamp/u }).click();
  await page.locator('[data-index="0"][data-category="Lamps"]').waitFor();
  expect(await id(page, 'words').inputValue()).toBe('yellow lamp');
  await id(page, 'nav-history').click();
  await id(page, 'history-clear').click();
  await id(page, 'confirm').click();
  await page.getByText('No searches yet').waitFor();
  await id(page, 'nav-settings').click();
  await id(page, 'delete-data').click();
  await id(page, 'confirm').click();
  await page.getByText('Your data is deleted.').waitFor();
  await id(page, 'nav-favourites').click();
  await page.getByText('No favourites yet').waitFor();
});

it('compares four and refuses a fifth', async () => {
  const page = await ready(await open());
  for (const n of [0, 1, 2, 3, 4]) await id(page, 'compare-toggle').nth(n).click();
  await page.getByText('Take one out first').waitFor();
  await id(page, 'compare-open').click();
  const heads = page.locator('[data-testid="compare-table"] thead th');
  await heads.nth(3).waitFor();
  expect(await heads.count()).toBe(4);
  await page.locator('tr.differs').first().waitFor();
});

it('shows the hint once', async () => {
  const page = await ready(await open('hint=1'));
  await id(page, 'hint-skip').click();
  await id(page, 'hint-skip').waitFor({ state: 'detached' });
});

describe('settings', () => {
  it('change theme and language at once, right to left where it is read so', async () => {
    const page = await open('hint=0', '#/settings');
    await id(page, 'theme-dark').click();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await id(page, 'theme-light').click();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
    await id(page, 'language').selectOption('ar');
    await page.locator('html[lang="ar"][dir="rtl"]').waitFor();
    await page.getByRole('heading', { name: 'الإعدادات' }).waitFor();
    await id(page, 'nav-search').click();
    await ready(page);
    const [first, second] = await Promise.all(
      [0, 1].map((n) => page.locator(`[data-index="${n}"]`).boundingBox()),
    );
    expect(first!.x).toBeGreaterThan(second!.x);
    await page.locator('[data-index="0"] a').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await page.evaluate(() => document.activeElement?.closest('li')?.dataset['index'])).toBe('1');
  });

  it('say that words are searched in the texts where the model knows pictures only', async () => {
    const page = await ready(await open('hint=0&model=pictures'));
    expect(await id(page, 'texts-only').count()).toBe(0);
    await id(page, 'words').fill('navy jacket');
    await id(page, 'texts-only').getByText('searched in the texts').waitFor();
    await page.goto(`${page.url().split('#')[0]}#/settings`);
    await id(page, 'measure').click();
    await id(page, 'model-speed').getByText('It reads no words').waitFor();
  });

  it('measure the model, and stop waiting for it', async () => {
    const page = await open('hint=0&latency=60', '#/settings');
    await id(page, 'measure').click();
    await id(page, 'model-speed').getByText('18 ms').waitFor();
    await id(page, 'measure').click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('[data-testid="measure"]:enabled').waitFor();
  });

  it('open another catalogue', async () => {
    const page = await open('hint=0&catalog=none');
    await page.getByRole('button', { name: 'Open a catalogue folder' }).click();
    await ready(page);
  });
});

it.each([0, 3])('keeps products where they were first shown, with %i looks', async (looks) => {
  const page = await open(`hint=1&looks=${looks}`);
  await watchShifts(page);
  await page.reload();
  await ready(page);
  await id(page, 'hit').first().waitFor();
  expect(await id(page, 'look').count()).toBe(looks);
  expect(await shifts(page)).toEqual([]);
});
