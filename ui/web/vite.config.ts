import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// The policy of the app's own window, so that what breaks it breaks in the browser tests too.
const policy =
  "default-src 'self'; img-src 'self' picture: http://picture.localhost blob: data:; style-src 'self'; " +
  "script-src 'self'; connect-src 'self' ipc: http://ipc.localhost; media-src 'self' blob: mediastream:";

/** What the first view needs. Else each part that a lazy view shares with it would be a file of its own. */
const shared =
  /node_modules\/svelte\/|src\/(?:components\/(?:shared|query|search)\/|lib\/(?:state|util|i18n|api\/(?:shop\/)?[a-z]+\.ts))/u;
const sharedProduct =
  /product\/(?:ProductCard|Price|Stock|Match|Favourite|CompareBar)|catalogs\/SyncBar|preload-helper/u;
const lazy =
  /messages\/(?!en\.)|CropDialog|FilterSheet|LookStrip|api\/tauri|i18n\/(?:account|reasons)|state\/model/u;
const ofFirstView = (id: string): boolean => (shared.test(id) || sharedProduct.test(id)) && !lazy.test(id);

/** How many milliseconds a test waits for what a page shows, on a machine that is busy with other things. */
const patience = 10_000;

/** How many test files run at once, each with a browser of its own, which waits for half of the time. */
const browsers = 2;

export default defineConfig({
  plugins: [svelte()],
  base: './',
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  preview: { headers: { 'Content-Security-Policy': policy } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // What the first view needs is one file with one style: over HTTP/1.1 each more costs a round trip.
      output: {
        codeSplitting: {
          groups: [{ name: 'shell', test: ofFirstView, includeDependenciesRecursively: false }],
        },
      },
    },
  },
  test: {
    projects: [
      {
        extends: true,
        // Without it Svelte's server build is taken, where state does not react.
        resolve: { conditions: ['browser'] },
        test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], environment: 'node' },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['tests/browser/serve.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: patience } },
          maxWorkers: browsers,
        },
      },
      {
        extends: true,
        test: {
          name: 'shop',
          include: ['tests/shop/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['tests/shop/serve.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: patience } },
          maxWorkers: browsers,
        },
      },
    ],
  },
});
