// Reads the data that the server put into its page, so that the interface need not ask for it.

import type { ProductPage } from '../generated/ProductPage';

interface Served {
  product?: ProductPage;
  category?: string;
}

let read: Served | null = null;

function page(): Served {
  if (read) return read;
  try {
    // Without a document or such an element, the server put nothing in.
    read = JSON.parse(document.getElementById('served')?.textContent ?? '{}') as Served;
  } catch {
    read = {};
  }
  return read;
}

/** The served page of a product, returned once only: later the product may have changed. */
export function served(id: string): ProductPage | null {
  const { product } = page();
  if (product?.card.id !== id) return null;
  delete page().product;
  return product;
}

/** The served category, returned once only: later the shopper's own filters apply. */
export function servedCategory(): string | null {
  const { category = null } = page();
  delete page().category;
  return category;
}
