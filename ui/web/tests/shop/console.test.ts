// The retailer's console on a server of its own: from nothing to a shop that finds a product.

import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { browser, desktop, id, phone, photo } from './harness';

const knytt =
  process.env['KNYTT_BIN'] ?? fileURLToPath(new URL('../../../../target/debug/knytt', import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [email, password, passphrase] = ['you@shop.example', 'correct horse battery', 'open the shop, please'];
const folder = mkdtempSync(join(tmpdir(), 'knytt-console-'));
let server: ChildProcess;
let url = '';

async function freePort(): Promise<number> {
  const socket = createServer();
  await new Promise<void>((done) => socket.listen(0, '127.0.0.1', done));
  const { port } = socket.address() as { port: number };
  await new Promise((done) => socket.close(done));
  return port;
}

beforeAll(async () => {
  const address = `127.0.0.1:${await freePort()}`;
  url = `http://${address}`;
  const data = join(folder, 'data');
  server = spawn(knytt, ['serve', '--listen', address, '--data', data, '--rate-per-ip', '0'], {
    stdio: 'ignore',
  });
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await fetch(`${url}/health/live`).catch(() => null)) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  execFileSync(knytt, ['admin', 'create', '--data', data, '--email', email], {
    env: { ...process.env, KNYTT_ADMIN_PASSWORD: password },
    stdio: 'ignore',
  });
});

afterAll(async () => {
  const ended = new Promise((done) => server.once('exit', done));
  server.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

/** A feed of drawn garments with their pictures inside, and with one row that has none. */
function feed(name: string, count: number): string {
  const rows = Array.from({ length: count }, (_, at) => {
    const picture = readFileSync(photo(at + 1)).toString('base64');
    const title = `Garment number ${at + 1}`;
    return { id: `g-${at + 1}`, title, price: '19.90 EUR', image_link: `data:image/jpeg;base64,${picture}` };
  });
  const path = join(folder, name);
  const faulty = { id: 'bare', title: 'Without a picture', price: '1.00 EUR' };
  writeFileSync(path, [...rows, faulty].map((row) => JSON.stringify(row)).join('\n'));
  return path;
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const run = (
      window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe;
    return (await run.run()).violations.map(({ id: rule, nodes }) => `${rule}: ${nodes[0]?.html}`);
  });
}

const { open } = browser();

/** Signs in, unless a test before did. A page that asks who is signed in is told 401, which browsers log. */
async function signedIn(viewport = desktop): Promise<Page> {
  const page = await open(`${url}/admin`, viewport, true);
  await id(page, 'email').or(id(page, 'to-catalogs')).first().waitFor();
  if ((await id(page, 'email').count()) > 0) {
    await id(page, 'email').fill(email);
    await id(page, 'password').fill(password);
    await id(page, 'sign-in').press('Enter');
  }
  await id(page, 'to-catalogs').waitFor();
  return page;
}

const ended = (page: Page) =>
  page.locator('main [data-testid="state"][data-state="done"]').first().waitFor({ timeout: 60_000 });

it('makes a shop out of nothing, publishes it, and takes a release back', { timeout: 180_000 }, async () => {
  const page = await signedIn();
  await id(page, 'none').waitFor();
  await id(page, 'new-catalog').click();
  await id(page, 'new-id').fill('shop');
  await id(page, 'new-title').fill('The Shop');
  await id(page, 'make').click();

  await id(page, 'feed-file').setInputFiles(feed('first.jsonl', 30));
  await id(page, 'to-job').click();
  await ended(page);
  await expect.poll(() => id(page, 'products').textContent()).toBe('30');
  await expect.poll(() => id(page, 'problem').count()).toBe(1);
  await id(page, 'problem-text').fill('nothing has this');
  await expect.poll(() => id(page, 'problem').count()).toBe(0);
  await id(page, 'problem-text').fill('without');
  await expect.poll(() => id(page, 'problem').count()).toBe(1);
  expect(await violations(page)).toEqual([]);

  await id(page, 'to-catalog').click();
  await expect.poll(() => id(page, 'new').textContent()).toBe('30');
  await id(page, 'passphrase').fill(passphrase);
  await id(page, 'make-keys').click();
  await id(page, 'publish').waitFor();
  await id(page, 'passphrase').fill(passphrase);
  await id(page, 'publish').click();
  await page.locator('[data-testid="state"][data-state="published"]').waitFor({ timeout: 60_000 });
  expect(await violations(page)).toEqual([]);

  const shop = await open(`${url}/`);
  await id(shop, 'words').fill('Garment number 7');
  await shop.waitForSelector('[data-testid="hit"][data-id="g-7"]');

  await id(page, 'feed-file').setInputFiles(feed('second.jsonl', 29));
  await page.locator('[data-testid="state"][data-state="changed"]').waitFor({ timeout: 60_000 });
  await expect.poll(() => id(page, 'gone').textContent()).toBe('1');
  await id(page, 'passphrase').fill(passphrase);
  await id(page, 'publish').click();
  await id(page, 'roll-back').waitFor({ timeout: 60_000 });
  await id(page, 'roll-back').click();
  await id(page, 'roll-back-passphrase').fill(passphrase);
  await id(page, 'confirm-roll-back').click();
  await expect.poll(() => id(page, 'release').count(), { timeout: 60_000 }).toBe(3);
  await id(page, 'to-audit').click();
  await expect.poll(() => page.getByText('release.publish').count()).toBe(3);
});

it('shows how a kiosk is, and takes its order back', async () => {
  const records = ['--data', join(folder, 'data')];
  const run = (...args: string[]) => execFileSync(knytt, [...args, ...records], { encoding: 'utf8' });
  const made = run('api-key', 'create', '--catalog', '*', '--scope', 'search', '--json');
  const beat = await fetch(`${url}/api/v1/kiosks/alive`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${(JSON.parse(made) as { token: string }).token}`,
    },
    body: JSON.stringify({
      name: 'door',
      store: 'Harbour Street',
      version: '0.2.0',
      release: 3,
      uptime_seconds: 7200,
      memory_bytes: 412_000_000,
      products: 29,
      camera: 'away',
      frames_per_second: 29.7,
      slowest_frame_ms: 48,
      temperature_celsius: 51.4,
      errors: 2,
      last_error: 'the camera is gone',
      last_visit_hour: '2026-11-30T09Z',
    }),
  });
  expect(beat.status).toBe(204);
  const key = join(folder, 'kiosk.pem');
  execFileSync(knytt, ['kiosk', 'key', key], { stdio: 'ignore' });
  run('kiosk', 'restart', 'door', '--key', key);

  for (const viewport of [desktop, phone]) {
    const page = await signedIn(viewport);
    await id(page, 'to-alerts').click();
    const kiosk = page.locator('[data-testid="kiosk"][data-name="door"]');
    await kiosk.waitFor();
    const said = await kiosk.textContent();
    const facts = [
      'door · Harbour Street',
      'camera gone',
      'pictures a second: 30',
      '48 ms',
      '51 °C',
      '412 MB',
    ];
    for (const fact of [...facts, '29 products', 'Errors since its start: 2', 'the camera is gone']) {
      expect(said).toContain(fact);
    }
    expect(await id(page, 'kiosk-order').textContent()).toContain('waits for the next heartbeat');
    expect(await violations(page)).toEqual([]);
  }
  const page = await signedIn();
  await id(page, 'to-alerts').click();
  await id(page, 'take-back-order').press('Enter');
  await id(page, 'kiosk-order').waitFor({ state: 'detached' });

  // A list that cannot be read says so, and comes back by itself.
  const route = '**/api/v1/admin/kiosks';
  const cut = await signedIn();
  await cut.route(route, (request) => request.abort());
  await id(cut, 'to-alerts').click();
  await cut.locator('[data-testid="kiosks"] [data-testid="failure"]').waitFor();
  await cut.unroute(route);
  await cut.locator('[data-testid="kiosk"][data-name="door"]').waitFor();
  await cut.locator('[data-testid="kiosks"] [data-testid="failure"]').waitFor({ state: 'detached' });
});

it('works on a phone, in the dark, and by keyboard alone', async () => {
  const page = await signedIn(phone);
  await page.emulateMedia({ colorScheme: 'dark' });
  for (const place of ['catalogs', 'insight', 'alerts', 'jobs', 'keys', 'users', 'audit']) {
    await id(page, `to-${place}`).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide, `${place} is wider than the phone`).toBe(false);
    expect(await violations(page), place).toEqual([]);
  }
});

it('speaks the language that is chosen, and keeps it', async () => {
  const page = await signedIn();
  await id(page, 'speak').selectOption('ar');
  await page.waitForSelector('html[lang="ar"][dir="rtl"]');
  await expect.poll(() => id(page, 'to-catalogs').textContent()).toContain('الكتالوجات');
  expect(await violations(page)).toEqual([]);
  await page.reload();
  await page.waitForSelector('html[lang="ar"][dir="rtl"]');
  await id(page, 'speak').selectOption('en');
  await expect.poll(() => id(page, 'to-catalogs').textContent()).toContain('Catalogues');
});

it('keeps shoppers free of the console', async () => {
  const page = await open(`${url}/`);
  await id(page, 'words').waitFor();
  const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map((one) => one.name));
  expect(loaded.filter((name) => /\/(show|console)[-.]/.test(name))).toEqual([]);
});
