import { describe, expect, it } from 'vitest';
import { ClientError } from '../../src/lib/api/client';
import type { SearchRequest } from '../../src/lib/api/generated/SearchRequest';
import { mockClient } from '../../src/lib/api/mock';
import { readWords } from '../../src/lib/api/mock/search';
import { problemOf } from '../../src/lib/api/problem';

const client = (query = '') => mockClient(new URLSearchParams(`latency=0&${query}`));
let ticket = 0;
const ask = (part: Partial<SearchRequest> = {}): SearchRequest => ({
  ticket: ++ticket,
  picture: null,
  words: '',
  without: [],
  like: null,
  alpha: 0.5,
  filters: [],
  price: null,
  sort: 'match',
  limit: 60,
  ...part,
});

describe('the client that answers by itself', () => {
  it('shows the whole shop to who asks for nothing', async () => {
    const { verdict, matched, hits } = await client().search(ask());
    expect(verdict).toBe('browsing');
    expect(matched).toBe(120);
    expect(hits).toHaveLength(60);
    expect(hits[0]?.percent).toBeNull();
  });

  it('finds by words, better matches first', async () => {
    const { verdict, hits } = await client().search(ask({ words: 'red dress' }));
    expect(verdict).toBe('found');
    expect(hits[0]?.card).toMatchObject({ category: 'Dresses', colors: ['Red'] });
    const scores = hits.map((h) => h.score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('reads what should not be', async () => {
    expect(readWords('red dress, not striped without dots')).toEqual({
      words: 'red dress',
      without: ['striped', 'dots'],
    });
    const { understood, hits } = await client().search(ask({ words: 'dress not striped' }));
    expect(understood.without).toEqual(['striped']);
    expect(
      hits
        .slice(0, 5)
        .map((h) => h.card.title)
        .join(),
    ).not.toMatch(/striped/u);
    expect(hits[0]?.parts.without).toBeLessThanOrEqual(0);
  });

  it('says so when nothing fits or nothing passes', async () => {
    const none = await client().search(ask({ words: 'spaceship' }));
    expect(none.verdict).toBe('no_good_match');
    expect(none.hits.length).toBeGreaterThan(0);
    const filters = [{ field: 'brand', values: ['Nobody'] }];
    const empty = await client().search(ask({ filters }));
    expect(empty).toMatchObject({ verdict: 'nothing_passes', hits: [], matched: 0 });
  });

  it('counts what each value would leave', async () => {
    const c = client();
    const { facets } = await c.search(ask({ filters: [{ field: 'category', values: ['Bags'] }] }));
    for (const { value, count } of facets.find((f) => f.field === 'color')!.values) {
      const filters = [
        { field: 'category', values: ['Bags'] },
        { field: 'color', values: [value] },
      ];
      expect((await c.search(ask({ filters }))).matched).toBe(count);
    }
  });

  it('keeps to the price and sorts by it', async () => {
    const { hits } = await client().search(ask({ price: { min: '50', max: '80' }, sort: 'price_down' }));
    const prices = hits.map((h) => Number(h.card.price?.amount));
    expect(Math.min(...prices)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...prices)).toBeLessThanOrEqual(80);
    expect(prices).toEqual([...prices].sort((a, b) => b - a));
  });

  it('weighs words against the picture', async () => {
    const c = client();
    const picture = await c.addPicture(new Uint8Array([1]), 'red-dress.jpg');
    const at = async (alpha: number) =>
      (await c.search(ask({ words: 'blue chair', alpha, picture: { id: picture.id, region: null } }))).hits[0]
        ?.card;
    expect((await at(1))?.category).toBe('Dresses');
    expect((await at(0))?.category).toBe('Chairs');
  });

  it('finds a product itself by being asked for more like it', async () => {
    const { hits } = await client().search(ask({ like: 'p017' }));
    expect(hits[0]).toMatchObject({ kind: 'exact', card: { id: 'p017' } });
  });

  it('gives up a search that a newer one follows', async () => {
    const c = client();
    const [old, fresh] = [ask(), ask()];
    const answers = await Promise.allSettled([c.search(fresh), c.search(old)]);
    expect(answers.map((a) => a.status)).toEqual(['fulfilled', 'rejected']);
    expect(problemOf((answers[1] as PromiseRejectedResult).reason).code).toBe('superseded');
  });

  it('keeps favourites and history, and forgets both', async () => {
    const c = client();
    await c.setFavourite('p003', true);
    expect((await c.favourites()).map((card) => card.id)).toEqual(['p003']);
    for (const words of ['r', 're', 'red', 'red dress']) await c.search(ask({ words }));
    await c.search(ask({ words: 'lamp' }));
    expect((await c.history()).map((entry) => entry.words)).toEqual(['red dress', 'lamp']);
    await c.deleteMyData();
    expect(await c.favourites()).toEqual([]);
    expect(await c.history()).toEqual([]);
  });

  it('fails where it was told to', async () => {
    const c = client('fail=search:internal,product:not_found*1');
    await expect(c.search(ask())).rejects.toBeInstanceOf(ClientError);
    await expect(c.product('p001')).rejects.toBeInstanceOf(ClientError);
    await expect(c.product('p001')).resolves.toBeTruthy();
  });
});

describe('problems', () => {
  it('passes known ones on and calls the rest internal', () => {
    expect(problemOf({ code: 'disk_full', message: 'x' })).toEqual({ code: 'disk_full', message: 'x' });
    expect(problemOf({ code: 'strange', message: 'x' })).toEqual({ code: 'internal', message: 'x' });
    expect(problemOf(new Error('boom'))).toEqual({ code: 'internal', message: 'boom' });
    expect(problemOf('plain')).toEqual({ code: 'internal', message: 'plain' });
  });
});
