// Rules and synonyms: made in the console, compared, published, found in the shop, taken back.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openShop, program } from '../../scripts/shop.mjs';
import { axeViolations as violations } from './axe';
import { browser, desktop, id, ids, phone, settled, standsStill } from './harness';

const [email, password] = ['you@shop.example', 'correct horse battery'];
const folder = mkdtempSync(join(tmpdir(), 'knytt-rules-'));
let shop: Awaited<ReturnType<typeof openShop>>;

beforeAll(async () => {
  const database = `sqlite:${join(folder, 'knytt.db')}`;
  shop = await openShop({ products: 60, flags: ['--database', database] });
  execFileSync(program(), ['admin', 'create', '--database', database, '--email', email], {
    env: { ...process.env, KNYTT_ADMIN_PASSWORD: password },
    stdio: 'ignore',
  });
});

afterAll(async () => {
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});

const { open } = browser();

/** Opens a page of the console. A page that asks who is signed in is told 401, which browsers log. */
async function signedIn(path: string, viewport = desktop): Promise<Page> {
  const page = await open(`${shop.url}/admin#/catalogs/catalog/${path}`, viewport, true);
  await id(page, 'email').or(id(page, 'live-version')).first().waitFor();
  if ((await id(page, 'email').count()) > 0) {
    await id(page, 'email').fill(email);
    await id(page, 'password').fill(password);
    await id(page, 'sign-in').press('Enter');
  }
  await id(page, 'live-version').waitFor();
  return page;
}

/** The product that a query finds last. */
async function far(text: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ text, limit: 60 });
  const answer = await fetch(`${shop.url}/api/v1/search`, { method: 'POST', headers, body });
  const { hits } = (await answer.json()) as { hits: { card: { id: string } }[] };
  return hits.at(-1)!.card.id;
}

async function publish(page: Page, note: string): Promise<void> {
  await id(page, 'publish-rules').click();
  await id(page, 'note').fill(note);
  await id(page, 'confirm-publish').click();
  await id(page, 'draft').waitFor({ state: 'detached' });
}

async function searched(text: string): Promise<Page> {
  const page = await open(`${shop.url}/?q=${encodeURIComponent(text)}`);
  await settled(page);
  return page;
}

it('pins a product, compares, publishes, and goes back', { timeout: 180_000 }, async () => {
  const pinned = await far('dress');
  const page = await signedIn('rules');
  await id(page, 'no-rules').waitFor();
  await id(page, 'new-rule').click();
  await id(page, 'rule-name').fill('Dresses first');
  await page.getByLabel('Words that are typed').selectOption('contains');
  await id(page, 'rule-words').fill('dress');
  await id(page, 'pin-product').fill(pinned);
  await id(page, 'add-action').click();
  await page.getByLabel('What it does').nth(1).selectOption('banner');
  await id(page, 'banner-text').fill('All dresses must go');
  expect(await violations(page)).toEqual([]);
  await id(page, 'save-rule').click();
  await page.waitForSelector('[data-testid="rule"][data-id="dresses-first"]');
  await id(page, 'draft').waitFor();

  await id(page, 'preview-text').fill('dress');
  await id(page, 'compare').click();
  const first = (side: string) => page.locator(`[data-testid="preview-${side}"] li`).first();
  await expect.poll(() => first('draft').getAttribute('data-id')).toBe(pinned);
  expect(await first('live').getAttribute('data-id')).not.toBe(pinned);
  expect(await first('draft').textContent()).toContain('Dresses first');
  expect(await violations(page)).toEqual([]);

  await publish(page, 'spring');
  expect(await id(page, 'live-version').textContent()).toContain('version 1');
  const found = await searched('dress');
  expect((await ids(found))[0]).toBe(pinned);
  expect(await id(found, 'banner').textContent()).toBe('All dresses must go');

  // What is out of its bounds is refused with its place, and the form stays.
  await id(page, 'edit-rule').click();
  await id(page, 'add-action').click();
  await page.getByLabel('What it does').nth(2).selectOption('filter');
  await id(page, 'conditions').fill('nonsense');
  await id(page, 'save-rule').click();
  await expect
    .poll(() => page.locator('dialog [data-testid="failure"]').textContent())
    .toContain('conditions');
  await id(page, 'conditions').fill('price=..1000');
  await id(page, 'save-rule').click();
  await id(page, 'save-rule').waitFor({ state: 'detached' });
  await id(page, 'discard').click();
  await id(page, 'draft').waitFor({ state: 'detached' });

  await id(page, 'remove-rule').click();
  await id(page, 'no-rules').waitFor();
  await publish(page, '');
  expect((await ids(await searched('dress')))[0]).not.toBe(pinned);
  await id(page, 'look-at-version').click();
  await expect.poll(() => id(page, 'rules-difference').textContent()).toContain('Dresses first');
  await id(page, 'confirm-roll-back-rules').click();
  await expect.poll(() => id(page, 'version').count()).toBe(3);
  expect((await ids(await searched('dress')))[0]).toBe(pinned);
});

