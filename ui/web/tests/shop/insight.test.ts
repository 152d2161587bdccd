// Insight in the console: from an empty page to figures, and to the rows behind them.

import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openShop, program } from '../../scripts/shop.mjs';
import { axeViolations } from './axe';
import { browser, desktop, id, painted, phone } from './harness';

const [email, password] = ['you@shop.example', 'correct horse battery'];
let shop: Awaited<ReturnType<typeof openShop>>;
let catalog = '';

beforeAll(async () => {
  shop = await openShop({ products: 40 });
  execFileSync(program(), ['admin', 'create', '--data', shop.data, '--email', email], {
    env: { ...process.env, KNYTT_ADMIN_PASSWORD: password },
    stdio: 'ignore',
  });
  const searched = (await (await fetch(`${shop.url}/api/v1/catalogs`)).json()) as { id: string }[];
  catalog = searched[0]?.id ?? '';
});

afterAll(() => shop.close());

const { open } = browser();

/** A UUID of version 7. */
function uuid(): string {
  const hex = Date.now().toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `7${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}

async function post<T>(path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const answer = await fetch(`${shop.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
}

interface Found {
  feedbackToken: string;
  hits: { card: { id: string; title: string } }[];
}

/** Two searches on a page, of which one leads to a basket, and six of apps that find nothing. */
async function shopping(): Promise<string> {
  const found = await post<Found>('/api/v1/search', { text: 'dress' });
  await post('/api/v1/search', { text: 'blue coat' });
  const { id: item, title } = found.hits[0]!.card;
  const did = { atMs: Date.now(), token: found.feedbackToken, item_id: item };
  const events = [
    { ...did, id: uuid(), name: 'select_item', position: 1 },
    { ...did, id: uuid(), name: 'add_to_cart' },
  ];
  await post('/api/v1/feedback', { visit: randomUUID(), events });
  const kilts = Array.from({ length: 6 }, () => ({
    id: uuid(),
    at_ms: Date.now(),
    catalog,
    release: 3,
    model: 'app',
    visit: randomUUID(),
    name: 'search',
    kind: 'words',
    search_term: 'Kilt',
    results: 0,
  }));
  await post('/v1/events', { events: kilts });
  return title;
}

/** Signs in, unless a test before did. A page that asks who is signed in is told 401, which browsers log. */
async function insight(viewport = desktop): Promise<Page> {
  const page = await open(`${shop.url}/admin#/insight`, viewport, true);
  await id(page, 'email').or(id(page, 'to-insight')).first().waitFor();
  if ((await id(page, 'email').count()) > 0) {
    await id(page, 'email').fill(email);
    await id(page, 'password').fill(password);
    await id(page, 'sign-in').press('Enter');
  }
  await id(page, 'to-insight').waitFor();
  return page;
}

const isWide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);

it('says what to do while nothing is counted, and then shows what shoppers did', async () => {
  const page = await insight();
  await id(page, 'empty').waitFor();
  expect(await id(page, 'stats-catalog').inputValue()).toBe(catalog);
  expect(await axeViolations(page)).toEqual([]);

  const title = await shopping();
  await expect
    .poll(async () => {
      await page.reload();
      await id(page, 'value-searches').or(id(page, 'empty')).first().waitFor();
      return (await id(page, 'value-searches').count()) > 0 && id(page, 'value-searches').textContent();
    })
    .toBe('8');
  const value = (name: string) => id(page, `value-${name}`).textContent();
  expect(await value('searchers')).toBe('7');
  expect(await value('ctr')).toBe('12.5%');
  expect(await value('withoutClick')).toBe('7');
  expect(await value('addToCart')).toBe('1');
  expect(await value('zeroResult')).toBe('6');
  await page.locator('[data-testid="chart"] canvas').waitFor();
  expect(await axeViolations(page)).toEqual([]);

  // A figure leads to its rows.
  await id(page, 'figure-zeroResult').click();
  await id(page, 'queries-table').getByText('kilt').waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent === 'Queries');
  await id(page, 'figure-addToCart').click();
  await id(page, 'products-table').getByText(title).first().waitFor();
  await id(page, 'figure-ctr').click();
  await page.locator('[data-testid="chart"][data-name="ctr"]').waitFor();
  const latest = id(page, 'days-table').locator('tbody tr').first();
  expect(await latest.textContent()).toContain('12.5%');
  expect(await id(page, 'days-table').locator('tbody tr').count()).toBe(28);
  expect(await isWide(page), 'the open table makes the page wider').toBe(false);
  await expect.poll(() => id(page, 'ways-table').textContent()).toContain('App, words');
  expect(await id(page, 'stages').locator('tbody tr').count()).toBeGreaterThan(2);

  // The window and the release are chosen, and a table is saved.
  const chosen = page.locator('form select');
  await chosen.nth(1).selectOption('7');
  await expect.poll(() => id(page, 'days-table').locator('tbody tr').count()).toBe(7);
  await chosen.nth(2).selectOption('3');
  await expect.poll(() => value('searches')).toBe('6');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    id(page, 'days').getByTestId('csv').click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^days-.*\.csv$/);
});

it('works on a phone, in the dark, and by keyboard alone', async () => {
  const page = await insight(phone);
  await id(page, 'value-searches').waitFor();
  await painted(page, 'dark');
  await page.locator('[data-testid="chart"] canvas').waitFor();
  expect(await isWide(page), 'the page is wider than the phone').toBe(false);
  expect(await axeViolations(page)).toEqual([]);
  await id(page, 'figure-noGoodMatch').focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.textContent === 'Queries');
  await id(page, 'no-queries').waitFor();
  const chosen = await id(page, 'figure-noGoodMatch').getAttribute('aria-pressed');
  expect(chosen).toBe('true');
});
