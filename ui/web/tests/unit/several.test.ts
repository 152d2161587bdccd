// Several catalogues of one shop: which is open, what is kept of each, and what elements and adapters ask for.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { searchClient } from '../../src/elements/instantsearch';
import type { CatalogEvent } from '../../src/lib/api/generated/CatalogEvent';
import type { Card } from '../../src/lib/api/generated/Card';
import type { SearchRequest } from '../../src/lib/api/generated/SearchRequest';
import { restClient } from '../../src/lib/api/rest/client';
import { OpenCatalog, searchOf } from '../../src/lib/api/rest/catalog';
import { BrowserLibrary } from '../../src/lib/api/rest/library';
import { Memory } from '../../src/lib/api/rest/store';
import type { Schemas } from '../../src/lib/api/shop/client';

const catalog = (id: string) => ({ id, products: 1, release: 0, feedback: 'ask' }) as Schemas['Searched'];
const [north, south] = [catalog('north'), catalog('south')];
const card = (id: string) => ({ id, title: id, brand: '', favourite: false }) as Card;

/** A page at this address, of this catalogue, in a browser that keeps this choice. */
function page(path: string, of?: string, chosen?: string) {
  const kept = new Map(chosen === undefined ? [] : [['knytt-catalog', chosen]]);
  const place = new URL(path, 'https://shop.example');
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  vi.stubGlobal('location', place);
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('history', {
    state: null,
    replaceState: (_state: unknown, _title: string, to: string) => (place.href = new URL(to, place).href),
  });
  vi.stubGlobal('document', {
    documentElement: { dataset: of === undefined ? {} : { catalog: of } },
    getElementById: () => ({ textContent: '{}' }),
    addEventListener: () => undefined,
  });
  return { place, kept };
}

afterEach(() => void vi.unstubAllGlobals());

describe('the open catalogue', () => {
  it.each([
    ['/', 'north', undefined, 'north', 'nobody chose: the first'],
    ['/', 'north', 'south', 'south', 'the one that was chosen last'],
    ['/?catalog=north', 'north', 'south', 'north', 'the address comes before the choice'],
    ['/?catalog=gone', undefined, 'south', 'south', 'a name that is not searched is none'],
    ['/', 'north', 'gone', 'north', 'a choice that is not searched is none'],
    ['/p/1', 'south', 'north', 'south', 'a page is of the catalogue that the server chose'],
  ])('at %s of %s after choosing %s is %s: %s', (path, of, chosen, expected, _why) => {
    page(path, of, chosen);
    const open = new OpenCatalog();
    open.take([north, south], undefined);
    expect([open.id, open.name]).toEqual([expected, expected]);
  });

  it('is known before the list is here only if the page is of it', () => {
    page('/p/1?catalog=south', 'south', 'north');
    expect(new OpenCatalog().name).toBe('south');
    page('/', 'north', 'south');
    const chosen = new OpenCatalog();
    expect([chosen.isKnown, chosen.name]).toEqual([false, null]);
    // A server with one catalogue says nothing of it.
    page('/', undefined, 'south');
    const single = new OpenCatalog();
    expect([single.isKnown, single.name]).toEqual([true, null]);
    single.take([north], undefined);
    expect([single.id, single.name]).toEqual(['north', null]);
  });

  it('stands in the address, beside what stood there', () => {
    const { place, kept } = page('/?lang=de#/settings', 'north', 'south');
    const open = new OpenCatalog();
    open.take([north, south], undefined);
    open.sign();
    expect(`${place.search}${place.hash}`).toBe('?lang=de&catalog=south#/settings');
    expect(searchOf('a b')).toBe('?lang=de&catalog=a+b');
    // Back leads to an address of the other one.
    place.search = '?catalog=north';
    expect(open.leadsTo()).toBe('north');
    open.turn('north');
    expect([open.leadsTo(), kept.get('knytt-catalog')]).toEqual([null, 'south']);
    open.remember();
    expect(kept.get('knytt-catalog')).toBe('north');
  });

  it('does not name itself where it is alone', () => {
    const { place } = page('/');
    const open = new OpenCatalog();
    open.take([north], undefined);
    open.sign();
    expect(place.search).toBe('');
  });

  it('goes on with another one if it is not searched any more', () => {
    page('/?catalog=south', 'south');
    const open = new OpenCatalog();
    expect(open.take([north, south], undefined)).toBe(false);
    expect(open.take([north], undefined)).toBe(true);
    expect(open.id).toBe('north');
  });
});

