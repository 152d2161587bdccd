// A real shop for these tests, and another origin whose pages use it.

import type { TestProject } from 'vitest/node';
import { freePort, openShop } from '../../scripts/shop.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    shop: string;
    pictures: string;
    /** The port of pages of another origin, which the shop lets search. */
    otherPort: number;
  }
}

export default async function setup(project: TestProject) {
  const port = await freePort();
  const shop = await openShop({ flags: ['--cors-origins', `http://127.0.0.1:${port}`] });
  project.provide('shop', shop.url);
  project.provide('pictures', shop.pictures);
  project.provide('otherPort', port);
  return shop.close;
}
