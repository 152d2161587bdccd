// Writes docs/screenshots/app: each view of the app as a shopper sees it, light and dark, desktop and phone.
// Names after "--" write only those: npm run screenshots -- product compare

import { fill, launchStill } from './album.mjs';
import { serve } from './browser.mjs';

const only = process.argv.slice(2);
const desktop = { width: 1440, height: 900 };
const small = { width: 360, height: 740 };
const phone = { width: 390, height: 844 };

const id = (page, name) => page.getByTestId(name);
const words = async (page, text) => {
  await id(page, 'words').fill(text);
  await page.locator('[data-index="0"][data-percent]').waitFor();
};
const drop = async (page, address) => {
  await page.evaluate((url) => {
    const data = new DataTransfer();
    data.setData('text/uri-list', url);
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }, address);
  await id(page, 'query-picture').waitFor({ state: 'attached' });
  await page.locator('[data-index="0"][data-percent]').waitFor();
};
/** Pastes a picture of an outfit, and chooses one part of it. */
const outfit = async (page, part) => {
  await page.locator('body').press('Control+v');
  await id(page, 'proposal-dot').nth(part).click();
  await page.waitForTimeout(300);
};
const keep = async (page) => {
  for (const n of [0, 2, 3, 5, 6])
    await page.locator(`[data-index="${n}"] [data-testid="favourite"]`).click();
  await id(page, 'nav-favourites').click();
  await page.locator('main:not([hidden]) [data-testid="hit"]').nth(4).waitFor();
};
const compare = async (page) => {
  await words(page, 'jacket');
  for (const n of [0, 1, 2, 3])
    await page.locator(`[data-index="${n}"] [data-testid="compare-toggle"]`).click();
  await id(page, 'compare-open').click();
  await page.getByText('Portugal').first().waitFor();
};
const camera = async (page) => {
  await id(page, 'camera-button').click();
  await page.locator('[data-testid="camera-live-toggle"]:enabled').click();
  await page.locator('[data-kind="exact"]').first().waitFor();
};
const past = async (page) => {
  for (const text of ['red dress not striped', 'oak chair']) {
    await id(page, 'words').fill(text);
    await page.waitForTimeout(350);
  }
  await id(page, 'words').fill('');
  await drop(page, 'https://shop.example/coat.jpg');
  await id(page, 'nav-history').click();
  await id(page, 'history-entry').first().waitFor();
};

const why = async (page) => {
  await words(page, 'dress under 90 not striped');
  await page.locator('[data-index="1"] [data-testid="why"]').click();
  await id(page, 'reasons').waitFor();
};
/** Asks for more like one product, and less like another. */
const mix = async (page) => {
  await words(page, 'jacket');
  for (const [at, way] of [
    [1, 'mix-add'],
    [2, 'mix-less'],
  ]) {
    await page.locator(`[data-index="${at}"] [data-testid="why"]`).click();
    await id(page, way).click();
    await page.waitForTimeout(300);
  }
};
const taste = async (page) => {
  for (const n of [0, 2, 3, 5]) await page.locator(`[data-index="${n}"] [data-testid="favourite"]`).click();
  for (const n of [1, 4]) {
    await page.locator(`[data-index="${n}"] [data-testid="why"]`).click();
    await id(page, 'dismiss').click();
    await page.waitForTimeout(200);
  }
  await id(page, 'nav-settings').click();
  await id(page, 'taste-show').click();
  await id(page, 'taste').waitFor();
};

/** Adds a catalogue, up to the given step. */
const add = (step) => async (page) => {
  await id(page, 'storage').waitFor();
  await id(page, 'add-catalog').click();
  if (step === 'scan') {
    await id(page, 'add-scan').click();
    await id(page, 'code-camera').waitFor();
    await page.waitForTimeout(500);
  }
  if (step === 'link' || step === 'scan') return;
  const pinned = `knytt://catalog?url=https%3A%2F%2Fcatalog.nordlicht.example%2Fshop&root=${'5f2a9c41'.repeat(8)}`;
  const links = { bad: 'http://shop.example/catalog', first: 'https://catalog.nordlicht.example/shop' };
  await id(page, 'add-link').fill(links[step] ?? pinned);
  await id(page, 'add-next').click();
  if (step === 'bad') return page.getByRole('dialog').getByTestId('problem').waitFor();
  await id(page, 'offer').waitFor();
  if (step !== 'load') return;
  await id(page, 'add-accept').click();
  await page.locator('dialog [data-phase="downloading"]').waitFor();
  await page.waitForTimeout(1200);
};
const catalogs = async (page) => {
  await id(page, 'storage').waitFor();
  await id(page, 'catalog').last().scrollIntoViewIfNeeded();
};

