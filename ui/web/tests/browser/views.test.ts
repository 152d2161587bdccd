// Every view, light and dark: axe finds nothing. On a phone: nothing is too wide, no target is too small.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browser, desktop, id, phone, ready } from './harness';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const { open } = browser({ bypassCSP: true });

async function audit(page: Page): Promise<string[]> {
  // Wait for transitions to end: their intermediate colours could fail the audit.
  await page.waitForTimeout(250);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }).axe.run({
      resultTypes: ['violations'],
    }),
  );
  return violations.flatMap(({ id: rule, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${rule}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  );
}

/** Lists pages that are too wide, and targets that are too small for a thumb. */
async function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`page: ${root.scrollWidth} of ${root.clientWidth}`);
    const visible = (element: Element) =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      !element.closest('.visually-hidden, .skip');
    for (const element of document.querySelectorAll('a, button, input, select, summary')) {
      if (!visible(element) || element.classList.contains('visually-hidden')) continue;
      // For a field inside a label, the label is the target.
      const target = element.closest('label') ?? element;
      const { width, height } = target.getBoundingClientRect();
      if (width < 43.5 || height < 43.5)
        found.push(`${Math.round(width)}×${Math.round(height)}: ${element.outerHTML.slice(0, 140)}`);
    }
    return found;
  });
}

const shot = async (page: Page) => {
  await page.getByRole('button', { name: 'Part of the screen' }).first().click();
  await page.getByRole('dialog').waitFor();
};
const drop = (page: Page) =>
  page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text/uri-list', 'https://shop.example/a.jpg');
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  });

const adding = async (page: Page, link = '') => {
  await id(page, 'storage').waitFor();
  await id(page, 'add-catalog').click();
  await page.getByRole('dialog').waitFor();
  if (!link) return;
  await id(page, 'add-link').fill(link);
  await id(page, 'add-next').click();
};

/** Adds a few likes and a dislike, and opens what was learned of them. */
const learn = async (page: Page) => {
  await ready(page);
  for (const n of [0, 2]) await id(page, 'favourite').nth(n).click();
  await id(page, 'why').nth(1).click();
  await id(page, 'dismiss').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await id(page, 'nav-settings').click();
  await id(page, 'taste-show').click();
};

