// What the interface and the elements tell the shop: nothing before somebody agreed, then clicks that Insight shows.

import { execFileSync } from 'node:child_process';
import type { Page, Request } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openShop, program } from '../../scripts/shop.mjs';
import { axeViolations } from './axe';
import { browser, desktop, id, phone, settled } from './harness';

const [email, password] = ['you@shop.example', 'correct horse battery'];
let shop: Awaited<ReturnType<typeof openShop>>;
let catalog = '';
let looked = 7;

interface Sent {
  visit: string;
  events: { name: string; token?: string; item_id?: string; search_term?: string; position?: number }[];
}

interface Way {
  channel: string;
  kind: string;
  searches: number;
  clicked: number;
}

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

/** Records the events that a page sends from now on. */
function recorded(page: Page): Sent[] {
  const sent: Sent[] = [];
  page.on('request', (request: Request) => {
    if (request.url().endsWith('/api/v1/feedback')) sent.push(JSON.parse(request.postData() ?? '{}') as Sent);
  });
  return sent;
}

async function searchAndOpen(page: Page, words: string): Promise<string> {
  // The hits of the search before are there until then.
  const answered = page.waitForResponse(
    (answer) =>
      answer.url().includes('/api/v1/search') && (answer.request().postData() ?? '').includes(words),
  );
  await id(page, 'words').fill(words);
  await id(page, 'words').press('Enter');
  await answered;
  await page.waitForSelector('[data-percent]');
  await settled(page);
  const first = page.getByTestId('hit').first();
  const product = (await first.getAttribute('data-id'))!;
  await first.locator('a').first().click();
  await id(page, 'product-page').waitFor();
  return product;
}

/** Signs in on the page of a console and asks for statistics. */
async function signedIn(): Promise<Page> {
  const page = await open(`${shop.url}/admin#/insight`, desktop, true);
  await id(page, 'email').or(id(page, 'to-insight')).first().waitFor();
  if ((await id(page, 'email').count()) > 0) {
    await id(page, 'email').fill(email);
    await id(page, 'password').fill(password);
    await id(page, 'sign-in').press('Enter');
  }
  await id(page, 'to-insight').waitFor();
  return page;
}

/** The ways of the last days. The server keeps an answer for a minute: each look asks for other days. */
const waysOf = (page: Page) =>
  page.evaluate(
    async ([of, days]) => {
      const answer = await fetch(`/api/v1/admin/stats/ways?catalog=${of}&days=${days}`);
      return (await answer.json()) as Way[];
    },
    [catalog, looked++] as const,
  );

it('tells nothing before the shopper agreed', async () => {
  const page = await open(shop.url);
  await settled(page);
  const sent = recorded(page);
  await searchAndOpen(page, 'boots');
  await page.goto('about:blank');
  expect(sent).toEqual([]);
});

it('tells what was searched for and chosen once the shopper agreed, and Insight shows the click', async () => {
  const page = await open(`${shop.url}/#/settings`);
  await id(page, 'consent').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await id(page, 'consent').click();
  const sent = recorded(page);
  await id(page, 'nav-search').click();
  await settled(page);
  const product = await searchAndOpen(page, 'dress');
  await page.locator('[data-testid="product-page"] [data-testid="favourite"]').first().click();
  // As if the page was hidden: what it sends can be seen.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide')));
  await expect
    .poll(() => sent.flatMap(({ events }) => events.map(({ name }) => name)))
    .toContain('add_to_wishlist');

  const events = sent.flatMap((one) => one.events);
  expect(new Set(sent.map(({ visit }) => visit)).size).toBe(1);
  const chosen = events.find(({ name }) => name === 'select_item');
  expect(chosen).toMatchObject({ item_id: product, position: 1 });
  expect(events.find(({ name, token }) => name === 'search' && token === chosen?.token)?.search_term).toBe(
    'dress',
  );
  for (const name of ['view_item_list', 'view_item', 'add_to_wishlist'])
    expect(events.some((event) => event.name === name && event.token === chosen?.token)).toBe(true);

  // Another search, whose events go when the page is left.
  await id(page, 'back').click();
  await settled(page);
  await searchAndOpen(page, 'boots');
  await page.goto('about:blank');

  const staff = await signedIn();
  await expect
    .poll(async () =>
      (await waysOf(staff)).find(({ channel, kind }) => channel === 'web' && kind === 'words'),
    )
    .toMatchObject({ clicked: 2 });
  await staff.reload();
  await id(staff, 'value-ctr').waitFor();
  expect(await id(staff, 'value-ctr').textContent()).not.toBe('0%');
  expect(await id(staff, 'ways-table').textContent()).toContain('Web, words');
});

it('drops what waits when the shopper takes the consent back', async () => {
  const page = await open(`${shop.url}/#/settings`);
  // The browser keeps the setting of the test before.
  if (!(await id(page, 'consent').isChecked())) await id(page, 'consent').click();
  await id(page, 'nav-search').click();
  await settled(page);
  const sent = recorded(page);
  await searchAndOpen(page, 'shirt');
  await page.goto(`${shop.url}/#/settings`);
  await id(page, 'waiting').waitFor();
  await id(page, 'consent').click();
  await page.goto('about:blank');
  expect(sent).toEqual([]);
});

it('lets an admin give a link that sets a forgotten password once', async () => {
  const register = { email: 'eve@shop.example', password };
  const made = await fetch(`${shop.url}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(register),
  });
  expect(made.status).toBe(202);
  const staff = await signedIn();
  await staff.goto(`${shop.url}/admin#/users`);
  await staff.getByRole('button', { name: `New password link: ${register.email}` }).click();
  const link = (await id(staff, 'password-link').textContent())!;
  expect(link).toMatch(/\/admin#\/password\/[\w-]{43}$/u);
  expect(await axeViolations(staff)).toEqual([]);

  const page = await open(link, phone, true);
  await id(page, 'new-password').fill('another horse entirely');
  expect(await axeViolations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
  await id(page, 'set-password').click();
  await id(page, 'password-set').waitFor();
  const login = (secret: string) =>
    fetch(`${shop.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: register.email, password: secret }),
    });
  expect((await login('another horse entirely')).status).toBe(200);
  expect((await login(password)).status).toBe(401);
  await page.reload();
  await id(page, 'new-password').fill('a third horse here');
  await id(page, 'set-password').click();
  await page.getByText('This link was used before').waitFor();
});
