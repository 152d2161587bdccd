import { describe, expect, it } from 'vitest';
import { ClientError } from '../../src/lib/api/client';
import type { SearchRequest } from '../../src/lib/api/generated/SearchRequest';
import { mockClient } from '../../src/lib/api/mock';
import { readWords } from '../../src/lib/api/mock/reading';
import { problemOf } from '../../src/lib/api/problem';

const client = (query = '') => mockClient(new URLSearchParams(`latency=0&${query}`));
let ticket = 0;
const ask = (part: Partial<SearchRequest> = {}): SearchRequest => ({
  ticket: ++ticket,
  picture: null,
  words: '',
  typing: false,
  without: [],
  like: null,
  mix: [],
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
    expect(readWords('red dress, not striped without dots')).toMatchObject({
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
    for (const { value, count } of facets.find((f) => f.field === 'shade')!.values) {
      const filters = [
        { field: 'category', values: ['Bags'] },
        { field: 'shade', values: [value] },
      ];
      expect((await c.search(ask({ filters }))).matched).toBe(count);
    }
  });

  it('keeps to the price and sorts by it', async () => {
    const { hits } = await client().search(ask({ price: { min: '50', max: '80' }, sort: 'price_down' }));
    const prices = hits.map(({ card }) => Number((card.salePrice ?? card.price)?.amount));
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

  it('finds others than the product that more is wanted of, and none of its group', async () => {
    const { hits } = await client().search(ask({ like: 'p017' }));
    expect(hits.map(({ card }) => card.id)).not.toContain('p017');
    expect(hits[0]?.card.category).toBe('Jackets');
    const tees = await client().search(ask({ like: 'p002' }));
    expect(tees.hits.map(({ card }) => card.id)).not.toContain('p014');
  });

  it('reads conditions out of the words, and what is left without each', async () => {
    const { chips, words } = readWords('red dress under 50 size M, not striped brand:Kumo');
    expect(words).toBe('red dress');
    expect(chips.map(({ said, condition }) => [said, condition.kind])).toEqual([
      ['red', 'has'],
      ['under 50', 'costs'],
      ['size M', 'has'],
      ['not striped', 'lacks'],
      ['brand:Kumo', 'has'],
    ]);
    expect(chips[1]?.rest).toBe('red dress size M, not striped brand:Kumo');
    const { hits, facets } = await client().search(ask({ words: 'dress under 70 not striped' }));
    expect(hits.length).toBeGreaterThan(0);
    for (const { card } of hits) {
      expect(Number((card.salePrice ?? card.price)?.amount)).toBeLessThanOrEqual(70);
      expect(card.title).not.toMatch(/striped/u);
    }
    expect(facets.map(({ field }) => field)).not.toContain('color');
  });

  it('says what a score is made of', async () => {
    const { hits } = await client().search(ask({ words: 'red dress' }));
    for (const { score, reasons } of hits) {
      const sum = Object.values(reasons).reduce((all: number, part) => all + (part ?? 0), 0);
      expect(score).toBeCloseTo(sum);
    }
  });

  it('shows one of each group, and the others on its page', async () => {
    const c = client();
    const { hits } = await c.search(ask({ words: 'T-shirt' }));
    const first = hits.find(({ others }) => others.length > 0)!;
    expect(hits.map(({ card }) => card.id)).not.toContain(first.others[0]);
    const { otherColors } = await c.product(first.card.id);
    expect(otherColors.map(({ id }) => id).sort()).toEqual([...first.others].sort());
  });

  it('offers what is cheaper and of the same kind', async () => {
    const { card, cheaper } = await client().product('p017');
    expect(cheaper.length).toBeGreaterThan(0);
    for (const other of cheaper) {
      expect(other.category).toBe(card.category);
      const paid = (c: typeof card) => Number((c.salePrice ?? c.price)?.amount);
      expect(paid(other)).toBeLessThan(paid(card));
    }
  });

  it('weighs products beside the question, for and against', async () => {
    const c = client();
    const without = await c.search(ask({ words: 'jacket' }));
    const against = without.hits[0]!.card.id;
    const { hits } = await c.search(ask({ words: 'jacket', mix: [{ product: against, weight: -0.5 }] }));
    expect(hits[0]?.card.id).not.toBe(against);
    expect(hits[0]?.parts.mix).not.toBeNull();
  });

  it('learns a taste, ranks by it, and forgets it', async () => {
    const c = client();
    expect((await c.personal()).taste.any).toBe(false);
    await c.setFavourite('p017', true);
    const { taste } = await c.personal();
    expect(taste.categories).toEqual([{ name: 'Jackets', liking: 0.5 }]);
    const personal = async () => (await c.search(ask({ words: 'wool' }))).hits[0]?.reasons.personal;
    expect(await personal()).not.toBeNull();
    await c.saveSettings({ ...(await c.start()).settings, personal: false });
    expect(await personal()).toBeNull();
    await c.forgetTaste();
    expect((await c.personal()).taste.any).toBe(false);
  });

  it('shows no more what was dismissed, until that is taken back', async () => {
    const c = client();
    const first = async () => (await c.search(ask({ words: 'lamp' }))).hits[0]!.card.id;
    const gone = await first();
    await c.dismiss(gone, true);
    expect(await first()).not.toBe(gone);
    expect((await c.personal()).taste.categories[0]?.liking).toBeLessThan(0);
    await c.dismiss(gone, false);
    expect(await first()).toBe(gone);
    expect((await c.personal()).taste.any).toBe(false);
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
