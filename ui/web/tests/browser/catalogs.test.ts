// Catalogues: adding one by link, picture, camera and keyboard alone; updating and removing them.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browser, id, phone, png, ready, transfer } from './harness';

const { open } = browser({ permissions: ['camera'] }, [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
]);
const pinned = `knytt://catalog?url=https%3A%2F%2Fshop.example%2Fc&root=${'0f'.repeat(32)}`;
const dialog = (page: Page) => page.getByRole('dialog');
const row = (page: Page, name: string) => id(page, 'catalog').filter({ hasText: name });
const settings = async (page: Page) => {
  await id(page, 'storage').waitFor();
  return page;
};

describe('adding a catalogue', () => {
  it('goes by keyboard alone, from the link to the shop', async () => {
    const page = await settings(await open('hint=0', '#/settings'));
    await id(page, 'add-catalog').focus();
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    const focused = () =>
      page.evaluate(() => (document.activeElement as HTMLElement).dataset['testid'] ?? '');
    expect(await focused()).toBe('add-link');
    await page.keyboard.type(pinned);
    await page.keyboard.press('Enter');
    await id(page, 'offer').waitFor();
    expect(await id(page, 'offer-key').textContent()).toMatch(/^([0-9a-f]{4} ){3}[0-9a-f]{4}$/u);
    for (let i = 0; i < 12 && (await focused()) !== 'add-accept'; i++) await page.keyboard.press('Tab');
    expect(await focused()).toBe('add-accept');
    await page.keyboard.press('Enter');
    await page.getByRole('progressbar', { name: 'Add a catalogue' }).waitFor();
    await dialog(page).waitFor({ state: 'detached' });
    await row(page, 'Nordlicht Outdoor').locator('text=In use').waitFor();
    // Escape closes the dialog and stays on the page.
    await id(page, 'add-catalog').focus();
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    expect(page.url()).toContain('#/settings');
  });

  it('is held up by what is not safe, and goes on with a better link', async () => {
    const page = await settings(await open('hint=0', '#/settings'));
    await id(page, 'add-catalog').click();
    await id(page, 'add-link').fill('http://shop.example/c');
    await id(page, 'add-next').click();
    await dialog(page).locator('[data-code="insecure"]').waitFor();
    await id(page, 'add-link').fill('https://shop.example/c');
    await id(page, 'add-next').click();
    await page.locator('[data-testid="offer"][data-trust="first_use"]').waitFor();
    await id(page, 'add-back').click();
    expect(await id(page, 'add-link').inputValue()).toBe('https://shop.example/c');
  });

  it('reads a code from a file, a drop and a paste, and searches with none of them', async () => {
    const page = await settings(await open('hint=0', '#/settings'));
    const picture = await png(page, '#222222');
    const again = async () => {
      await id(page, 'offer').waitFor();
      await id(page, 'add-back').click();
    };
    await id(page, 'add-catalog').click();
    await id(page, 'add-file').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: picture });
    await again();
    const data = await transfer(page, picture, 'code.png');
    await page.evaluate(
      (dropped) => window.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true })),
      data,
    );
    await again();
    await page.evaluate(
      (pasted) => window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: pasted, bubbles: true })),
      data,
    );
    await again();
    await page.evaluate((link) => {
      const text = new DataTransfer();
      text.setData('text/plain', link);
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: text, bubbles: true }));
    }, pinned);
    await id(page, 'offer').getByText('shop.example').first().waitFor();
    expect(page.url()).toContain('#/settings');
  });

  it.each([
    ['the web view', ''],
    ['the app', '&camera=native'],
  ])('scans a code with the camera of %s', async (_, kind) => {
    const page = await settings(await open(`hint=0${kind}`, '#/settings'));
    await id(page, 'add-catalog').click();
    await id(page, 'add-scan').click();
    await id(page, 'offer').waitFor();
    expect(await id(page, 'code-camera').count()).toBe(0);
  });

  it('says so when there is no camera, and when there is no code', async () => {
    const page = await settings(
      await open('hint=0&camera=native&fail=open_camera:camera_denied,read_code:no_code', '#/settings'),
    );
    await id(page, 'add-catalog').click();
    await id(page, 'add-scan').click();
    await id(page, 'code-camera-problem').waitFor();
    await id(page, 'add-scan').click();
    const buffer = await png(page, '#222222');
    await id(page, 'add-file').setInputFiles({ name: 'cat.png', mimeType: 'image/png', buffer });
    await dialog(page).locator('[data-code="no_code"]').waitFor();
  });

  it('begins at a link from outside, and where there is no catalogue yet', async () => {
    const page = await open(`hint=0&catalog=none&link=${encodeURIComponent(pinned)}`);
    await id(page, 'offer').waitFor();
    await id(page, 'add-accept').click();
    await dialog(page).waitFor({ state: 'detached' });
    await ready(page);
    const empty = await open('hint=0&catalog=none&sync=hold');
    await id(empty, 'add-catalog').click();
    await id(empty, 'add-link').fill(pinned);
    await id(empty, 'add-next').click();
    await id(empty, 'add-accept').click();
    await id(empty, 'add-background').click();
    await id(empty, 'sync').waitFor();
    await id(empty, 'sync-cancel').click();
    await id(empty, 'sync').waitFor({ state: 'detached' });
  });
});

