// A browser with the real shop. Any error of a page fails the test, also a violation of the content policy.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { launch } from '../../scripts/browser.mjs';
import { servedTop, shifts, watchShifts } from '../shifts';

export const desktop = { width: 1440, height: 900 };
export const phone = { width: 360, height: 740 };

export const photo = (number: number): string =>
  join(inject('pictures'), `kn-${String(number).padStart(5, '0')}.jpg`);

/** A video that repeats one picture, for Chromium's fake camera. Files of tests that run at once have one each. */
export function film(): string {
  const path = join(inject('pictures'), `film-${process.pid}.mjpeg`);
  writeFileSync(path, Buffer.concat(Array.from({ length: 60 }, () => readFileSync(photo(12)))));
  return path;
}

export function browser(context: BrowserContextOptions = {}, flags: () => string[] = () => []) {
  let running: Awaited<ReturnType<typeof launch>>;
  let errors: string[] = [];
  const pages: Page[] = [];

  beforeAll(async () => {
    const options = { viewport: desktop, reducedMotion: 'reduce' as const, locale: 'en-GB', ...context };
    running = await launch(options, flags());
  });
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.close()));
    const met = errors;
    errors = [];
    expect(met).toEqual([]);
  });
  afterAll(() => running.close());

  return {
    /** Opens a path of the shop; `quiet` ignores errors that are expected, as without a connection. */
    async open(path = '/', viewport = desktop, quiet = false): Promise<Page> {
      const page = await running.browser.newPage();
      pages.push(page);
      await page.setViewportSize(viewport);
      page.setDefaultTimeout(15_000);
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' && !quiet) errors.push(message.text());
      });
      await page.goto(path.startsWith('http') ? path : `${inject('shop')}${path}`);
      return page;
    },
    context: () => running.browser,
  };
}

/** A picture that the page sent. */
export interface Sent {
  path: string;
  bytes: number;
  width: number;
  height: number;
  hasExif: boolean;
}

/** Records every picture that the page sends from now on. */
export async function recordPictures(page: Page): Promise<() => Promise<Sent[]>> {
  await page.evaluate(() => {
    const sent: Promise<unknown>[] = [];
    const before = window.fetch;
    const measured = async (path: string, picture: Blob) => {
      const bitmap = await createImageBitmap(picture, { imageOrientation: 'none' });
      const text = new TextDecoder('latin1').decode(await picture.arrayBuffer());
      const { width, height } = bitmap;
      return { path, bytes: picture.size, width, height, hasExif: text.includes('Exif') };
    };
    window.fetch = (input, init) => {
      const body = init?.body;
      const picture = body instanceof FormData ? body.get('image') : body;
      if (picture instanceof Blob) sent.push(measured(String(input), picture));
      return before(input, init);
    };
    Object.assign(window, { sentPictures: sent });
  });
  return () =>
    page.evaluate(() => Promise.all((window as unknown as { sentPictures: Promise<Sent>[] }).sentPictures));
}

export const id = (page: Page, name: string) => page.getByTestId(name);

/** Waits until the grid shows an answer and no search runs. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('section.results[aria-busy="false"] [data-testid="hit"]');
}

/** Loads a start page anew: nothing moves on it, and products stand where the server put them. */
export async function standsStill(page: Page): Promise<void> {
  await watchShifts(page);
  await page.reload();
  await settled(page);
  await page.waitForFunction(() => document.querySelector('.served') === null);
  const shown = await page.locator('[data-testid="hit"] img').first().boundingBox();
  expect(Math.abs(shown!.y - (await servedTop(page))!)).toBeLessThanOrEqual(2);
  expect(await shifts(page)).toEqual([]);
}

export const ids = (page: Page): Promise<string[]> =>
  page.$$eval('[data-testid="hit"]', (hits) => hits.map((hit) => hit.getAttribute('data-id') ?? ''));

/** Searches with a picture file; the first one of a visit asks for consent. */
export async function choose(page: Page, file: string, consents = true): Promise<void> {
  await page.locator('input[type=file]').first().setInputFiles(file);
  if (consents) await id(page, 'picture-allow').click();
  await page.waitForSelector('[data-testid="hit"][data-kind="exact"]');
}

/** Changes the system's theme and waits until the page has it: the interface follows by an event, and colours fade. */
export async function painted(page: Page, scheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme });
  await page.waitForFunction(
    (theme) =>
      document.documentElement.dataset.theme === theme &&
      document.getAnimations().every((one) => one.playState === 'finished'),
    scheme,
  );
}
