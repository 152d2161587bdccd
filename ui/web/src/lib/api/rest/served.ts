// What the server put into the page that it sent, so that the interface need not ask for it.

import type { ProductPage } from '../generated/ProductPage';

interface Served {
  product?: ProductPage;
  category?: string;
}

let read: Served | null = null;

function page(): Served {
  if (read) return read;
  try {
    // No document, or no such element: the server put nothing in.
    read = JSON.parse(document.getElementById('served')?.textContent ?? '{}') as Served;
  } catch {
    read = {};
  }
  return read;
}

/** A product's page, once: later it may have changed. */
export function served(id: string): ProductPage | null {
  const { product } = page();
  if (product?.card.id !== id) return null;
  delete page().product;
  return product;
}

/** The category of the page, once: then the shopper's own filters hold. */
export function servedCategory(): string | null {
  const { category = null } = page();
  delete page().category;
  return category;
}
