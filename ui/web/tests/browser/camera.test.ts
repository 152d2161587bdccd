// Both kinds of camera: the web view's own (Chromium's fake one) and the app's.

import { describe, expect, it } from 'vitest';
import { browser, id, ready } from './harness';

const { open } = browser({ permissions: ['camera'] }, [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
]);

describe.each([
  ['the web view', ''],
  ['the app', '&camera=native'],
])('the camera of %s', (_, kind) => {
  it('shows what it sees, and searches with it', async () => {
    const page = await ready(await open(`hint=0${kind}`));
    await id(page, 'camera-button').click();
    await id(page, 'camera-preview').waitFor();
    await page.locator('[data-testid="camera-capture"]:enabled').click();
    await id(page, 'query-picture').waitFor();
    await id(page, 'camera-preview').waitFor({ state: 'detached' });
    await page.locator('[data-testid="hit"][data-percent]').first().waitFor();
  });

  it('finds while it is pointed, settles, and a tap keeps the frame', async () => {
    const page = await ready(await open(`hint=0${kind}`));
    await id(page, 'camera-button').click();
    await page.locator('[data-testid="camera-live-toggle"]:enabled').click();
    await page.locator('[data-testid="live-state"][data-state="stable"]').waitFor();
    await page.locator('[data-kind="exact"]').first().waitFor();
    await id(page, 'camera-preview').click();
    await id(page, 'query-picture').waitFor();
  });

  it('is off when its page is left', async () => {
    const page = await ready(await open(`hint=0${kind}`));
    await id(page, 'camera-button').click();
    await page.locator('[data-testid="camera-capture"]:enabled').waitFor();
    await id(page, 'nav-settings').click();
    await id(page, 'nav-search').click();
    expect(await id(page, 'camera-preview').count()).toBe(0);
  });
});

it('paints the frames of the app’s camera fast enough', async () => {
  const page = await ready(await open('hint=0&camera=native'));
  await id(page, 'camera-button').click();
  await page.waitForFunction(() => Number(document.querySelector('canvas')?.dataset['fps']) >= 24, null, {
    timeout: 20_000,
  });
});

it.each([
  ['camera_none', 'No camera was found'],
  ['camera_denied', 'may not be used'],
  ['camera_timeout', 'does not answer'],
])('says %s plainly, and offers the other ways', async (code, text) => {
  const page = await ready(await open(`hint=0&camera=native&fail=open_camera:${code}`));
  await id(page, 'camera-button').click();
  const problem = id(page, 'problem');
  await problem.waitFor();
  expect(await problem.textContent()).toContain(text);
  await problem.getByRole('button', { name: 'Part of the screen' }).click();
  await page.getByRole('dialog').waitFor();
});

it('says so when it is unplugged', async () => {
  const page = await ready(await open('hint=0&camera=native&fail=camera:camera_lost'));
  await id(page, 'camera-button').click();
  await id(page, 'problem').waitFor();
  expect(await id(page, 'problem').textContent()).toContain('The camera stopped');
  await page.getByRole('button', { name: 'Use words' }).click();
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset['testid'])).toBe('words');
});
