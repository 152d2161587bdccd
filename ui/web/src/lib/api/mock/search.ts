// Filters, counts, order and verdict, as the engine has them.

import type { Card } from '../generated/Card';
import type { Choice } from '../generated/Choice';
import type { Facet } from '../generated/Facet';
import type { Hit } from '../generated/Hit';
import type { SearchRequest } from '../generated/SearchRequest';
import type { SearchResponse } from '../generated/SearchResponse';
import { byId, products } from './products';
import type { MockProduct } from './products';
import { dot, ofProduct, ofWords, sum } from './vectors';
import type { Vector } from './vectors';

const against = 0.5;
const fits = 0.3;
const best = 0.92;

const values: Record<string, (p: MockProduct) => string[]> = {
  category: (p) => [p.category],
  brand: (p) => [p.brand],
  color: (p) => [p.color],
  size: (p) => p.sizes,
  availability: (p) => [p.availability],
  material: (p) => [p.material],
  pattern: (p) => [p.pattern],
};

export const cardOf = (p: MockProduct, favourite: boolean): Card => ({
  id: p.id,
  title: p.title,
  brand: p.brand,
  category: p.category,
  price: { amount: p.price.toFixed(2), currency: 'EUR' },
  availability: p.availability,
  colors: [p.color],
  favourite,
});

/** "red dress not striped" → what is wanted, and what is not. */
export function readWords(words: string): { words: string; without: string[] } {
  const [wanted = '', ...rest] = words.split(
    /(?:^|[\s,，])(?:not|without|nicht|ohne|no|sin|pas|sans|ليس|بدون)\s|不要/iu,
  );
  const clean = (s: string) => s.trim().replace(/[\s,]+$/u, '');
  return { words: clean(wanted), without: rest.map(clean).filter(Boolean) };
}

const passes = (p: MockProduct, filters: Choice[], but?: string) =>
  filters.every(
    ({ field, values: wanted }) =>
      field === but || wanted.length === 0 || (values[field]?.(p) ?? []).some((v) => wanted.includes(v)),
  );

const affordable = (p: MockProduct, price: SearchRequest['price']) =>
  (price?.min == null || p.price >= Number(price.min)) &&
  (price?.max == null || p.price <= Number(price.max));

function facets(request: SearchRequest): Facet[] {
  return Object.entries(values).map(([field, of]) => {
    const counts = new Map<string, number>();
    for (const p of products) {
      const counted = passes(p, request.filters, field) && affordable(p, request.price);
      for (const value of of(p)) counts.set(value, (counts.get(value) ?? 0) + (counted ? 1 : 0));
    }
    const list = [...counts].map(([value, count]) => ({ value, count }));
    return { field, values: list.sort((a, b) => b.count - a.count || a.value.localeCompare(b.value)) };
  });
}

interface Asked {
  image: Vector | null;
  text: Vector | null;
  product: Vector | null;
  without: Vector[];
}

function fuse({ image, text, product, without }: Asked, alpha: number): Vector {
  const seen = [image, product].filter((v) => v !== null);
  const shares: [Vector, number][] = seen.map((v) => [v, (text ? alpha : 1) / seen.length]);
  if (text) shares.push([text, seen.length ? 1 - alpha : 1]);
  for (const v of without) shares.push([v, -against]);
  return sum(shares);
}

export function search(
  request: SearchRequest,
  image: Vector | null,
  favourites: Set<string>,
): SearchResponse {
  const understood = readWords(request.words);
  const without = [...understood.without, ...request.without];
  const like = request.like === null ? undefined : byId.get(request.like);
  const asked: Asked = {
    image,
    text: understood.words ? ofWords(understood.words) : null,
    product: like ? ofProduct(like) : null,
    without: without.map(ofWords),
  };
  const something = asked.image !== null || asked.text !== null || asked.product !== null;
  const query = something ? fuse(asked, request.alpha) : new Map<string, number>();
  const left = products.filter((p) => passes(p, request.filters) && affordable(p, request.price));
  const hits = left.map((p): Hit => {
    const own = ofProduct(p);
    // Nothing is wholly unlike anything: a little of each, so that the order is never arbitrary.
    const score = something ? Math.min(1, dot(query, own) + 0.02 + ((p.number * 37) % 11) / 400) : 0;
    const share = (v: Vector | null) => (v ? dot(v, own) : null);
    const percent = something ? Math.max(0, Math.min(100, Math.round((score / best) * 100))) : null;
    const seen = asked.image !== null || asked.product !== null;
    return {
      card: cardOf(p, favourites.has(p.id)),
      percent,
      kind: seen && score > 0.985 ? 'exact' : score > 0.5 ? 'similar' : 'other',
      score,
      parts: {
        image: share(asked.image),
        text: share(asked.text),
        product: share(asked.product),
        without: without.length ? -against * Math.max(...asked.without.map((v) => dot(v, own))) : null,
      },
    };
  });
  if (something) hits.sort((a, b) => b.score - a.score);
  const top = Math.max(...hits.map((h) => h.score), 0);
  const near = !something ? hits : top < fits ? hits.slice(0, 12) : hits.filter((h) => h.score > top * 0.25);
  const price = (h: Hit) => Number(h.card.price?.amount ?? 0);
  if (request.sort === 'price_up') near.sort((a, b) => price(a) - price(b));
  if (request.sort === 'price_down') near.sort((a, b) => price(b) - price(a));
  const priced = products.filter((p) => passes(p, request.filters)).map((p) => p.price);
  const n = request.ticket % 5;
  return {
    ticket: request.ticket,
    verdict:
      left.length === 0 ? 'nothing_passes' : !something ? 'browsing' : top < fits ? 'no_good_match' : 'found',
    hits: near.slice(0, request.limit),
    matched: left.length,
    facets: facets(request),
    priceBounds: priced.length
      ? { min: Math.min(...priced).toFixed(2), max: Math.max(...priced).toFixed(2), currency: 'EUR' }
      : null,
    understood: { words: understood.words, without },
    timings: {
      decode: image ? 3.1 + n * 0.2 : 0,
      embed: something ? 21.4 + n : 0,
      search: 0.8 + n * 0.1,
      rank: 0.4,
      total: (image ? 3.1 : 0) + (something ? 21.4 : 0) + 1.4 + n * 1.3,
    },
  };
}

/** What looks like it, and what of other kinds goes with it. */
export function neighbours(p: MockProduct): { similar: MockProduct[]; goesWith: MockProduct[] } {
  const own = ofProduct(p);
  const near = products
    .filter((other) => other.id !== p.id)
    .map((other) => ({ other, score: dot(own, ofProduct(other)) }))
    .sort((a, b) => b.score - a.score)
    .map(({ other }) => other);
  const kinds = new Set([p.category]);
  const goesWith = near.filter((other) => !kinds.has(other.category) && kinds.add(other.category));
  return { similar: near.slice(0, 8), goesWith: goesWith.slice(0, 6) };
}
