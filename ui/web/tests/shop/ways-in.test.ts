// Tests of every way to search, against the real server.

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browser, choose, film, id, ids, photo, recordPictures, settled } from './harness';

describe('a shopper', () => {
  const { open } = browser();

  it('finds by words, and is told who searched', async () => {
    const page = await open();
    await settled(page);
    await id(page, 'words').fill('red dress');
    await page.waitForSelector('[data-testid="answered-by"][data-by="shop"]');
    await page.waitForFunction(() => document.querySelector('[data-percent]') !== null);
    expect((await ids(page)).length).toBeGreaterThan(5);
  });

  it('finds a product by its photograph, after one question', async () => {
    const page = await open();
    await settled(page);
    const sent = await recordPictures(page);
    await choose(page, photo(12));
    expect((await ids(page))[0]).toBe('kn-00012');
    // The second picture needs no further consent.
    await page.locator('input[type=file]').first().setInputFiles(photo(40));
    await page.waitForFunction(() => document.querySelector('[data-id="kn-00040"][data-kind="exact"]'));
    const pictures = await sent();
    expect(pictures.map(({ path }) => path)).toEqual([
      '/api/v1/regions',
      '/api/v1/search',
      '/api/v1/regions',
      '/api/v1/search',
    ]);
    expect(Math.max(...pictures.map(({ width, height }) => Math.max(width, height)))).toBeLessThanOrEqual(
      512,
    );
  });

  it('sends no picture without consent', async () => {
    const page = await open();
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await settled(page);
    const sent = await recordPictures(page);
    await page.locator('input[type=file]').first().setInputFiles(photo(12));
    await id(page, 'picture-consent').waitFor();
    await page.keyboard.press('Escape');
    await id(page, 'picture-consent').waitFor({ state: 'detached' });
    await settled(page);
    expect(await sent()).toEqual([]);
    expect(await id(page, 'query-picture').count()).toBe(0);
  });

  it('sends a large photograph small, upright and without what the camera wrote', async () => {
    const page = await open();
    await settled(page);
    await page.evaluate(() => localStorage.setItem('knytt-pictures-allowed', 'yes'));
    const sent = await recordPictures(page);
    const file = withOrientation(Buffer.from(await large(page), 'base64'), 6);
    const turned = { name: 'turned.jpg', mimeType: 'image/jpeg', buffer: file };
    await page.locator('input[type=file]').first().setInputFiles(turned);
    await id(page, 'query-picture').waitFor();
    await page.waitForSelector('[data-percent]');
    // The file is 2,000 pixels wide and 1,000 high; turned by a quarter, it is higher than wide.
    const seen = (await sent()).map(({ width, height, hasExif }) => [width, height, hasExif]);
    expect(seen[0]).toEqual([256, 512, false]);
  });

  it('pastes and drops pictures', async () => {
    const page = await open();
    await settled(page);
    await page.evaluate(() => localStorage.setItem('knytt-pictures-allowed', 'yes'));
    const bytes = readFileSync(photo(12)).toString('base64');
    const data = await page.evaluateHandle((content) => {
      const transfer = new DataTransfer();
      const raw = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
      transfer.items.add(new File([raw], 'a.jpg', { type: 'image/jpeg' }));
      return transfer;
    }, bytes);
    await page.evaluate((clipboardData) => {
      window.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, data);
    await page.waitForSelector('[data-id="kn-00012"][data-kind="exact"]');
    await page.dispatchEvent('body', 'drop', { dataTransfer: data });
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="query-picture"]').length >= 1);
  });

  it('says what is wrong with a file that is no picture', async () => {
    const page = await open();
    await settled(page);
    await page.evaluate(() => localStorage.setItem('knytt-pictures-allowed', 'yes'));
    const broken = { name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('not a picture') };
    await page.locator('input[type=file]').first().setInputFiles(broken);
    await id(page, 'problem').waitFor();
    await settled(page);
  });
});

describe('a camera', () => {
  const { open } = browser({ permissions: ['camera'] }, () => [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${film()}`,
  ]);

  it('takes a picture that finds its product', async () => {
    const page = await open();
    await page.evaluate(() => localStorage.setItem('knytt-pictures-allowed', 'yes'));
    await settled(page);
    await id(page, 'camera-button').click();
    await page.locator('[data-testid="camera-capture"]:enabled').click();
    await page.waitForSelector('[data-testid="hit"][data-percent]');
    expect((await ids(page)).slice(0, 5)).toContain('kn-00012');
  });

  it('finds while it is pointed, and sends few frames', async () => {
    const page = await open();
    await page.evaluate(() => localStorage.setItem('knytt-pictures-allowed', 'yes'));
    await settled(page);
    const sent: number[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/api/v1/search')) sent.push(Date.now());
    });
    await id(page, 'camera-button').click();
    await page.locator('[data-testid="camera-live-toggle"]:enabled').click();
    await page.waitForSelector('[data-testid="live-state"][data-state="stable"]');
    await page.waitForFunction(() =>
      [...document.querySelectorAll('[data-testid="hit"]')]
        .slice(0, 5)
        .some((hit) => hit.getAttribute('data-id') === 'kn-00012'),
    );
    const before = sent.length;
    await page.waitForTimeout(1_500);
    // The video does not change: there is nothing new to search for.
    expect(sent.length - before).toBeLessThanOrEqual(1);
  });
});

/** A JPEG of 2,000 × 1,000 pixels, as Base64. */
const large = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 2_000, height: 1_000 });
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#a33';
    context.fillRect(0, 0, 1_200, 1_000);
    return canvas.toDataURL('image/jpeg').split(',')[1]!;
  });

/** Adds an EXIF block with an orientation to the JPEG. */
function withOrientation(jpeg: Buffer, orientation: number): Buffer {
  const tiff = Buffer.from('49492a000800000001001201030001000000', 'hex');
  const value = Buffer.alloc(8);
  value.writeUInt16LE(orientation, 0);
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff, value]);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xffe1, 0);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}
