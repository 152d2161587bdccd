// Computes filters, counts, order and verdict as the engine does.

import type { Card } from '../generated/Card';
import type { Choice } from '../generated/Choice';
import type { Condition } from '../generated/Condition';
import type { Facet } from '../generated/Facet';
import type { Hit } from '../generated/Hit';
import type { PriceRange } from '../generated/PriceRange';
import type { Reasons } from '../generated/Reasons';
import type { SearchRequest } from '../generated/SearchRequest';
import type { SearchResponse } from '../generated/SearchResponse';
import { byId, familyOf, priceOf, products } from './products';
import type { MockProduct } from './products';
import { readWords } from './reading';
import { dot, ofProduct, ofWords, sum } from './vectors';
import type { Vector } from './vectors';

const against = 0.5;
const fits = 0.3;
const best = 0.92;

const values: Record<string, (p: MockProduct) => string[]> = {
  category: (p) => [p.category],
  brand: (p) => [p.brand],
  shade: (p) => [...new Set([p.color.toLowerCase(), familyOf(p.color)])],
  size: (p) => p.sizes,
  availability: (p) => [p.availability],
  material: (p) => [p.material],
  pattern: (p) => [p.pattern.toLowerCase()],
};

/** The shopper's favourites, dismissed products and taste. */
export interface Shopper {
  favourites: Set<string>;
  dismissed: Set<string>;
  taste: ((p: MockProduct) => number | null) | null;
}

const euros = (amount: number) => ({ amount: amount.toFixed(2), currency: 'EUR' });

export const cardOf = (p: MockProduct, favourite: boolean): Card => ({
  id: p.id,
  title: p.title,
  brand: p.brand,
  category: p.category,
  price: euros(p.price),
  salePrice: p.sale === null ? null : euros(p.sale),
  availability: p.availability,
  colors: [p.color],
  favourite,
});

const hasValue = (p: MockProduct, field: string, wanted: string) =>
  (values[field]?.(p) ?? []).some((value) => value.toLowerCase() === wanted.toLowerCase());

const passes = (p: MockProduct, filters: Choice[], but?: string) =>
  filters.every(
    ({ field, values: wanted }) =>
      field === but || wanted.length === 0 || wanted.some((value) => hasValue(p, field, value)),
  );

const affordable = (p: MockProduct, price: PriceRange | null) =>
  (price?.min == null || priceOf(p) >= Number(price.min)) &&
  (price?.max == null || priceOf(p) <= Number(price.max));

/** Whether a product meets the conditions of the words; values of one field are alternatives. */
function meets(p: MockProduct, conditions: Condition[]): boolean {
  const wanted = new Map<string, string[]>();
  for (const condition of conditions) {
    if (condition.kind === 'lacks' && hasValue(p, condition.field, condition.value)) return false;
    if (condition.kind === 'costs' && !affordable(p, condition.price)) return false;
    if (condition.kind === 'has')
      wanted.set(condition.field, [...(wanted.get(condition.field) ?? []), condition.value]);
  }
  return [...wanted].every(([field, any]) => any.some((value) => hasValue(p, field, value)));
}

function facets(request: SearchRequest, conditions: Condition[]): Facet[] {
  return Object.entries(values).map(([field, of]) => {
    const counts = new Map<string, number>();
    const others = conditions.filter((condition) => condition.kind !== 'has' || condition.field !== field);
    for (const p of products) {
      const counted = passes(p, request.filters, field) && affordable(p, request.price) && meets(p, others);
      for (const value of of(p)) counts.set(value, (counts.get(value) ?? 0) + (counted ? 1 : 0));
    }
    const list = [...counts].map(([value, count]) => ({ value, count }));
    return { field, values: list.sort((a, b) => b.count - a.count || a.value.localeCompare(b.value)) };
  });
}

interface Asked {
  image: Vector | null;
  text: Vector | null;
  like: MockProduct | null;
  without: Vector[];
  mix: [Vector, number][];
}

function fuse({ image, text, like, without, mix }: Asked, alpha: number): Vector {
  const seen = [image, like && ofProduct(like)].filter((v) => v !== null);
  const shares: [Vector, number][] = seen.map((v) => [v, (text ? alpha : 1) / seen.length]);
  if (text) shares.push([text, seen.length ? 1 - alpha : 1]);
  for (const v of without) shares.push([v, -against]);
  return sum([...shares, ...mix]);
}

/** The parts of the score that ranks a hit; the score is their sum. */
function reasonsOf(p: MockProduct, similarity: number, asked: Asked, words: string, who: Shopper): Reasons {
  const { like } = asked;
  const seen = asked.image ?? (like && ofProduct(like));
  const alike = (kind: string, own: string) => (seen?.get(`${kind}:${own}`) ? 1 : 0);
  const said = words.toLowerCase().split(/\s+/u).filter(Boolean);
  const found = said.filter((word) => p.title.toLowerCase().includes(word)).length;
  const taste = who.taste?.(p) ?? null;
  return {
    visual: similarity,
    likeness: null,
    identity: null,
    words: said.length > 0 ? (0.3 * found) / said.length : null,
    color: seen ? 0.1 * alike('color', p.color) : null,
    category: seen ? 0.2 * alike('category', p.category) : null,
    pattern: seen ? 0.05 * alike('pattern', p.pattern) : null,
    brand: like ? 0.03 * Number(like.brand === p.brand) : null,
    price: like ? 0.03 / (1 + Math.log2(priceOf(like) / priceOf(p)) ** 2) : null,
    personal: taste === null ? null : 0.15 * taste,
    popularity: 0.03 * (((p.number * 53) % 17) / 17),
    freshness: null,
  };
}

const total = (reasons: Reasons) =>
  Object.values(reasons).reduce((all: number, part) => all + (part ?? 0), 0);
