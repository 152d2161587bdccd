// Writes docs/screenshots/console: the retailer's way from an empty server to a published shop.
// Names after "--" write only those: npm run screenshots:console -- catalog job-dark

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fill, launchStill, moment } from './album.mjs';
import { drawProducts, program, serveShop } from './shop.mjs';
import { sendVisits } from './visits.mjs';
import { addAlerts, addExperiments, addPeople } from './weeks-of-use.mjs';

const only = process.argv.slice(2);
const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };
const [email, password, passphrase] = ['you@shop.example', 'correct horse battery', 'open the shop, please'];
const id = (page, name) => page.getByTestId(name);
const knytt = program();
const folder = mkdtempSync(join(tmpdir(), 'knytt-console-'));

/** Rows of the sample shop with their pictures inside, since a server takes none from its own disk. */
function rows(table) {
  const [head, ...lines] = readFileSync(table, 'utf8').trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line
      .match(/("[^"]*"|[^,]*)(,|$)/gu)
      .map((cell) => cell.replace(/,$/u, '').replaceAll('"', ''));
    const row = Object.fromEntries(names.map((name, at) => [name, cells[at]]));
    const picture = readFileSync(join(folder, 'drawn', row.image)).toString('base64');
    return { ...row, image: undefined, image_link: `data:image/jpeg;base64,${picture}` };
  });
}

function feed(name, products) {
  const path = join(folder, name);
  writeFileSync(path, products.map((row) => JSON.stringify(row)).join('\n'));
  return path;
}

const rules = {
  version: 1,
  rules: [
    {
      id: 'dresses-first',
      name: 'Summer dresses first',
      when: { query: { kind: 'contains', words: 'dress' } },
      then: [
        { kind: 'boost', what: { conditions: ['price=..60'] }, by: 0.2 },
        { kind: 'banner', text: 'Summer sale until Sunday' },
      ],
    },
    {
      id: 'sold-out',
      name: 'What is sold out is not shown',
      when: {},
      then: [{ kind: 'hide', what: { conditions: ['availability=out_of_stock'] } }],
    },
  ],
  synonyms: [
    { kind: 'both', language: 'en', words: ['sneaker', 'trainer'] },
    { kind: 'one', from: 'tee', to: ['t-shirt'] },
  ],
};

/** A day as the server writes it, as many days before the pictures' moment as it is before today. */
function shifted(day) {
  const ago = Date.parse(new Date().toISOString().slice(0, 10)) - Date.parse(day);
  return new Date(moment - ago).toISOString().slice(0, 10);
}

const hourMs = 3_600_000;

/** A time as the server writes it, as many whole hours before or after the pictures' moment as it is from now. */
function sameHour(timeMs) {
  const hours = Math.round((Date.now() - timeMs) / hourMs);
  return moment - hours * hourMs;
}

/** What differs from run to run is the same in all: times, rates, links, how long a screen is silent. */
function fixed(key, value) {
  if (key === 'text' && typeof value === 'string')
    return value.replace(/for \d+ minutes/u, 'for 120 minutes');
  if (/^\d{4}-\d{2}-\d{2}$/u.test(value)) return shifted(value);
  if (/^p(?:50|95|99)$/u.test(key)) return Number(key.slice(1)) / 10;
  if (typeof value !== 'number' || value === 0) return value;
  // Durations are small.
  if (/(?:Ms|_ms)$/u.test(key) && value > 1e12) return sameHour(value) + (key === 'endedMs' ? 4_000 : 0);
  return key === 'rate' ? 24 : value;
}

/** Runs in a page: shows random ids as numbers, the first of which is 1 in every run. */
function numberIds() {
  const known = new Map();
  const number = (id) => {
    if (!known.has(id)) known.set(id, String(known.size + 1));
    const start = id.length === 16 ? '' : '0193d2a0-0000-7000-8000-';
    return start + known.get(id).padStart(id.length - start.length, '0');
  };
  const ids = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{16}\b/gu;
  for (const line of document.querySelectorAll('[data-testid="entry"] span'))
    line.textContent = line.textContent.replace(ids, number);
}

/** Answers of the server without what differs from run to run. */
async function standStill(page) {
  await page.route('**/api/v1/{admin,auth}/**', async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    const isJson = response.headers()['content-type']?.includes('json') && text !== '';
    const isLink = route.request().url().endsWith('/reset');
    const still = (key, value) => (isLink && key === 'token' ? 'V0sZ3'.repeat(8) : fixed(key, value));
    const body = isJson ? JSON.stringify(JSON.parse(text, still)) : text;
    await route.fulfill({ response, body });
  });
}

async function open(browser, address, size) {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await page.setViewportSize(size);
  await standStill(page);
  await page.goto(address);
  return page;
}

const state = (page, name) =>
  page.locator(`main [data-testid="state"][data-state="${name}"]`).first().waitFor();

