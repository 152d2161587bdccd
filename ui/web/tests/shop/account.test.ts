// An account, from the first sign-up to its end, on two browsers at once.

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { axeViolations } from './axe';
import { browser, desktop, id, ids, painted, phone, settled } from './harness';

const first = browser();
const second = browser();
const password = 'a long enough password';
let made = 0;
/** An address that no other test uses. */
const fresh = () => `shopper-${++made}-${Date.now()}@shop.example`;

async function fill(page: Page, email: string, secret = password): Promise<void> {
  await id(page, 'account-email').fill(email);
  await id(page, 'account-password').fill(secret);
  await id(page, 'account-send').click();
}

/** A page of a shopper who was never here. */
async function stranger({ open, context }: typeof first, path = '/', viewport = desktop): Promise<Page> {
  const page = await open('/', viewport, true);
  await settled(page);
  await context().clearCookies();
  await page.evaluate(async () => {
    localStorage.clear();
    const cleared = indexedDB.deleteDatabase('knytt');
    // The page's own connection closes when it is told of it.
    await new Promise((done) => (cleared.onsuccess = cleared.onerror = done));
  });
  await page.goto('about:blank');
  await page.goto(`${inject('shop')}${path}`);
  return page;
}

async function register(page: Page, email: string): Promise<void> {
  await page.goto(`${inject('shop')}/#/register`);
  await fill(page, email);
  await id(page, 'sign-out').waitFor();
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto(`${inject('shop')}/#/account`);
  await fill(page, email);
  await id(page, 'sign-out').waitFor();
}

/** Keeps the product at a place of the grid; its id. */
async function keep(page: Page, place: number): Promise<string> {
  await page.goto(`${inject('shop')}/#/`);
  await settled(page);
  const kept = (await ids(page))[place]!;
  await page.locator(`main:not([hidden]) [data-id="${kept}"] [data-testid="favourite"]`).click();
  await page.waitForSelector(
    `main:not([hidden]) [data-id="${kept}"] [data-testid="favourite"][aria-pressed="true"]`,
  );
  return kept;
}

async function favourites(page: Page): Promise<string[]> {
  await page.goto(`${inject('shop')}/#/favourites`);
  await page.reload();
  await page.waitForSelector('main:not([hidden]) :is(.empty, [data-testid="hit"])');
  return page.$$eval('main:not([hidden]) [data-testid="hit"]', (hits) =>
    hits.map((hit) => hit.getAttribute('data-id') ?? ''),
  );
}

it('takes what is on the device along, and shows it on the next one', async () => {
  const email = fresh();
  const [here, there] = [await stranger(first), await stranger(second)];
  const mine = await keep(here, 0);
  await here.goto(`${inject('shop')}/#/settings`);
  await id(here, 'account-register').click();
  await fill(here, email);
  await id(here, 'sign-out').waitFor();
  expect(await here.locator('h1').last().textContent()).toBe('Your account');

  const theirs = await keep(there, 3);
  await signIn(there, email);
  const both = [mine, theirs].toSorted();
  await expect.poll(async () => (await favourites(there)).toSorted(), { timeout: 10_000 }).toEqual(both);
  // The newest first: the second device's was kept later.
  await expect.poll(() => favourites(here), { timeout: 10_000 }).toEqual([theirs, mine]);

  await here.locator(`main:not([hidden]) [data-id="${mine}"] [data-testid="favourite"]`).click();
  await here.waitForSelector(
    `main:not([hidden]) [data-id="${mine}"] [data-testid="favourite"][aria-pressed="false"]`,
  );
  await expect.poll(() => favourites(there), { timeout: 10_000 }).toEqual([theirs]);

  // A product that was looked at on one is in the history of the other.
  await here.goto(`${inject('shop')}/#/product/${mine}`);
  await id(here, 'product-page').waitFor();
  const viewed = async () => {
    await there.goto(`${inject('shop')}/#/history`);
    await there.reload();
    await id(there, 'viewed').or(there.locator('main:not([hidden]) .empty')).first().waitFor();
    return there.locator(`[data-testid="viewed"] a[href*="${mine}"]`).count();
  };
  await expect.poll(viewed, { timeout: 15_000, interval: 300 }).toBeGreaterThan(0);

  // Signed out, the account's things are not on the device any more; they come back with the next signing in.
  await here.goto(`${inject('shop')}/#/account`);
  await id(here, 'sign-out').click();
  await id(here, 'account-email').waitFor();
  await expect.poll(() => favourites(here), { timeout: 10_000 }).toEqual([]);
  await signIn(here, email);
  await expect.poll(() => favourites(here), { timeout: 10_000 }).toEqual([theirs]);
});

