// Writes docs/screenshots/web: the views of the served interface, of a phone and of a desktop, light, dark and in Arabic.
// Names after "--" write only those: npm run screenshots:shop -- start-phone product-desktop

import { fill, launchStill } from './album.mjs';
import { openShop } from './shop.mjs';

const only = process.argv.slice(2);
const phone = { width: 360, height: 740 };
const desktop = { width: 1440, height: 900 };
const password = 'a long enough password';
const id = (page, name) => page.getByTestId(name);

let people = 0;

async function register(page) {
  people += 1;
  await id(page, 'account-email').fill(`ada-${people}@shop.example`);
  await id(page, 'account-password').fill(password);
  await id(page, 'account-send').click();
  await id(page, 'session').first().waitFor();
}

/** Each view's address, and what to do until it shows what is meant. */
const views = {
  start: ['/', (page) => id(page, 'hit').first().waitFor()],
  results: ['/?q=blue+jeans', (page) => page.waitForSelector('[data-testid="hit"][data-percent]')],
  product: ['/p/kn-00012', (page) => id(page, 'product-page').waitFor()],
  settings: ['/#/settings', (page) => id(page, 'language').waitFor()],
  register: ['/#/register', (page) => id(page, 'account-name').waitFor()],
  'wrong-password': [
    '/#/account',
    async (page) => {
      await id(page, 'account-email').fill('nobody@shop.example');
      await id(page, 'account-password').fill(password);
      await id(page, 'account-send').click();
      await id(page, 'account-problem').waitFor();
    },
  ],
  account: ['/#/register', register],
  'account-delete': [
    '/#/register',
    async (page) => {
      await register(page);
      await id(page, 'account-erase').click();
      await id(page, 'erase-password').waitFor();
    },
  ],
  history: [
    '/p/kn-00012',
    async (page) => {
      await id(page, 'product-page').waitFor();
      await id(page, 'nav-history').click();
      await id(page, 'viewed').waitFor();
    },
  ],
};

const looks = {
  phone: { viewport: phone, colorScheme: 'light' },
  'phone-dark': { viewport: phone, colorScheme: 'dark' },
  'phone-arabic': { viewport: phone, colorScheme: 'light', locale: 'ar' },
  desktop: { viewport: desktop, colorScheme: 'light' },
  'desktop-dark-arabic': { viewport: desktop, colorScheme: 'dark', locale: 'ar' },
};

const shop = await openShop();
try {
  await fill('web', only, async (album) => {
    for (const [look, context] of Object.entries(looks)) {
      for (const [view, [address, act]] of Object.entries(views)) {
        if (!album.wants(`${view}-${look}`)) continue;
        // A browser of its own each time: nobody is signed in, nothing was seen.
        const { browser, close } = await launchStill(context);
        try {
          const page = await browser.newPage();
          page.setDefaultTimeout(30_000);
          await page.goto(`${shop.url}${address}`);
          await act(page);
          await album.add(`${view}-${look}`, page);
        } finally {
          await close();
        }
      }
    }
  });
} finally {
  await shop.close();
}
