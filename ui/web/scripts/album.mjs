// The pictures of docs/screenshots: small, and the same bytes in every run.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './browser.mjs';

/** Small letters stay sharp from here on; a page of products has some 50 kB. */
const quality = 0.72;

/** When all pictures are taken. */
export const moment = Date.UTC(2026, 10, 2, 9, 30);

/** Nothing moves, and times are those of one zone. */
const still = { reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC' };

/** Chromium paints a picture when all of it is decoded, in one way. */
const flags = [
  '--run-all-compositor-stages-before-draw',
  '--disable-checker-imaging',
  '--disable-partial-raster',
  '--disable-lcd-text',
  '--force-color-profile=srgb',
];

/** A browser whose clocks begin at one moment, so that dates are the same in every run. */
export async function launchStill(context = {}) {
  const running = await launch({ ...still, ...context }, flags);
  await running.browser.addInitScript((begin) => {
    const System = Date;
    const shift = begin - System.now();
    globalThis.Date = class extends System {
      constructor(...parts) {
        if (parts.length === 0) super(System.now() + shift);
        else super(...parts);
      }
      static now() {
        return System.now() + shift;
      }
    };
  }, moment);
  return running;
}

/** Runs in a page: a PNG as WebP, made smaller by `scale`. Both are base64. */
async function encode({ png, scale, quality }) {
  const source = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = new OffscreenCanvas(Math.round(source.width * scale), Math.round(source.height * scale));
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
  const reader = new FileReader();
  const read = new Promise((done) => (reader.onload = done));
  reader.readAsDataURL(blob);
  await read;
  return reader.result.slice(reader.result.indexOf(',') + 1);
}

/** Waits until the page's pictures are there, its searches have ended, and nothing moves but what never ends. */
async function settled(page) {
  await page.waitForFunction(() => {
    const isSeen = (element) => element.getBoundingClientRect().top < innerHeight;
    const moves = ({ effect, playState }) =>
      playState === 'running' && effect.getComputedTiming().iterations !== Infinity;
    return (
      document.fonts.status === 'loaded' &&
      [...document.images].every((image) => image.complete || !isSeen(image)) &&
      !document.querySelector('section.results[aria-busy="true"]') &&
      !document.getAnimations().some(moves)
    );
  });
}

/** How long a search took differs from run to run: all take nine milliseconds here. */
function fixTimes(page) {
  return page.evaluate(() => {
    for (const line of document.querySelectorAll('[data-testid="timings"] span'))
      line.textContent = line.textContent.replace(/[0-9][0-9.,]*/gu, '9').replace(/[٠-٩][٠-٩٫٬]*/gu, '٩');
  });
}

/**
 * The folder docs/screenshots/`kind`. With names in `only`, pictures of these names are written beside those that are
 * there; without, the folder has the added pictures alone when the album is closed.
 */
export async function openAlbum(kind, only = []) {
  const folder = fileURLToPath(new URL(`../../../docs/screenshots/${kind}`, import.meta.url));
  const { browser, close } = await launch();
  const encoder = await browser.newPage();
  const pictures = new Map();
  const addPng = async (name, png, scale = 1) => {
    const coded = await encoder.evaluate(encode, { png: png.toString('base64'), scale, quality });
    pictures.set(name, Buffer.from(coded, 'base64'));
  };
  return {
    wants: (name) => only.length === 0 || only.includes(name),
    addPng,
    /** What the page shows in its window. */
    async add(name, page) {
      await settled(page);
      await fixTimes(page);
      await addPng(name, await page.screenshot({ animations: 'disabled', caret: 'hide' }));
    },
    /** Writes the pictures, unless drawing failed. */
    async close(failed = false) {
      await close();
      if (failed) return;
      if (only.length === 0) rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      for (const [name, bytes] of pictures) writeFileSync(join(folder, `${name}.webp`), bytes);
      const bytes = [...pictures.values()].reduce((sum, one) => sum + one.length, 0);
      console.log(`${kind}: ${pictures.size} pictures, ${Math.round(bytes / 1000)} kB`);
    },
  };
}

/** Opens the album, lets `draw` fill it, and closes it in any case. */
export async function fill(kind, only, draw) {
  const album = await openAlbum(kind, only);
  let failed = true;
  try {
    await draw(album);
    failed = false;
  } finally {
    await album.close(failed);
  }
}