it('says that the password is wrong, and not which of both it was', async () => {
  const email = fresh();
  const page = await stranger(first);
  await register(page, email);
  await id(page, 'sign-out').click();
  await id(page, 'account-email').waitFor();
  const told = async (address: string) => {
    await fill(page, address, 'another long password');
    const problem = id(page, 'account-problem');
    await problem.waitFor();
    return [await problem.getAttribute('data-code'), await problem.textContent()];
  };
  const known = await told(email);
  expect(known[0]).toBe('wrong_login');
  expect(await told(fresh())).toEqual(known);
});

it('ends what is signed in elsewhere, and changes the password', async () => {
  const email = fresh();
  const [here, there] = [await stranger(first), await stranger(second)];
  await register(here, email);
  await signIn(there, email);
  await here.reload();
  await expect.poll(() => id(here, 'session').count()).toBe(2);
  await expect.poll(() => here.locator('[data-testid="session"][data-current="true"]').count()).toBe(1);
  await id(here, 'session-end').click();
  await expect.poll(() => id(here, 'session').count()).toBe(1);
  // The other one hears of it at its next visit.
  await there.reload();
  await id(there, 'account-email').waitFor();

  await signIn(there, email);
  await id(here, 'password-before').fill('not the password at all');
  await id(here, 'password-after').fill('a newer, longer password');
  await id(here, 'password-send').click();
  await expect.poll(() => id(here, 'account-problem').getAttribute('data-code')).toBe('wrong_login');
  await id(here, 'password-before').fill(password);
  await id(here, 'password-send').click();
  await here.getByText('The password is changed.', { exact: false }).waitFor();
  await there.reload();
  await fill(there, email, 'a newer, longer password');
  await id(there, 'sign-out').waitFor();
});

it('gives everything that is known as a file, and forgets it when it is told to', async () => {
  const email = fresh();
  const page = await stranger(first);
  await register(page, email);
  const kept = await keep(page, 1);
  await page.goto(`${inject('shop')}/#/account`);
  const [file] = await Promise.all([page.waitForEvent('download'), id(page, 'account-export').click()]);
  const everything = JSON.parse(readFileSync((await file.path())!, 'utf8')) as {
    account: { email: string };
    sessions: unknown[];
    favourites: { product: string }[];
  };
  expect(everything.account.email).toBe(email);
  expect(everything.sessions).toHaveLength(1);
  expect(everything.favourites.map(({ product }) => product)).toContain(kept);

  await id(page, 'account-erase').click();
  await id(page, 'erase-password').fill('not the password at all');
  await id(page, 'erase-send').click();
  await expect.poll(() => id(page, 'account-problem').getAttribute('data-code')).toBe('wrong_login');
  await id(page, 'erase-password').fill(password);
  await id(page, 'erase-send').click();
  await id(page, 'account-email').waitFor();
  await expect.poll(() => favourites(page), { timeout: 10_000 }).toEqual([]);
  await page.goto(`${inject('shop')}/#/account`);
  await fill(page, email);
  await expect.poll(() => id(page, 'account-problem').getAttribute('data-code')).toBe('wrong_login');
});

it('is made and left by keyboard alone', async () => {
  const page = await stranger(first, '/#/register');
  await id(page, 'account-email').focus();
  await page.keyboard.type(fresh());
  await page.keyboard.press('Tab');
  await page.keyboard.type('Ada');
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await id(page, 'sign-out').waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  await id(page, 'sign-out').focus();
  await page.keyboard.press('Enter');
  await id(page, 'account-email').waitFor();
});

describe.each([
  ['a desktop', desktop],
  ['a phone', phone],
])('on %s', (_, viewport) => {
  it.each(['en', 'de', 'es', 'fr', 'zh', 'ar'])('in %s it is accessible and fits', async (language) => {
    const page = await stranger(first, `/?lang=${language}#/register`, viewport);
    const look = async () => {
      for (const scheme of ['light', 'dark'] as const) {
        await painted(page, scheme);
        expect(await axeViolations(page)).toEqual([]);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(over).toBeLessThanOrEqual(0);
      }
    };
    await id(page, 'account-name').waitFor();
    await look();
    await fill(page, fresh());
    await page.locator('[data-testid="session"]').first().waitFor();
    // The notice of signing in goes by itself.
    await look();
    await id(page, 'account-erase').click();
    await id(page, 'erase-password').waitFor();
    await look();
    await page.keyboard.press('Escape');
    await id(page, 'sign-out').click();
    await id(page, 'account-email').waitFor();
  });
});
