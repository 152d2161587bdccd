// Tests of the understood conditions, the reasons of a rank, the mixture, and the learned taste.

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { browser, id, ready, resting } from './harness';

const { open } = browser();
const chips = (page: Page) => id(page, 'chip').allInnerTexts();
const chipsAre = async (page: Page, wanted: string[]) =>
  expect.poll(async () => (await chips(page)).map((text) => text.trim())).toEqual(wanted);

it('takes back what was understood, by pointer and by keyboard, and keeps what was typed', async () => {
  const page = await ready(await open());
  const field = id(page, 'words');
  await field.fill('red dress under 150 not striped');
  await chipsAre(page, ['Red', 'Up to €150', 'not striped']);
  expect(await field.inputValue()).toBe('red dress under 150 not striped');
  await page.getByRole('button', { name: 'Remove Up to €150' }).click();
  await chipsAre(page, ['Red', 'not striped']);
  expect(await field.inputValue()).toBe('red dress not striped');
  await page.getByRole('button', { name: 'Remove not striped' }).focus();
  await page.keyboard.press('Enter');
  await chipsAre(page, ['Red']);
  const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).ariaLabel);
  expect(await focused()).toBe('Remove Red');
  await page.keyboard.press('Space');
  await expect.poll(() => field.inputValue()).toBe('dress');
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset['testid'])).toBe('words');
});

it('moves nothing while chips come and go', async () => {
  const page = await ready(await open());
  const grid = async () => (await page.locator('[data-index="0"]').boundingBox())!.y;
  await id(page, 'words').fill('dress');
  await page.locator('[data-index="0"][data-percent]').waitFor();
  const before = await resting(grid);
  await id(page, 'words').fill('dress under 150');
  await chipsAre(page, ['Up to €150']);
  expect(Math.abs((await resting(grid)) - before)).toBeLessThan(3);
  await page.setViewportSize({ width: 360, height: 740 });
  const small = await resting(grid);
  await id(page, 'words').fill('dress');
  await chipsAre(page, []);
  expect(Math.abs((await resting(grid)) - small)).toBeLessThan(3);
});

it('lets conditions go when nothing meets them', async () => {
  const page = await ready(await open());
  await id(page, 'words').fill('red dress under 1');
  await page.locator('[data-verdict="nothing_passes"]').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.locator('[data-index="0"][data-category="Dresses"]').waitFor();
  expect(await id(page, 'words').inputValue()).toBe('"red dress"');
});

it('says why, by keyboard, and gives the focus back', async () => {
  const page = await ready(await open());
  await id(page, 'words').fill('red dress');
  await page.locator('[data-index="0"][data-percent]').waitFor();
  const button = page.locator('[data-index="0"] [data-testid="why"]');
  await button.focus();
  await page.keyboard.press('Enter');
  const reasons = page.locator('[data-testid="reasons"] li');
  await reasons.first().waitFor();
  const shares = await reasons.evaluateAll((all) => all.map((li) => li.dataset['reason']));
  expect(shares).toContain('visual');
  expect(shares).toContain('words');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect
    .poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset['testid']))
    .toBe('why');
});

it('hides what is not for the shopper, and brings it back', async () => {
  const page = await ready(await open());
  await id(page, 'words').fill('lamp');
  const first = page.locator('[data-index="0"][data-category="Lamps"]');
  await first.waitFor();
  const gone = await first.getAttribute('data-id');
  await first.getByTestId('why').click();
  await id(page, 'dismiss').click();
  await page.locator(`[data-id="${gone}"]`).waitFor({ state: 'detached' });
  await id(page, 'notice-action').click();
  await page.locator(`[data-index="0"][data-id="${gone}"]`).waitFor();
});

it('asks for more of one product and less of another', async () => {
  const page = await ready(await open());
  await id(page, 'words').fill('jacket');
  const first = page.locator('[data-index="0"][data-category="Jackets"]');
  await first.waitFor();
  const unwanted = await first.getAttribute('data-id');
  await first.getByTestId('why').click();
  await id(page, 'mix-less').click();
  await page.locator(`[data-index="0"]:not([data-id="${unwanted}"])`).waitFor();
  const mixed = id(page, 'mixed');
  expect(await mixed.getAttribute('data-id')).toBe(unwanted);
  await id(page, 'mix-weight').press('End');
  await page.locator(`[data-index="0"][data-id="${unwanted}"]`).waitFor();
  await id(page, 'mix-remove').click();
  await mixed.waitFor({ state: 'detached' });
});

it('shows what it has learned, and forgets it', async () => {
  const page = await ready(await open());
  await id(page, 'favourite').first().click();
  await id(page, 'nav-settings').click();
  await id(page, 'taste-show').click();
  await id(page, 'taste').getByText('Dresses', { exact: true }).waitFor();
  await id(page, 'taste-forget').click();
  await id(page, 'confirm').click();
  await id(page, 'taste-none').waitFor();
  await page.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await id(page, 'personal').isChecked()).toBe(true);
  await id(page, 'personal').uncheck();
  // The consent names this shop and one address.
  await page.getByText('Help Knytt sample shop get better').waitFor();
  await page.getByText('events.nordlicht.example', { exact: false }).waitFor();
  await id(page, 'consent').check();
  await id(page, 'waiting').waitFor();
});

it('leads from a colour to the others, and from a price to a lower one', async () => {
  const page = await open('hint=0', '#/product/p014');
  await id(page, 'variants').getByText('Sold out').first().waitFor();
  await page.locator('[data-testid="other-colors"] a').first().click();
  await page.waitForURL((url) => !url.href.endsWith('p014'));
  await page.locator('[data-testid="other-colors"] a[href$="p014"]').waitFor();
  const jacket = await open('hint=0', '#/product/p017');
  await jacket.getByRole('heading', { name: 'Cheaper alternatives' }).waitFor();
});

it('filters by colours and patterns in the shopper’s language', async () => {
  const page = await ready(await open('hint=0&language=de'));
  await page.locator('[data-field="shade"][data-value="red"]').getByText('Rot').waitFor();
  await page.locator('[data-field="shade"][data-value="red"]').click();
  await chipsAre(page, ['Rot']);
  await id(page, 'words').fill('dress not striped');
  await chipsAre(page, ['nicht gestreift', 'Rot']);
});