const views: {
  name: string;
  query?: string;
  hash?: string;
  act?: (page: Page, small: boolean) => Promise<unknown>;
}[] = [
  { name: 'first start', query: 'hint=1', act: ready },
  { name: 'browsing', act: ready },
  {
    name: 'looks',
    query: 'hint=0&looks=8',
    act: async (page) => {
      await ready(page);
      await id(page, 'look').nth(1).click();
      await id(page, 'shop-look').waitFor();
    },
  },
  {
    name: 'words',
    act: async (page) => {
      await ready(page);
      await id(page, 'words').fill('red dress not striped');
      await id(page, 'chip').first().waitFor();
      await id(page, 'compare-toggle').first().click();
    },
  },
  {
    name: 'picture and words',
    act: async (page, small) => {
      await ready(page);
      await drop(page);
      await id(page, 'words').fill('blue');
      await id(page, 'alpha').waitFor();
      if (small) await id(page, 'crop-unfold').click();
      await id(page, 'crop-box').waitFor();
    },
  },
  { name: 'crop', act: async (page, small) => (small ? drop(page) : shot(page)) },
  {
    name: 'filters',
    act: async (page, small) => {
      await ready(page);
      if (small) await id(page, 'filters-open').click();
      await page.locator('[data-testid="facet-value"]:visible').first().click();
      await id(page, 'chip').first().waitFor({ state: 'attached' });
    },
  },
  {
    name: 'no match',
    act: async (page) => {
      await ready(page);
      await id(page, 'words').fill('spaceship');
      await page.locator('[data-verdict="no_good_match"]').waitFor();
    },
  },
  {
    name: 'more like this',
    act: async (page) => {
      await ready(page);
      await id(page, 'more-like-this').first().click();
      await id(page, 'like').waitFor();
      await page.locator('[data-index="0"][data-percent]').waitFor();
    },
  },
  {
    name: 'chips',
    act: async (page) => {
      await ready(page);
      await id(page, 'words').fill('red dress under 150 size M, not striped without wool brand:Kumo');
      await page.locator('[data-testid="chip"]').nth(5).waitFor({ state: 'attached' });
    },
  },
  {
    name: 'why',
    act: async (page) => {
      await ready(page);
      await id(page, 'words').fill('dress');
      await page.locator('[data-index="0"][data-percent]').waitFor();
      await id(page, 'why').first().click();
      await page.locator('[data-testid="reasons"] li').first().waitFor();
    },
  },
  {
    name: 'not for me',
    act: async (page) => {
      await ready(page);
      await id(page, 'why').first().click();
      await id(page, 'dismiss').click();
      await id(page, 'notice-action').waitFor();
    },
  },
  {
    name: 'mixture',
    act: async (page) => {
      await ready(page);
      await id(page, 'words').fill('jacket');
      await page.locator('[data-index="0"][data-category="Jackets"]').waitFor();
      for (const way of ['mix-add', 'mix-less']) {
        await page
          .locator(`[data-index="${way === 'mix-add' ? 0 : 1}"]`)
          .getByTestId('why')
          .click();
        await id(page, way).click();
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      }
      await id(page, 'mixed').nth(1).waitFor();
    },
  },
  {
    name: 'taste',
    act: async (page) => {
      await learn(page);
      await id(page, 'taste').waitFor();
    },
  },
  {
    name: 'no taste',
    hash: '#/settings',
    act: async (page) => {
      await id(page, 'taste-show').click();
      await id(page, 'taste-none').waitFor();
    },
  },
  { name: 'product with choices', hash: '#/product/p014', act: (page) => id(page, 'variants').waitFor() },
  { name: 'product', hash: '#/product/p017', act: (page) => id(page, 'product-page').waitFor() },
  { name: 'product that is gone', hash: '#/product/none', act: (page) => id(page, 'problem').waitFor() },
  {
    name: 'favourites',
    act: async (page) => {
      await ready(page);
      for (const n of [0, 1, 2]) await id(page, 'favourite').nth(n).click();
      await id(page, 'nav-favourites').click();
      await page.getByRole('heading', { name: 'Favourites' }).waitFor();
      await page.locator('main:not([hidden]) [data-testid="hit"]').first().waitFor();
    },
  },
  {
    name: 'no favourites',
    hash: '#/favourites',
    act: (page) => page.getByText('No favourites yet').waitFor(),
  },
  {
    name: 'history',
    act: async (page) => {
      await ready(page);
      await id(page, 'words').fill('lamp');
      await page.locator('[data-index="0"][data-category="Lamps"]').waitFor();
      await id(page, 'nav-history').click();
      await id(page, 'history-entry').first().waitFor();
    },
  },
  {
    name: 'clearing the history',
    act: async (page) => {
      await ready(page);
      await id(page, 'words').fill('lamp');
      await page.locator('[data-index="0"][data-category="Lamps"]').waitFor();
      await id(page, 'nav-history').click();
      await id(page, 'history-clear').click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'compare',
    act: async (page) => {
      await ready(page);
      for (const n of [0, 1, 2, 3]) await id(page, 'compare-toggle').nth(n).click();
      await id(page, 'compare-open').click();
      await page.getByText('Portugal').first().waitFor();
    },
  },
  {
    name: 'nothing to compare',
    hash: '#/compare',
    act: (page) => page.getByText('Nothing to compare').waitFor(),
  },
  {
    name: 'catalogues',
    query: 'hint=0&stale=12',
    hash: '#/settings',
    act: (page) => id(page, 'stale').last().waitFor(),
  },
  { name: 'old catalogue', query: 'hint=0&stale=12', act: ready },
  { name: 'adding a catalogue', hash: '#/settings', act: (page) => adding(page) },
  {
    name: 'link that is none',
    hash: '#/settings',
    act: async (page) => {
      await adding(page, 'shop.example');
      await page.getByRole('dialog').getByTestId('problem').waitFor();
    },
  },
  {
    name: 'code before the camera',
    query: 'hint=0&camera=native',
    hash: '#/settings',
    act: async (page) => {
      await adding(page);
      // The mock soon finds its code: either the camera or the offer shows.
      await id(page, 'add-scan').click();
      await id(page, 'code-camera').or(id(page, 'offer')).waitFor();
    },
  },
  {
    name: 'catalogue that is offered',
    hash: '#/settings',
    act: async (page) => {
      await adding(page, 'https://shop.example/c');
      await id(page, 'offer').waitFor();
    },
  },
  {
    name: 'catalogue on its way',
    query: 'hint=0&sync=hold',
    hash: '#/settings',
    act: async (page) => {
      await adding(page, 'https://shop.example/c');
      await id(page, 'add-accept').click();
      await page.locator('dialog [data-phase="downloading"]').waitFor();
    },
  },
  {
    name: 'catalogue that did not come',
    query: 'hint=0&sync=tampered',
    hash: '#/settings',
    act: async (page) => {
      await adding(page, 'https://shop.example/c');
      await id(page, 'add-accept').click();
      await page.getByRole('dialog').locator('[data-code="tampered"]').waitFor();
    },
  },
  {
    name: 'removing a catalogue',
    hash: '#/settings',
    act: async (page) => {
      await id(page, 'catalog-remove').first().click();
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'settings', hash: '#/settings', act: (page) => id(page, 'storage').waitFor() },
  {
    name: 'model that is offered',
    hash: '#/settings',
    act: async (page) => {
      await page.locator('[data-name="clip-l14"] [data-testid="model-get"]').click();
      await id(page, 'model-accept').waitFor();
    },
  },
  {
    name: 'model for the open catalogue',
    hash: '#/settings',
    act: async (page) => {
      await id(page, 'model-use').first().click();
      await page.getByRole('dialog').locator('dl').waitFor();
    },
  },
  {
    name: 'model at work',
    query: 'hint=0&model=hold',
    hash: '#/settings',
    act: async (page) => {
      await id(page, 'model-measure').first().click();
      await page.locator('[data-testid="model-work"][data-phase="measuring"]').waitFor();
    },
  },
  {
    name: 'stopped work on a model',
    query: 'hint=0&model=unfinished',
    hash: '#/settings',
    act: (page) => id(page, 'model-unfinished').waitFor(),
  },
  {
    name: 'model of a shop',
    query: 'hint=0&model=shop',
    hash: '#/settings',
    act: (page) => id(page, 'model-of-shop').waitFor(),
  },
  {
    name: 'model that left its GPU',
    query: 'hint=0&model=moved',
    hash: '#/settings',
    act: (page) => id(page, 'model-moved').waitFor(),
  },
  {
    name: 'missing safety classifier',
    query: 'hint=0&model=unjudged',
    hash: '#/settings',
    act: async (page) => {
      await id(page, 'classifier-missing').getByText('knytt model get FOLDER').waitFor();
    },
  },
  {
    name: 'licences',
    hash: '#/settings',
    act: async (page) => {
      await id(page, 'licences').click();
      await page.getByText('Apache-2.0').first().waitFor();
    },
  },
  {
    name: 'camera problem',
    query: 'hint=0&camera=native&fail=open_camera:camera_denied',
    act: async (page) => {
      await ready(page);
      await id(page, 'camera-button').click();
      await id(page, 'problem').waitFor();
    },
  },
  {
    name: 'camera',
    query: 'hint=0&camera=native',
    act: async (page) => {
      await ready(page);
      await id(page, 'camera-button').click();
      await page.locator('[data-testid="camera-live-toggle"]:enabled').click();
      await id(page, 'live-state').waitFor();
    },
  },
  { name: 'no catalogue', query: 'hint=0&catalog=none', act: (page) => id(page, 'problem').waitFor() },
  {
    name: 'failed search',
    query: 'hint=0&fail=search:internal',
    act: (page) => id(page, 'problem').waitFor(),
  },
];

describe.each(['light', 'dark'])('in %s colours', (theme) => {
  it.each(views)('axe finds nothing: $name', async ({ query = 'hint=0', hash, act }) => {
    const page = await open(`${query}&theme=${theme}`, hash, desktop);
    await act?.(page, false);
    expect(await audit(page)).toEqual([]);
  });
});

describe('on a phone', () => {
  it.each(views)('fits, and a thumb hits everything: $name', async ({ query = 'hint=0', hash, act }) => {
    const page = await open(query, hash, phone);
    await act?.(page, true);
    await page.waitForTimeout(150);
    expect(await misfits(page)).toEqual([]);
  });

  it.each(['de', 'fr', 'ar', 'zh'])('fits in %s', async (language) => {
    const page = await ready(await open(`hint=1&language=${language}`, '', phone));
    expect(await misfits(page)).toEqual([]);
    await id(page, 'words').fill('red dress under 150 size M, not striped');
    await page.locator('[data-testid="chip"]').nth(3).waitFor({ state: 'attached' });
    expect(await misfits(page)).toEqual([]);
    await id(page, 'why').first().click();
    await id(page, 'reasons').waitFor();
    expect(await misfits(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await id(page, 'nav-settings').click();
    await id(page, 'storage').waitFor();
    expect(await misfits(page)).toEqual([]);
    await adding(page, 'https://shop.example/c');
    await id(page, 'offer').waitFor();
    expect(await misfits(page)).toEqual([]);
    await id(page, 'add-back').click();
    await id(page, 'add-link').fill('http://shop.example/c');
    await id(page, 'add-next').click();
    await page.getByRole('dialog').getByTestId('problem').waitFor();
    expect(await misfits(page)).toEqual([]);
  });

  it('has nothing that axe finds', async () => {
    const page = await ready(await open('hint=1', '', phone));
    expect(await audit(page)).toEqual([]);
  });
});

it.each([1024, 1440, 1920])('fits at %i pixels', async (width) => {
  const page = await ready(await open('hint=0', '', { width, height: 900 }));
  const root = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(root[0]).toBeLessThanOrEqual(root[1]!);
});
