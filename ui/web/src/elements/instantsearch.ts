// A `searchClient` for InstantSearch: widgets made for Algolia or Typesense show Knytt's answers.
//
//     instantsearch({ indexName: 'shop', searchClient: searchClient('https://search.shop.example') })

import type { Card, Found } from './shop';
import { pageOf, pictureOf } from './shop';

interface Asked {
  indexName: string;
  params?: {
    query?: string;
    page?: number;
    hitsPerPage?: number;
    facetFilters?: string | (string | string[])[];
    numericFilters?: string | (string | string[])[];
    maxValuesPerFacet?: number;
  };
}

interface Answered extends Found {
  facets: { field: string; values: { value: string; count: number }[] }[];
  priceBounds: { min: string; max: string } | null;
}

const largestPage = 100;
/** The most hits of one search: pages beyond it are empty. */
const depth = 200;

interface Options {
  /** Which catalogue is searched, where the server has several: one for all, or one for each index of the page. */
  catalog?: string | ((indexName: string) => string);
  key?: string;
}

export function searchClient(server: string, options: Options = {}) {
  const origin = server.replace(/\/$/u, '');
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (options.key) headers['authorization'] = `Bearer ${options.key}`;

  const ask = async (body: object): Promise<Answered & { next?: string | null }> => {
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${origin}/api/v1/search`, init);
    if (!response.ok) throw new Error(`The shop answered ${response.status}.`);
    return (await response.json()) as Answered & { next?: string | null };
  };

  const one = async ({ indexName, params = {} }: Asked) => {
    const size = Math.min(largestPage, Math.max(1, params.hitsPerPage ?? 20));
    const page = params.page ?? 0;
    const { catalog: of = null } = options;
    const catalog = typeof of === 'function' ? of(indexName) : of;
    const began = Date.now();
    const question = {
      text: params.query ?? '',
      filters: filtersOf(params.facetFilters),
      price: priceOf(params.numericFilters),
      limit: size,
      ...(catalog === null ? {} : { catalog }),
    };
    let answer = await ask(question);
    const first = answer;
    // Each page gives the cursor of the next one, so the pages are read in order.
    for (let at = 0; at < page; at++) {
      if (!answer.next) {
        answer = { ...answer, hits: [] };
        break;
      }
      answer = await ask({ ...question, cursor: answer.next });
    }
    const reached = Math.min(first.matched, depth);
    return {
      index: indexName,
      query: params.query ?? '',
      params: '',
      queryID: first.queryId,
      hits: answer.hits.map(({ card }) => hitOf(card, params.query ?? '', origin, catalog)),
      nbHits: reached,
      nbPages: Math.ceil(reached / size),
      page,
      hitsPerPage: size,
      exhaustiveNbHits: first.matched <= depth,
      processingTimeMS: Date.now() - began,
      facets: facetsOf(first),
      facets_stats: first.priceBounds
        ? {
            price: { min: Number(first.priceBounds.min), max: Number(first.priceBounds.max), avg: 0, sum: 0 },
          }
        : {},
    };
  };

  return {
    async search(requests: Asked[]) {
      return { results: await Promise.all(requests.map(one)) };
    },
    async searchForFacetValues() {
      return [];
    },
  };
}

function hitOf(card: Card, query: string, origin: string, catalog: string | null) {
  const now = card.salePrice ?? card.price;
  const text = (value: string) => ({
    value: escaped(value),
    matchLevel: query ? 'none' : 'full',
    matchedWords: [],
  });
  return {
    ...card,
    objectID: card.id,
    name: card.title,
    price: now ? Number(now.amount) : null,
    currency: now?.currency ?? null,
    image: pictureOf(origin, card.id, catalog, card.picture),
    url: pageOf(origin, card.id, catalog),
    _highlightResult: { title: text(card.title), name: text(card.title), brand: text(card.brand) },
  };
}

/** Escapes a value, because InstantSearch puts highlighted values into the page as HTML. */
const escaped = (text: string): string => text.replace(/[&<>"']/gu, (letter) => `&#${letter.charCodeAt(0)};`);

function facetsOf({ facets }: Answered): Record<string, Record<string, number>> {
  return Object.fromEntries(
    facets.map(({ field, values }) => [
      field,
      Object.fromEntries(values.map(({ value, count }) => [value, count])),
    ]),
  );
}

/** `[["brand:A","brand:B"],"category:Hats"]` means any filter of a group, and all groups. */
function filtersOf(filters: string | (string | string[])[] | undefined) {
  const groups = typeof filters === 'string' ? [filters] : (filters ?? []);
  const chosen = new Map<string, string[]>();
  for (const said of groups.flat()) {
    const at = said.indexOf(':');
    // A leading minus excludes a value. Knytt excludes by words only, so the filter is skipped.
    if (at < 1 || said[at + 1] === '-') continue;
    const field = said.slice(0, at);
    chosen.set(field, [...(chosen.get(field) ?? []), said.slice(at + 1)]);
  }
  return [...chosen].map(([field, values]) => ({ field, values }));
}

function priceOf(filters: string | (string | string[])[] | undefined) {
  const said = (typeof filters === 'string' ? [filters] : (filters ?? [])).flat();
  const bound = (sign: string) =>
    said.map((one) => new RegExp(`^price${sign}=?(\\d+(?:\\.\\d+)?)$`, 'u').exec(one)?.[1]).find(Boolean);
  const [min, max] = [bound('>'), bound('<')];
  return min === undefined && max === undefined ? null : { min: min ?? null, max: max ?? null };
}
