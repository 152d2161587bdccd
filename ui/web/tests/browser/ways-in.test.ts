// Tests of every way to search: words, one or several files, drops, pastes, addresses, the screen.

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { browser, id, png, ready, transfer } from './harness';

const { open } = browser();

const firstHit = (page: Page, category: string) =>
  page.locator(`[data-testid="hit"][data-index="0"][data-category="${category}"]`).waitFor();

it('is usable at once, and says when', async () => {
  const page = await ready(await open());
  const marks = await page.evaluate(() => performance.getEntriesByType('mark').map((mark) => mark.name));
  expect(marks).toContain('knytt:usable');
  expect(marks).toContain('knytt:hits');
  expect(await id(page, 'match-count').textContent()).toContain('120 products');
  expect(await id(page, 'hit').count()).toBeGreaterThan(3);
});

it('draws only the part of the list that is seen', async () => {
  const page = await ready(await open());
  expect(await id(page, 'hit').count()).toBeLessThan(40);
  await page.evaluate(() => window.scrollTo({ top: document.body.scrollHeight }));
  await page.locator('[data-index="59"]').waitFor();
  expect(await page.locator('[data-index="0"]').count()).toBe(0);
  // Reaching the end of the list loads more hits.
  await page.evaluate(() => window.scrollTo({ top: document.body.scrollHeight }));
  await page.locator('[data-index="119"]').waitFor();
});

it('finds by words while they are typed, and leaves out what it is told to', async () => {
  const page = await ready(await open());
  await id(page, 'words').pressSequentially('red dre', { delay: 20 });
  await firstHit(page, 'Dresses');
  await id(page, 'words').fill('dress not striped');
  const chip = id(page, 'chip').filter({ hasText: 'not striped' });
  await chip.waitFor();
  await chip.click();
  await chip.waitFor({ state: 'detached' });
  expect(await id(page, 'words').inputValue()).toBe('dress');
  await id(page, 'exclude').fill('plain');
  await page.keyboard.press('Enter');
  await id(page, 'chip').waitFor();
  expect(await id(page, 'timings').textContent()).toMatch(/ms/u);
});

it('takes a file, a second one beside it, and gives both back', async () => {
  const page = await ready(await open());
  const red = { name: 'red-dress.png', mimeType: 'image/png', buffer: await png(page, '#b53b3b') };
  const navy = { name: 'navy-hat.png', mimeType: 'image/png', buffer: await png(page, '#2c3b63') };
  await id(page, 'file-input').setInputFiles(red);
  await firstHit(page, 'Dresses');
  await id(page, 'query-picture').waitFor();
  await id(page, 'file-input').setInputFiles([navy]);
  await firstHit(page, 'Hats');
  await page.getByRole('button', { name: 'Search with picture 1' }).click();
  await firstHit(page, 'Dresses');
  await page.getByRole('button', { name: 'Remove picture 1' }).click();
  await firstHit(page, 'Hats');
  await page.getByRole('button', { name: 'Remove this picture' }).click();
  await page.getByText('120 products').first().waitFor();
});

it('weighs the picture against the words', async () => {
  const page = await ready(await open());
  const buffer = await png(page, '#b53b3b');
  await id(page, 'file-input').setInputFiles({ name: 'dress.png', mimeType: 'image/png', buffer });
  await id(page, 'words').fill('chair');
  await id(page, 'alpha').waitFor();
  await id(page, 'alpha').fill('0');
  await firstHit(page, 'Chairs');
  await id(page, 'alpha').fill('1');
  await firstHit(page, 'Dresses');
});

it('shows that a picture may be dropped anywhere, and takes it', async () => {
  const page = await ready(await open());
  const data = await transfer(page, await png(page, '#b53b3b'), 'hat.png');
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: data });
  await page.getByText('Drop it to find it').waitFor();
  await page.dispatchEvent('[data-testid="hit"]', 'drop', { dataTransfer: data });
  await page.getByText('Drop it to find it').waitFor({ state: 'detached' });
  await firstHit(page, 'Hats');
});

it('takes the address of a picture that is dropped, or pasted into the words', async () => {
  const page = await ready(await open());
  const data = await transfer(page, null, '', {
    'text/html': '<a href="/x"><img src="https://shop.example/a.jpg"></a>',
  });
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
  await id(page, 'query-picture').waitFor();
  const text = await transfer(page, null, '', { 'text/plain': 'https://shop.example/b.jpg' });
  await id(page, 'words').evaluate((field, clipboardData) => {
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
  await page.getByRole('button', { name: 'Search with picture 2' }).waitFor();
  expect(await id(page, 'words').inputValue()).toBe('');
});

it('takes a pasted picture from the page, or from the app if the page was given none', async () => {
  const page = await ready(await open('hint=0&clipboard=1'));
  const data = await transfer(page, await png(page, '#ddb048'), 'bag.png');
  await page.evaluate((clipboardData) => {
    document.body.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    );
  }, data);
  await firstHit(page, 'Bags');
  await page.keyboard.press('Control+v');
  await id(page, 'proposal-dot').first().waitFor();
});

it('says what a file that is no picture is', async () => {
  const page = await ready(await open());
  await id(page, 'file-input').setInputFiles({
    name: 'a.png',
    mimeType: 'image/png',
    buffer: Buffer.from('no'),
  });
  await id(page, 'problem').waitFor();
  expect(await id(page, 'problem').textContent()).toContain('JPEG, PNG');
  await page.getByText('120 products').first().waitFor();
});

it('crops: the dots of a screen, the handles, the whole again', async () => {
  const page = await ready(await open());
  await page.getByRole('button', { name: 'Part of the screen' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByTestId('proposal-dot').nth(3).click();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await firstHit(page, 'Shoes');
  await id(page, 'proposal-dot').first().click();
  await firstHit(page, 'Hats');
  const before = await id(page, 'crop-box').boundingBox();
  const handle = (await id(page, 'crop-handle-se').boundingBox())!;
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  await page.mouse.move(handle.x + 30, handle.y + 160, { steps: 6 });
  await page.mouse.up();
  const after = await id(page, 'crop-box').boundingBox();
  expect(after!.height).toBeGreaterThan(before!.height + 60);
  await firstHit(page, 'Jackets');
  await id(page, 'whole-picture').click();
  await page.waitForFunction(
    (height) =>
      document.querySelector('[data-testid="crop-box"]')!.getBoundingClientRect().height > height + 20,
    after!.height,
  );
});

it('narrows by filters, price and order, and widens again', async () => {
  const page = await ready(await open());
  await page.locator('[data-testid="facet-value"][data-value="Bags"]').click();
  await page.getByText('10 products').first().waitFor();
  await page.locator('[data-testid="facet-value"][data-field="shade"]').first().click();
  await id(page, 'price-max').fill('1');
  await page.locator('[data-verdict="nothing_passes"]').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  await page.getByText('120 products').first().waitFor();
  await id(page, 'sort').selectOption('price_up');
  await page.waitForFunction(() => {
    const prices = [...document.querySelectorAll('[data-testid="hit"] .price b')].map((b) =>
      Number(b.textContent?.replace(/[^\d.]/gu, '')),
    );
    return prices.length > 3 && prices[0]! <= prices[1]! && prices[0]! < 20;
  });
});

it('does not move the page when an answer fails, and recovers', async () => {
  const page = await open('hint=0&fail=search:internal*1');
  await id(page, 'problem').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await ready(page);
  expect(await id(page, 'problem').count()).toBe(0);
});
