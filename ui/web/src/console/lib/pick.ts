// Products to choose from.

import { api } from './api';
import type { Schemas } from '../../lib/api/shop/client';

export type Card = Schemas['Card'];

/** Found by words or an id, or what may stand instead of a product; with neither, what is sold out. */
export async function pick(id: string, query: { q?: string; instead?: string }): Promise<Card[]> {
  const found = await api.get('/api/v1/admin/catalogs/{id}/rules/products', { path: { id }, query });
  return found.products;
}

export const pictureOf = (catalog: string, id: string): string =>
  `/api/v1/products/${encodeURIComponent(id)}/picture?size=small&catalog=${encodeURIComponent(catalog)}`;
