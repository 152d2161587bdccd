// Measures how long a shopper waits, in Chromium against a real shop, and prints two tables.
//
//     npm run responsiveness      # a release build of `knytt` if there is one, else the debug build
//
// From a photograph of 12 megapixels to painted hits: the time from the file's choice to the frame with the product and
// the first pictures of its row. And from a touch or a key to the next frame (INP): the slowest of a walk.

import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { launch } from './browser.mjs';
import { openShop, program } from './shop.mjs';

const runs = Number(process.env.RUNS ?? 9);
const phone = { width: 390, height: 844 };
/** Round trip in milliseconds, and bits a second down and up: none, WebPageTest's 4G, Lighthouse's slow 4G. */
const lines = {
  loopback: null,
  '4G': { latency: 170, down: 9e6, up: 9e6 },
  'slow 4G': { latency: 150, down: 1.6e6, up: 750e3 },
};

const knytt = program(true);
const shop = await openShop({ knytt });
const { browser, close } = await launch({ viewport: phone, locale: 'en-GB', hasTouch: true });
try {
  console.log(`${knytt}\n`);
  console.log('| a photograph of 12 megapixels to painted hits | median | all |\n|---|---|---|');
  for (const [name, line] of Object.entries(lines)) {
    const times = await photographs(line);
    console.log(`| ${name} | ${times[times.length >> 1]} ms | ${times.join(' ')} |`);
  }
  console.log('\n| a touch or a key to the next frame | slowest | all |\n|---|---|---|');
  for (const slowdown of [1, 4]) {
    const times = await walk(slowdown);
    console.log(`| processor ${slowdown} times slower | ${times.at(-1)} ms | ${times.join(' ')} |`);
  }
} finally {
  await close();
  await shop.close();
}

/** A page of the shop that may send pictures, and Chromium's own switches for it. */
async function open(path = '/') {
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  await page.addInitScript(() => localStorage.setItem('knytt-pictures-allowed', 'yes'));
  await page.goto(`${shop.url}${path}`);
  await page.waitForSelector('section.results[aria-busy="false"] [data-testid="hit"]');
  return { page, switches: await browser.newCDPSession(page) };
}

/** The picture of a product as a phone's camera would write it. */
async function asPhotograph(page, number) {
  const path = join(shop.pictures, `kn-${String(number).padStart(5, '0')}.jpg`);
  const base64 = await page.evaluate(async (small) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(small), (c) => c.charCodeAt(0))]));
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [4032, 3024];
    const context = canvas.getContext('2d');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 504, 0, 3024, 3024);
    return canvas.toDataURL('image/jpeg', 0.9).split(',')[1];
  }, readFileSync(path).toString('base64'));
  return { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(base64, 'base64') };
}

async function photographs(line) {
  const times = [];
  for (let run = 0; run < runs; run++) {
    const { page, switches } = await open();
    const number = 12 + run;
    const file = await asPhotograph(page, number);
    if (line) {
      await switches.send('Network.enable');
      await switches.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: line.latency,
        downloadThroughput: line.down / 8,
        uploadThroughput: line.up / 8,
      });
    }
    await page.evaluate(() => {
      const note = () => Object.assign(window, { chosenAt: performance.now() });
      document.addEventListener('change', note, { capture: true, once: true });
    });
    await page.locator('input[type=file]').first().setInputFiles(file);
    const painted = await page.waitForFunction(
      (id) => {
        const hits = [...document.querySelectorAll('[data-testid="hit"]')];
        const isFound = hits.slice(0, 2).some((hit) => hit.getAttribute('data-id') === id);
        const isDrawn = hits.slice(0, 2).every((hit) => hit.querySelector('img')?.complete);
        return isFound && isDrawn && performance.now() - window.chosenAt;
      },
      `kn-${String(number).padStart(5, '0')}`,
      { polling: 'raf' },
    );
    // The frame that draws them comes after the one that was asked.
    times.push(Math.round((await painted.jsonValue()) + 1000 / 60));
    await page.close();
  }
  return times.sort((a, b) => a - b);
}

/** Types, filters, keeps, opens, goes back: how long each touch and key took, the slowest last. */
async function walk(slowdown) {
  const { page, switches } = await open();
  await page.evaluate(() => {
    const slowest = new Map();
    const note = ({ interactionId: id, duration }) => {
      if (id) slowest.set(id, Math.max(duration, slowest.get(id) ?? 0));
    };
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(note));
    observer.observe({ type: 'event', durationThreshold: 16, buffered: true });
    Object.assign(window, { slowest });
  });
  await switches.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  const settled = () => page.waitForSelector('section.results[aria-busy="false"] [data-testid="hit"]');
  // The search stays behind other pages, unseen.
  const id = (name) => page.locator(`[data-testid="${name}"]:visible`).first();
  await id('words').tap();
  await page.keyboard.type('red dress', { delay: 80 });
  await settled();
  await page.waitForTimeout(500);
  await page.locator('[data-testid="hit"] button').first().tap();
  await page.waitForTimeout(300);
  for (const at of [0, 1]) {
    await page.locator('[data-testid="hit"] a:visible').nth(at).tap();
    await id('product-page').waitFor();
    await page.waitForTimeout(500);
    await id('compare-toggle').tap();
    await page.waitForTimeout(300);
    await id('back').tap();
    await settled();
    await page.waitForTimeout(500);
  }
  await id('words').tap();
  for (let letter = 0; letter < 'red dress'.length; letter++) await page.keyboard.press('Backspace');
  await settled();
  await page.waitForTimeout(800);
  const times = await page.evaluate(() => [...window.slowest.values()]);
  await page.close();
  return times.map(Math.round).sort((a, b) => a - b);
}