const nothing = Object.fromEntries(
  [
    'visual',
    'likeness',
    'identity',
    'words',
    'color',
    'category',
    'pattern',
    'brand',
    'price',
    'personal',
    'popularity',
    'freshness',
  ].map((name) => [name, null]),
) as unknown as Reasons;

export function search(request: SearchRequest, image: Vector | null, who: Shopper): SearchResponse {
  const { words, without: typed, chips } = readWords(request.words);
  const conditions = chips.map(({ condition }) => condition);
  const without = [...typed, ...request.without];
  const like = request.like === null ? null : (byId.get(request.like) ?? null);
  const asked: Asked = {
    image,
    text: words ? ofWords(words) : null,
    like,
    without: without.map(ofWords),
    mix: request.mix.flatMap(({ product, weight }): [Vector, number][] => {
      const p = byId.get(product);
      return p ? [[ofProduct(p), weight]] : [];
    }),
  };
  const something = image !== null || asked.text !== null || like !== null || asked.mix.length > 0;
  const directed = something || without.length > 0;
  const query = directed ? fuse(asked, request.alpha) : new Map<string, number>();
  const left = products.filter(
    (p) =>
      passes(p, request.filters) &&
      affordable(p, request.price) &&
      meets(p, conditions) &&
      p.id !== like?.id &&
      (like?.group === undefined || like.group === '' || p.group !== like.group),
  );
  const seen = image !== null || like !== null;
  const hitOf = (p: MockProduct): Hit => {
    const own = ofProduct(p);
    // Adds a small amount per product: unrelated products differ, too, so that the order is never arbitrary.
    const similarity = directed ? Math.min(1, dot(query, own) + 0.02 + ((p.number * 37) % 11) / 400) : 0;
    const share = (v: Vector | null) => (v ? dot(v, own) : null);
    const reasons = directed ? reasonsOf(p, similarity, asked, words, who) : nothing;
    return {
      card: cardOf(p, who.favourites.has(p.id)),
      // A mixture has no percentage: what its similarities mean was never measured.
      percent:
        something && asked.mix.length === 0
          ? Math.max(0, Math.min(100, Math.round((similarity / best) * 100)))
          : null,
      kind: seen && similarity > 0.985 ? 'exact' : similarity > 0.5 ? 'similar' : 'other',
      similarity,
      parts: {
        image: share(image),
        text: share(asked.text),
        product: share(like && ofProduct(like)),
        without: without.length ? -against * Math.max(...asked.without.map((v) => dot(v, own))) : null,
        mix: asked.mix.length ? asked.mix.reduce((all, [v, weight]) => all + weight * dot(v, own), 0) : null,
      },
      score: total(reasons),
      reasons,
      others: [],
    };
  };
  let hits = left.filter((p) => !who.dismissed.has(p.id)).map(hitOf);
  if (directed) hits = collapse(hits.sort((a, b) => b.score - a.score));
  const top = Math.max(...hits.map((h) => h.similarity), 0);
  const near = !something
    ? hits
    : top < fits
      ? hits.slice(0, 12)
      : hits.filter((h) => h.similarity > top * 0.25);
  const price = ({ card }: Hit) => Number((card.salePrice ?? card.price)?.amount ?? 0);
  if (request.sort === 'price_up') near.sort((a, b) => price(a) - price(b));
  if (request.sort === 'price_down') near.sort((a, b) => price(b) - price(a));
  const priced = products.filter((p) => passes(p, request.filters)).map(priceOf);
  const n = request.ticket % 5;
  const browsing = !directed && chips.length === 0;
  return {
    ticket: request.ticket,
    verdict:
      left.length === 0
        ? 'nothing_passes'
        : browsing
          ? 'browsing'
          : something && top < fits
            ? 'no_good_match'
            : 'found',
    hits: near.slice(0, request.limit),
    matched: left.length,
    facets: facets(request, conditions),
    priceBounds: priced.length
      ? { min: Math.min(...priced).toFixed(2), max: Math.max(...priced).toFixed(2), currency: 'EUR' }
      : null,
    understood: { words, without, chips },
    timings: {
      decode: image ? 3.1 + n * 0.2 : 0,
      embed: something ? 21.4 + n : 0,
      search: 0.8 + n * 0.1,
      rank: 0.4,
      total: (image ? 3.1 : 0) + (something ? 21.4 : 0) + 1.4 + n * 1.3,
    },
  };
}

/** Keeps the best hit of each group, and lists the ids of the others in it. */
function collapse(hits: Hit[]): Hit[] {
  const first = new Map<string, Hit>();
  return hits.filter((hit) => {
    const group = byId.get(hit.card.id)?.group ?? '';
    const before = first.get(group);
    if (group && before) before.others.push(hit.card.id);
    else if (group) first.set(group, hit);
    return !group || !before;
  });
}

/** Products that look similar, that go with it, that are cheaper, and the same in other colours. */
export function neighbours(p: MockProduct) {
  const own = ofProduct(p);
  const same = (other: MockProduct) => p.group !== '' && other.group === p.group;
  const near = products
    .filter((other) => other.id !== p.id && !same(other))
    .map((other) => ({ other, score: dot(own, ofProduct(other)) }))
    .sort((a, b) => b.score - a.score)
    .map(({ other }) => other);
  const kinds = new Set([p.category]);
  const goesWith = near.filter((other) => !kinds.has(other.category) && kinds.add(other.category));
  const cheaper = near.filter((other) => other.category === p.category && priceOf(other) < priceOf(p));
  return {
    similar: near.slice(0, 8),
    goesWith: goesWith.slice(0, 6),
    cheaper: cheaper.slice(0, 6),
    otherColors: products.filter((other) => other.id !== p.id && same(other)),
  };
}