/** Signs in and makes the shop; takes the pictures of states that pass. */
async function beginShop(page, album) {
  await id(page, 'email').fill(email);
  if (album.wants('sign-in')) await album.add('sign-in', page);
  await id(page, 'password').fill('not the password');
  await id(page, 'sign-in').click();
  await id(page, 'failure').waitFor();
  if (album.wants('wrong-password')) await album.add('wrong-password', page);
  await id(page, 'password').fill(password);
  await id(page, 'sign-in').click();
  await id(page, 'none').waitFor();
  if (album.wants('empty')) await album.add('empty', page);
  await id(page, 'new-catalog').click();
  await id(page, 'new-id').fill('shop');
  await id(page, 'new-title').fill('Nordlicht');
  if (album.wants('new-catalog')) await album.add('new-catalog', page);
  await id(page, 'make').click();
  await id(page, 'feed-file').waitFor({ state: 'attached' });
  if (album.wants('catalog-new')) await album.add('catalog-new', page);
}

async function publish(page) {
  await id(page, 'passphrase').fill(passphrase);
  await id(page, 'publish').click();
  await state(page, 'published');
}

/** From a feed to a published release, a changed feed, and one that fails. */
async function fillShop(page, products, album) {
  const faulty = [
    { id: 'gift-card', title: 'Gift card', price: '25.00 EUR' },
    { ...products[3], id: 'kn-price', title: 'Linen shirt', price: 'on request' },
    { ...products[4], id: 'kn-broken', title: 'Wool scarf', image_link: 'data:image/jpeg;base64,AAAA' },
  ];
  await id(page, 'feed-file').setInputFiles(feed('first.jsonl', [...products.slice(0, 60), ...faulty]));
  await id(page, 'to-job').waitFor();
  await state(page, 'done');
  await id(page, 'make-keys').waitFor();
  if (album.wants('catalog-without-keys')) await album.add('catalog-without-keys', page);
  await id(page, 'passphrase').fill(passphrase);
  await id(page, 'make-keys').click();
  await id(page, 'publish').waitFor();
  await publish(page);
  const changed = products.slice(2, 64).map((row, at) => (at < 5 ? { ...row, price: '9.90' } : row));
  await id(page, 'feed-file').setInputFiles(feed('second.jsonl', changed));
  await state(page, 'changed');
  await id(page, 'feed-file').setInputFiles(feed('third.jsonl', products.slice(0, 10)));
  await state(page, 'failed');
}

/** Publishes the rules, and leaves a draft with one more. */
async function addRules(page) {
  const send = (document, isDraft) =>
    page.evaluate(
      async ({ document, isDraft }) => {
        const path = '/api/v1/admin/catalogs/shop/rules';
        const headers = { 'content-type': 'application/json' };
        const ask = async (to, method, body) => {
          const answer = await fetch(`${path}/${to}`, { method, headers, body: JSON.stringify(body) });
          if (!answer.ok) throw new Error(await answer.text());
          return answer.json();
        };
        const { revision } = await ask('draft', 'PUT', { document });
        if (!isDraft) await ask('publish', 'POST', { revision, note: 'Summer' });
      },
      { document, isDraft },
    );
  await send(rules, false);
  const paused = {
    id: 'scarves',
    name: 'Scarves later',
    paused: true,
    when: { query: { kind: 'exact', words: 'scarf' } },
  };
  const then = [{ kind: 'bury', what: { products: ['kn-7'] }, by: 0.5 }];
  await send({ ...rules, rules: [...rules.rules, { ...paused, then }] }, true);
}

/** What the rows of the first feed cost, for the events of visits. */
const priced = (products) =>
  products.slice(2, 60).map(({ id, price }) => ({ id, price: /[0-9.]+/u.exec(price)?.[0] ?? '20' }));

async function addKey(page, url) {
  await page.goto(`${url}/admin#/keys`);
  for (const name of ['Web shop', 'Warehouse']) {
    await id(page, 'key-name').fill(name);
    await id(page, 'make-key').click();
    await page.locator('li').filter({ hasText: name }).waitFor();
  }
}

const newest = (page) => id(page, 'to-job').click();