describe('what is kept', () => {
  const asked = (words: string) =>
    ({ words, like: null, picture: null, filters: [] }) as never as SearchRequest;
  const nothing = async () => null;
  let library: BrowserLibrary;

  beforeEach(async () => {
    library = await BrowserLibrary.open(new Memory());
  });

  it('stays with its catalogue: favourites, searches, answers, and what is not wanted', async () => {
    await library.settle('north');
    await library.setFavourite(card('a'), true);
    await library.dismiss('b', true);
    await library.note(asked('dress'), '', nothing);
    await library.keepAnswer(asked('dress'), { hits: [{ card: card('a') }] } as never);
    await library.settle('south');
    expect([library.kept(), await library.history(), library.isDismissed('b')]).toEqual([[], [], false]);
    expect(await library.keptAnswer(asked('dress'))).toBeNull();
    expect(await library.keptCard('a')).toBeNull();
    // Words that go on elsewhere are another search.
    await library.note(asked('dresses'), '', nothing);
    expect((await library.history()).map(({ words }) => words)).toEqual(['dresses']);
    await library.settle('north');
    expect(library.kept().map(({ id }) => id)).toEqual(['a']);
    expect((await library.history()).map(({ words }) => words)).toEqual(['dress']);
    expect([library.isDismissed('b'), (await library.keptCard('a'))?.id]).toEqual([true, 'a']);
  });

  it('of an earlier version is of the catalogue that is searched first', async () => {
    const store = new Memory();
    const entry = { id: '1', at: 1, words: 'old', hasPicture: false, like: null, filters: [], best: '' };
    await store.put('history', '1', { entry, picture: null, pictureId: null });
    const next = await BrowserLibrary.open(store);
    await next.settle('north');
    await next.settle('south');
    expect(await next.history()).toEqual([]);
    await next.settle('north');
    expect((await next.history()).map(({ words }) => words)).toEqual(['old']);
  });
});

describe('a page that stays open', () => {
  const answered = (of: string) => ({
    catalog: of,
    verdict: 'browsing',
    matched: 0,
    hits: [],
    facets: [],
    next: null,
  });
  const asked = {
    ticket: 1,
    words: 'x',
    limit: 1,
    filters: [],
    mix: [],
    without: [],
  } as never as SearchRequest;

  /** A shop that searches these catalogues, as its API answers. */
  function shop(ids: string[]) {
    vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
      if (path.startsWith('/api/v1/catalogs')) return Response.json(ids.map(catalog));
      const { catalog: of = null } = JSON.parse(String(init.body)) as { catalog?: string | null };
      const refused = (status: number, code: string, detail: string) =>
        Response.json({ type: 'about:blank', title: '', status, code, detail }, { status });
      if (of === null && ids.length > 1)
        return refused(400, 'bad_query', `catalog: name one of ${ids.join(', ')}`);
      if (ids.length === 0 || (of !== null && !ids.includes(of))) return refused(404, 'catalog_unknown', '');
      return Response.json(answered(of ?? ids[0]!));
    });
  }

  it('goes on in its catalogue when the shop has a second one, and offers it', async () => {
    const { place } = page('/');
    shop(['south']);
    const client = restClient({ allow: async () => true, store: Promise.resolve(new Memory()) });
    const heard: CatalogEvent[] = [];
    client.onCatalogs((event) => heard.push(event));
    expect((await client.start()).catalogs).toEqual([]);
    shop(['north', 'south']);
    await client.search(asked);
    expect(place.search).toBe('?catalog=south');
    expect(heard).toMatchObject([
      { kind: 'changed', catalogs: [{ path: 'north' }, { path: 'south', current: true }] },
    ]);
    // The one that was open is searched no more.
    shop(['north', 'west']);
    await client.search({ ...asked, ticket: 2 });
    expect(place.search).toBe('?catalog=north');
    shop([]);
    await expect(client.search({ ...asked, ticket: 3 })).rejects.toMatchObject({
      problem: { code: 'no_catalog' },
    });
  });
});

describe('InstantSearch', () => {
  const answer = { matched: 1, facets: [], priceBounds: null, queryId: 'q', hits: [{ card: card('a/b') }] };

  it('asks the catalogue of each index, and links to its pages', async () => {
    const bodies: { catalog?: string }[] = [];
    vi.stubGlobal('fetch', async (_address: string, init: RequestInit) => {
      bodies.push(JSON.parse(String(init.body)) as { catalog?: string });
      return Response.json(answer);
    });
    const client = searchClient('https://search.shop.example/', { catalog: (index) => `of-${index}` });
    const { results } = await client.search([{ indexName: 'north' }, { indexName: 'south' }]);
    expect(bodies.map((body) => body.catalog)).toEqual(['of-north', 'of-south']);
    expect(results[1]?.hits[0]).toMatchObject({
      url: 'https://search.shop.example/p/a%2Fb?catalog=of-south',
      image: 'https://search.shop.example/api/v1/products/a%2Fb/picture?size=small&catalog=of-south',
    });
    await searchClient('https://search.shop.example').search([{ indexName: 'north' }]);
    expect(bodies[2]).not.toHaveProperty('catalog');
  });
});