it('makes a synonym of a word that found nothing, by keyboard', { timeout: 120_000 }, async () => {
  const page = await signedIn('synonyms?word=frockery');
  expect(await id(page, 'synonym-from').inputValue()).toBe('frockery');
  await id(page, 'synonym-to').focus();
  await page.keyboard.type('dress');
  await page.keyboard.press('Enter');
  await expect.poll(() => id(page, 'synonym').textContent()).toContain('frockery → dress');
  expect(await violations(page)).toEqual([]);
  await publish(page, '');
  const found = await searched('frockery');
  await found.waitForSelector('[data-testid="verdict"][data-verdict="found"]', {
    state: 'attached',
  });
});

it('replaces a product with a suggested one, and its page leads there', { timeout: 120_000 }, async () => {
  const [old] = await ids(await searched('dress'));
  const page = await signedIn('replacements');
  await id(page, 'replaced-product').fill(old!);
  await id(page, 'suggest').click();
  const suggested = id(page, 'suggestions').locator('button').first();
  const successor = await suggested.getAttribute('data-id');
  await suggested.click();
  expect(await id(page, 'replaced-by').inputValue()).toBe(successor);
  await id(page, 'replace-always').check();
  expect(await violations(page)).toEqual([]);
  await id(page, 'add-replacement').click();
  await expect.poll(() => id(page, 'replacement').textContent()).toContain(`${old} → ${successor}`);
  await publish(page, '');
  const found = await ids(await searched('dress'));
  expect(found).toContain(successor);
  expect(found).not.toContain(old);
  const replaced = await open(`${shop.url}/p/${encodeURIComponent(old!)}`);
  await id(replaced, 'replaced-by').waitFor();
  expect(await violations(replaced)).toEqual([]);
  await id(replaced, 'replaced-by').click();
  await replaced.waitForSelector(`[data-testid="product-page"][data-id="${successor}"]`);
});

it('makes a look of a product\u2019s picture, by keyboard, and shows it', { timeout: 120_000 }, async () => {
  const [first, second] = await ids(await searched('coat'));
  const page = await signedIn('looks');
  await id(page, 'new-look').press('Enter');
  await id(page, 'look-title').fill('For cold days');
  await id(page, 'look-product').fill(first!);
  await id(page, 'look-take').press('Enter');
  await id(page, 'look-picture').waitFor();
  // What was proposed is replaced by two products of our own.
  await id(page, 'look-looking').waitFor({ state: 'detached' });
  const trash = page.locator('dialog [role="group"] button');
  while ((await trash.count()) > 0) await trash.first().click();
  for (const [at, product] of [first, second].entries()) {
    await id(page, 'add-spot').press('Enter');
    await id(page, 'spot-product').nth(at).fill(product!);
  }
  expect(await violations(page)).toEqual([]);
  await id(page, 'save-look').press('Enter');
  await page.waitForSelector('[data-testid="look"][data-id="for-cold-days"]');
  await publish(page, '');

  const start = await open(`${shop.url}/`);
  for (const viewport of [phone, desktop]) {
    await start.setViewportSize(viewport);
    await standsStill(start);
    expect(await id(start, 'look').count()).toBe(1);
  }
  await id(start, 'look').press('Enter');
  await id(start, 'shop-look').waitFor();
  expect(await violations(start)).toEqual([]);
  const product = await open(`${shop.url}/p/${encodeURIComponent(second!)}`);
  const dots = id(product, 'shop-look').locator('a.dot');
  await expect.poll(() => dots.count(), { timeout: 15_000 }).toBe(2);
  expect(await violations(product)).toEqual([]);
  await dots.first().press('Enter');
  await product.waitForSelector(`[data-testid="product-page"][data-id="${first}"]`);
});

it('fits a phone, in the dark', async () => {
  for (const part of ['rules', 'synonyms', 'replacements', 'looks']) {
    const page = await signedIn(part, phone);
    await page.emulateMedia({ colorScheme: 'dark' });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide, `${part} is wider than the phone`).toBe(false);
    expect(await violations(page), part).toEqual([]);
  }
});