/** Light, dark and on a phone, unless a view says otherwise. */
const usual = ['', '-dark', '-phone'];
const all = [...usual, '-arabic'];
const views = {
  catalogs: ['catalogs', (page) => id(page, 'catalog').first().waitFor()],
  catalog: ['catalogs/shop', (page) => id(page, 'difference').waitFor(), all],
  jobs: ['jobs', (page) => id(page, 'job').nth(3).waitFor()],
  job: [
    'jobs',
    async (page) => {
      await id(page, 'job').last().click();
      await id(page, 'problem').first().waitFor();
    },
  ],
  'job-failed': [
    'catalogs/shop',
    async (page) => {
      await newest(page);
      await page.locator('[data-testid="problems"] p').first().waitFor();
    },
  ],
  rules: ['catalogs/shop/rules', (page) => id(page, 'rule').first().waitFor(), all],
  'rules-compared': [
    'catalogs/shop/rules',
    async (page) => {
      await id(page, 'preview-text').fill('dress');
      await id(page, 'compare').click();
      await page.locator('[data-testid="preview-draft"] li').first().waitFor();
      await id(page, 'preview-text').evaluate((field) => field.scrollIntoView());
    },
    ['', '-phone'],
  ],
  'rule-edited': [
    'catalogs/shop/rules',
    async (page) => {
      await id(page, 'edit-rule').first().click();
      await id(page, 'save-rule').waitFor();
    },
    ['', '-phone'],
  ],
  experiments: ['catalogs/shop/experiments', (page) => id(page, 'experiment').nth(2).waitFor()],
  experiment: [
    'catalogs/shop/experiments',
    async (page) => {
      await page.getByRole('link', { name: 'Words count more' }).click();
      await id(page, 'guards').waitFor();
    },
    all,
  ],
  'experiment-planned': [
    'catalogs/shop/experiments',
    async (page) => {
      await id(page, 'new-experiment').click();
      await id(page, 'experiment-name').fill('Cheaper first');
      await id(page, 'baseline').fill('30');
      await page.waitForFunction(() =>
        /\d{2}/u.test(document.querySelector('[data-testid="needed"]')?.textContent ?? ''),
      );
    },
    ['', '-phone'],
  ],
  insight: ['insight', (page) => page.locator('[data-testid="chart"] canvas').waitFor(), all],
  'insight-queries': [
    'insight',
    async (page) => {
      await id(page, 'figure-zeroResult').click();
      await id(page, 'queries-table').waitFor();
      await page.waitForFunction(() => document.activeElement?.closest('[data-testid]'));
    },
    [''],
  ],
  alerts: [
    'alerts',
    async (page) => {
      await id(page, 'alert').nth(3).waitFor();
      await id(page, 'told').first().waitFor();
    },
    all,
  ],
  'alerts-told': [
    'alerts',
    async (page) => {
      await id(page, 'told').nth(1).waitFor();
      await id(page, 'kiosk').nth(2).waitFor();
      await id(page, 'kiosks').evaluate((panel) => panel.scrollIntoView());
    },
    ['', '-phone'],
  ],
  keys: ['keys', (page) => page.getByText('Warehouse').waitFor()],
  audit: [
    'audit',
    async (page) => {
      await id(page, 'entry').filter({ hasText: email }).first().waitFor();
      await page.evaluate(numberIds);
    },
    ['', '-phone'],
  ],
  users: ['users', (page) => page.locator('main li').nth(3).waitFor()],
  'users-link': [
    'users',
    async (page) => {
      await page.locator('main li').filter({ hasText: 'mateo' }).getByTestId('reset-link').click();
      await id(page, 'password-link').waitFor();
      // The port differs from run to run.
      await id(page, 'password-link').evaluate((link) => {
        link.textContent = link.textContent.replace(location.origin, 'https://shop.example');
      });
    },
    usual,
  ],
  'set-password': ['password/V0sZ3', (page) => id(page, 'new-password').fill('a good password'), usual],
};

const looks = {
  '': { size: desktop },
  '-dark': { size: desktop, colorScheme: 'dark' },
  '-phone': { size: phone },
  '-arabic': { size: desktop, language: 'ar' },
};

/** One view in one look, on a page of its own. */
async function drawView(browser, album, url, name, [hash, act], { size, colorScheme, language }) {
  const page = await open(browser, 'about:blank', size);
  await page.emulateMedia({ colorScheme: colorScheme ?? 'light' });
  await page.addInitScript((code) => localStorage.setItem('knytt-console-language', code), language ?? 'en');
  await page.goto(`${url}/admin#/${hash}`);
  await act(page);
  await album.add(name, page);
  await page.close();
}

async function draw(album, server) {
  const products = rows(join(folder, 'drawn', 'products.csv'));
  const { browser, close } = await launchStill();
  try {
    const page = await open(browser, `${server.url}/admin`, desktop);
    await beginShop(page, album);
    await fillShop(page, products, album);
    await addKey(page, server.url);
    await addRules(page);
    await addPeople(page);
    await sendVisits(server.url, 'shop', priced(products));
    await addExperiments(page, 'shop', server.data);
    await addAlerts(page, server.data);
    for (const [view, described] of Object.entries(views)) {
      for (const look of described[2] ?? usual) {
        const name = `${view}${look}`;
        if (album.wants(name)) await drawView(browser, album, server.url, name, described, looks[look]);
      }
    }
  } finally {
    await close();
  }
}

try {
  drawProducts(knytt, join(folder, 'drawn'), 64);
  const data = join(folder, 'data');
  const server = await serveShop(knytt, data);
  try {
    execFileSync(knytt, ['admin', 'create', '--data', data, '--email', email], {
      env: { ...process.env, KNYTT_ADMIN_PASSWORD: password },
      stdio: 'ignore',
    });
    await fill('console', only, (album) => draw(album, server));
  } finally {
    await server.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