describe('the list', () => {
  it('updates, opens and removes', async () => {
    const page = await settings(await open('hint=0', '#/settings'));
    const green = row(page, 'Grünzeug');
    await green.getByText('3 hours ago').waitFor();
    await green.getByTestId('catalog-update').click();
    await page.getByText('Grünzeug & Garten is up to date.').waitFor();
    await green.getByRole('button', { name: 'Open' }).click();
    await green.locator('text=In use').waitFor();
    await green.getByTestId('catalog-remove').click();
    await dialog(page).getByText('deleted from this device').waitFor();
    await id(page, 'confirm').click();
    await green.waitFor({ state: 'detached' });
    await row(page, 'Knytt sample shop').locator('text=In use').waitFor();
    const furniture = row(page, 'Furniture');
    await furniture.getByTestId('catalog-remove').click();
    await dialog(page).getByText('stay where they are').waitFor();
  });

  it('shows an update that is under way, to be stopped', async () => {
    const page = await settings(await open('hint=0&sync=hold', '#/settings'));
    await id(page, 'add-catalog').click();
    await id(page, 'add-link').fill(pinned);
    await id(page, 'add-next').click();
    await id(page, 'add-accept').click();
    await dialog(page).locator('[data-phase="downloading"]').waitFor();
    await id(page, 'add-background').click();
    const coming = row(page, 'Nordlicht');
    await coming.getByText(/of 48.2 MB downloaded/u).waitFor();
    await coming.getByTestId('sync-cancel').click();
    await coming.getByTestId('catalog-update').getByText('Download').waitFor();
  });

  it('says calmly that a catalogue is old, and searches all the same', async () => {
    const page = await ready(await open('hint=0&stale=12'));
    await id(page, 'stale').getByText('The catalogue is 12 days old.').waitFor();
    await id(page, 'words').fill('red dress');
    await page.locator('[data-index="0"][data-percent]').waitFor();
    expect(await id(page, 'problem').count()).toBe(0);
  });

  it('mirrors in Arabic', async () => {
    const page = await settings(await open('hint=0&language=ar&sync=hold', '#/settings', phone));
    await id(page, 'add-catalog').click();
    await id(page, 'add-link').fill(pinned);
    await id(page, 'add-next').click();
    await id(page, 'add-accept').click();
    await dialog(page).locator('[data-phase="downloading"]').waitFor();
    const bar = (await dialog(page).getByRole('progressbar').boundingBox())!;
    const done = (await dialog(page).locator('[role="progressbar"] span').boundingBox())!;
    expect(bar.x + bar.width - (done.x + done.width)).toBeLessThan(2);
    const cancel = (await dialog(page).getByTestId('sync-cancel').boundingBox())!;
    expect(cancel.x).toBeLessThan(bar.x);
  });
});
