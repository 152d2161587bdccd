// Reads the data that the server put into its page, so that the interface need not ask for it.

import type { ProductPage } from '../generated/ProductPage';
import type { ShownLook } from '../generated/ShownLook';
import type { Schemas } from '../shop/client';

interface Served {
  /** The catalogue that the page is of. */
  catalog?: string;
  product?: ProductPage;
  category?: string;
  /** Of the start page: what is searched, and the first page of the answer to these words. */
  catalogs?: Schemas['Searched'][];
  text?: string;
  /** The language whose rules the answer obeys. */
  language?: string;
  page?: Schemas['SearchPage'];
  /** The looks of the catalogue, to who looks around. */
  looks?: ShownLook[];
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

/** Whether the server put anything into the page. */
export const hasServed = (): boolean => globalThis.document?.getElementById('served') != null;

/** The served page of a product, returned once only: later the product may have changed. */
export function served(id: string, catalog: string | null): ProductPage | null {
  const { product, catalog: of = null } = page();
  if (product?.card.id !== id || (catalog !== null && catalog !== of)) return null;
  delete page().product;
  return product;
}

/** The served category, returned once only: later the shopper's own filters apply. */
export function servedCategory(): string | null {
  const { category = null } = page();
  delete page().category;
  return category;
}

/** The catalogues, once. */
export function servedCatalogs(): Schemas['Searched'][] | null {
  const { catalogs = null } = page();
  delete page().catalogs;
  return catalogs;
}

/** The looks of the catalogue as they are in this language, once: the shop may make others. */
export function servedLooks(catalog: string | null, spoken: string): ShownLook[] | null {
  const { looks, catalog: of, language, text } = page();
  delete page().looks;
  const isThis = language === spoken && (catalog === null || catalog === of);
  return looks && isThis && !text?.trim() ? looks : null;
}

/** The first page of the answer to a question, if the page came with it: to words alone, in the usual order. Once. */
export function servedAnswer(body: Schemas['SearchBody']): Schemas['SearchPage'] | null {
  const { page: answer, text, language: spoken } = page();
  delete page().page;
  const {
    catalog,
    text: words = '',
    language,
    limit,
    sort,
    cursor,
    like,
    price,
    mix,
    without,
    filters,
  } = body;
  const lists = [mix, without, filters];
  const isPlain = !cursor && !like && !price && sort === 'match' && lists.every((list) => !list?.length);
  const isSpoken = (language ?? null) === (spoken ?? null);
  const isSame = isSpoken && words.trim() === text?.trim() && (!catalog || catalog === answer?.catalog);
  return answer && isPlain && isSame && answer.hits.length <= (limit ?? 0) ? answer : null;
}
