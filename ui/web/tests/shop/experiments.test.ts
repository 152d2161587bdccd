// Experiments: planned in the console, started, taken part in by shoppers, read, and shipped.

import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openShop, program } from '../../scripts/shop.mjs';
import { axeViolations } from './axe';
import { browser, desktop, id, painted, phone } from './harness';

const [email, password] = ['you@shop.example', 'correct horse battery'];
let shop: Awaited<ReturnType<typeof openShop>>;

beforeAll(async () => {
  shop = await openShop({ products: 60 });
  execFileSync(program(), ['admin', 'create', '--data', shop.data, '--email', email], {
    env: { ...process.env, KNYTT_ADMIN_PASSWORD: password },
    stdio: 'ignore',
  });
});

afterAll(() => shop.close());

const { open } = browser();

/** Opens the page. A page that asks who is signed in is told 401, which browsers log. */
async function experiments(viewport = desktop, path = ''): Promise<Page> {
  const page = await open(`${shop.url}/admin#/catalogs/catalog/experiments${path}`, viewport, true);
  await id(page, 'email').or(id(page, 'show-experiments')).first().waitFor();
  if ((await id(page, 'email').count()) > 0) {
    await id(page, 'email').fill(email);
    await id(page, 'password').fill(password);
    await id(page, 'sign-in').press('Enter');
  }
  await id(page, 'show-experiments').waitFor();
  return page;
}

/** A UUID of version 7. */
function uuid(): string {
  const hex = Date.now().toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `7${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
}

interface Found {
  feedbackToken: string;
  hits: { card: { id: string }; team?: number }[];
}

async function post<T>(path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${shop.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
}

const search = (visitor: string, text = 'red dress') => post<Found>('/api/v1/search', { text, visitor });
const order = (found: Found) => found.hits.map(({ card }) => card.id).join();

/** Searches of so many visitors, every third of which leads to a product; returns how many rankings they saw. */
async function shopping(visitors: number): Promise<number> {
  const seen = new Set<string>();
  for (let visitor = 0; visitor < visitors; visitor++) {
    const found = await search(`visitor ${visitor}`, 'blue dress');
    seen.add(order(found));
    if (visitor % 3 !== 0) continue;
    const { card, team } = found.hits[0]!;
    const did = { id: uuid(), atMs: Date.now(), token: found.feedbackToken, team };
    const events = [{ ...did, name: 'select_item', item_id: card.id, position: 1 }];
    await post('/api/v1/feedback', { visit: randomUUID(), events });
  }
  return seen.size;
}

const isWide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);

it('plans, starts, counts, and ships an experiment', { timeout: 180_000 }, async () => {
  const before = order(await search('somebody'));
  const page = await experiments();
  await id(page, 'no-experiments').waitFor();
  expect(await axeViolations(page)).toEqual([]);

  // What the plan needs is said while it is typed.
  await id(page, 'new-experiment').click();
  await id(page, 'experiment-name').fill('Newest first');
  await id(page, 'unplanned').waitFor();
  await id(page, 'baseline').fill('30');
  await expect.poll(() => id(page, 'needed').textContent()).toContain('28,445');
  await id(page, 'lift').fill('10');
  await expect.poll(() => id(page, 'needed').textContent()).toContain('7,');
  await id(page, 'variant-name').fill('Blind');
  for (const weight of ['visual', 'words', 'color', 'category', 'identity', 'likeness', 'pattern'])
    await id(page, `weight-${weight}`).fill('0');
  expect(await axeViolations(page)).toEqual([]);
  await id(page, 'create-experiment').click();
  await id(page, 'start').click();
  await id(page, 'confirm-experiment').click();
  await id(page, 'stop').waitFor();

  expect(await shopping(240)).toBe(2);
  const searches = (row: number) =>
    id(page, 'arms-table').locator(`tbody tr:nth-child(${row}) td:nth-child(3)`);
  await expect
    .poll(async () => Number(await searches(1).textContent()) + Number(await searches(2).textContent()), {
      timeout: 20_000,
    })
    .toBe(240);
  await id(page, 'verdict').waitFor();
  expect(await id(page, 'verdict').getAttribute('data-verdict')).toBe('open');
  expect(await id(page, 'guards').locator('tbody tr').count()).toBe(3);
  expect(await id(page, 'mismatch').count()).toBe(0);
  expect(await isWide(page)).toBe(false);
  expect(await axeViolations(page)).toEqual([]);

  await id(page, 'ship').click();
  await id(page, 'confirm-experiment').click();
  await id(page, 'shipped').waitFor();
  expect(await id(page, 'shipped').textContent()).toContain('Blind');
  expect(order(await search('somebody'))).not.toBe(before);
  expect(order(await search('somebody else'))).toBe(order(await search('somebody')));
});

it('says in words that shoppers are not spread as planned', { timeout: 120_000 }, async () => {
  const page = await experiments();
  await id(page, 'experiment').first().locator('a').click();
  await id(page, 'experiment-title').waitFor();
  // Three shoppers of four are said to have come to one side.
  await page.route('**/api/v1/admin/catalogs/*/experiments/*', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { mismatch: object; arms: { visitors: number }[] };
    body.mismatch = { probability: 1e-9, isMismatch: true };
    await route.fulfill({ response: answer, json: body });
  });
  await id(page, 'mismatch').waitFor();
  expect(await id(page, 'mismatch').textContent()).toContain('do not believe');
  expect(await axeViolations(page)).toEqual([]);
});

it('merges two rankings, on a phone, in the dark', { timeout: 120_000 }, async () => {
  const page = await experiments(phone);
  await id(page, 'new-experiment').click();
  await id(page, 'experiment-name').fill('Colours');
  await page.getByLabel('Kind').selectOption('interleaved');
  await id(page, 'baseline').fill('30');
  await expect.poll(() => id(page, 'needed').textContent()).toContain('searches to see it');
  await id(page, 'weight-color').fill('2');
  await painted(page, 'dark');
  expect(await isWide(page)).toBe(false);
  expect(await axeViolations(page)).toEqual([]);
  await id(page, 'create-experiment').click();
  await id(page, 'start').click();
  await id(page, 'confirm-experiment').click();
  await id(page, 'stop').waitFor();
  const found = await search('somebody');
  expect(new Set(found.hits.map(({ team }) => team))).toEqual(new Set([0, 1]));
  await shopping(120);
  await expect.poll(() => id(page, 'interval').count(), { timeout: 20_000 }).toBe(1);
  expect(await id(page, 'guards').count()).toBe(0);
  expect(await isWide(page)).toBe(false);
  expect(await axeViolations(page)).toEqual([]);
  await id(page, 'stop').click();
  await id(page, 'confirm-experiment').click();
  await id(page, 'stop').waitFor({ state: 'detached' });
  expect((await search('somebody')).hits.every(({ team }) => team === undefined)).toBe(true);
});