const shots = {
  hint: { query: 'hint=1' },
  browse: {},
  words: { act: (page) => words(page, 'red dress not striped') },
  'words-dark': { query: 'theme=dark', act: (page) => words(page, 'blue jacket') },
  picture: { query: 'clipboard=1', act: (page) => outfit(page, 1) },
  'picture-dark': { query: 'clipboard=1&theme=dark', act: (page) => outfit(page, 3) },
  'picture-words': {
    query: 'clipboard=1',
    act: async (page) => {
      await outfit(page, 1);
      await words(page, 'yellow');
      await page.waitForTimeout(400);
    },
  },
  'crop-screen': { act: (page) => page.getByRole('button', { name: 'Part of the screen' }).first().click() },
  drop: {
    act: (page) =>
      page.evaluate(() => window.dispatchEvent(new DragEvent('dragenter', { cancelable: true }))),
  },
  'more-like-this': {
    act: async (page) => {
      await page.locator('[data-index="2"] [data-testid="more-like-this"]').click();
      await page.locator('[data-index="0"][data-percent]').waitFor();
    },
  },
  filters: {
    act: async (page) => {
      for (const value of ['Dresses', 'Jackets', 'Kumo'])
        await page.locator(`[data-testid="facet-value"][data-value="${value}"]`).click();
    },
  },
  chips: { act: (page) => words(page, 'red dress under 150 size M, not striped') },
  'chips-dark': { query: 'theme=dark', act: (page) => words(page, 'blue shirt under 70 without silk') },
  why: { act: why },
  'why-dark': { query: 'theme=dark', act: why },
  mix: { act: mix },
  taste: { act: taste },
  'taste-dark': { query: 'theme=dark', act: taste },
  'product-choices': { hash: '#/product/p014', act: (page) => id(page, 'product-page').waitFor() },
  'no-match': { act: (page) => words(page, 'spaceship') },
  product: { hash: '#/product/p017', act: (page) => id(page, 'product-page').waitFor() },
  'product-dark': {
    query: 'theme=dark',
    hash: '#/product/p006',
    act: (page) => id(page, 'product-page').waitFor(),
  },
  favourites: { act: keep },
  history: { act: past },
  compare: { act: compare },
  'compare-dark': { query: 'theme=dark', act: compare },
  settings: { hash: '#/settings', act: (page) => id(page, 'storage').waitFor() },
  'settings-dark': { query: 'theme=dark', hash: '#/settings', act: (page) => id(page, 'storage').waitFor() },
  catalogues: { hash: '#/settings', act: catalogs },
  'catalogues-stale-dark': { query: 'theme=dark&stale=12', hash: '#/settings', act: catalogs },
  'catalogue-stale': { query: 'stale=12' },
  'add-catalogue': { hash: '#/settings', act: add('link') },
  'add-catalogue-problem': { hash: '#/settings', act: add('bad') },
  'add-catalogue-trust': { hash: '#/settings', act: add('offer') },
  'add-catalogue-trust-dark': { query: 'theme=dark', hash: '#/settings', act: add('first') },
  'add-catalogue-download': { query: 'sync=hold', hash: '#/settings', act: add('load') },
  camera: { query: 'camera=native', act: camera },
  'camera-problem': {
    query: 'camera=native&fail=open_camera:camera_denied',
    act: async (page) => {
      await id(page, 'camera-button').click();
      await id(page, 'problem').waitFor();
    },
  },
  'no-catalogue': { query: 'catalog=none', act: (page) => id(page, 'problem').waitFor() },
  arabic: { query: 'language=ar&clipboard=1', act: (page) => outfit(page, 1) },
  'arabic-settings': {
    query: 'language=ar',
    hash: '#/settings',
    act: (page) => id(page, 'storage').waitFor(),
  },
  chinese: { query: 'language=zh' },
  german: { query: 'language=de', act: (page) => words(page, 'navy jacket') },
  'phone-hint': { query: 'hint=1', size: phone },
  'phone-chips': { size: small, act: (page) => words(page, 'red dress under 150 size M, not striped') },
  'phone-why': { size: small, act: why },
  'phone-mix': { size: small, query: 'theme=dark', act: mix },
  'phone-chips-arabic': {
    size: phone,
    query: 'language=ar&theme=dark',
    act: (page) => words(page, 'red dress under 150 not striped'),
  },
  'phone-words': { size: phone, act: (page) => words(page, 'red dress') },
  'phone-picture': {
    size: phone,
    query: 'theme=dark',
    act: (page) => drop(page, 'https://shop.example/hat.jpg'),
  },
  'phone-camera': { size: phone, query: 'camera=native', act: camera },
  'phone-crop': {
    size: phone,
    act: async (page) => {
      await drop(page, 'https://shop.example/coat.jpg');
      await id(page, 'crop-unfold').click();
    },
  },
  'phone-filters': { size: phone, act: (page) => id(page, 'filters-open').click() },
  'phone-product': { size: phone, hash: '#/product/p002', act: (page) => id(page, 'product-page').waitFor() },
  'phone-compare': { size: phone, act: compare },
  'phone-arabic': { size: phone, query: 'language=ar', act: (page) => words(page, 'dress') },
  'phone-catalogues': { size: phone, query: 'stale=12', hash: '#/settings', act: catalogs },
  'phone-add-catalogue-scan': {
    size: phone,
    query: 'theme=dark&camera=native&latency=400',
    hash: '#/settings',
    act: add('scan'),
  },
  'phone-add-catalogue-trust': { size: small, hash: '#/settings', act: add('first') },
  'phone-add-catalogue-german': { size: small, query: 'language=de', hash: '#/settings', act: add('first') },
  'phone-add-catalogue-arabic': {
    size: phone,
    query: 'language=ar&theme=dark&sync=hold',
    hash: '#/settings',
    act: add('load'),
  },
  'phone-settings': {
    size: phone,
    query: 'theme=dark',
    hash: '#/settings',
    act: (page) => id(page, 'storage').waitFor(),
  },
};

const server = await serve();
const { browser, close } = await launchStill();
try {
  await fill('app', only, async (album) => {
    for (const [name, { query = '', hash = '', size = desktop, act }] of Object.entries(shots)) {
      if (!album.wants(name)) continue;
      const page = await browser.newPage();
      page.setDefaultTimeout(15_000);
      await page.setViewportSize(size);
      await page.goto(`${server.url}?mock&${query}&hint=0&theme=light${hash}`);
      if (!hash && !query.includes('catalog'))
        await page.waitForSelector('html[data-ready="true"]', { state: 'attached' });
      await act?.(page);
      await album.add(name, page);
      await page.close();
    }
  });
} finally {
  await close();
  await server.close();
}
