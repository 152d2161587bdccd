import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Client } from '../../src/lib/api/client';
import type { Card } from '../../src/lib/api/generated/Card';
import type { SearchRequest } from '../../src/lib/api/generated/SearchRequest';
import { mockClient } from '../../src/lib/api/mock';
import { Compare, rowsOf } from '../../src/lib/state/compare.svelte';
import { Library } from '../../src/lib/state/library.svelte';
import { hrefOf, parseRoute } from '../../src/lib/state/router.svelte';
import { SearchSession, typing } from '../../src/lib/state/session.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function make(query = '') {
  const client = mockClient(new URLSearchParams(`latency=10&${query}`));
  const asked: SearchRequest[] = [];
  const search = client.search.bind(client);
  client.search = (request) => {
    asked.push(structuredClone(request));
    return search(request);
  };
  const failed = vi.fn();
  return { client, asked, failed, session: new SearchSession(client, failed) };
}

const settle = () => vi.advanceTimersByTimeAsync(typing + 200);

describe('a search', () => {
  it('waits for the typing to pause, and asks once', async () => {
    const { session, asked } = make();
    for (const words of ['r', 're', 'red']) session.setWords(words);
    expect(asked).toHaveLength(0);
    await settle();
    expect(asked.map((r) => r.words)).toEqual(['red']);
    expect(session.response?.verdict).toBe('found');
    expect(session.busy).toBe(false);
  });

  it('shows the newest answer, whichever comes last', async () => {
    const { session, client } = make();
    const slow = client.search.bind(client);
    let first = true;
    client.search = async (request) => {
      // The first answer takes longer than the second one.
      const wait = first ? 500 : 10;
      first = false;
      const response = { ...(await slow(request)), ticket: request.ticket };
      await new Promise((done) => setTimeout(done, wait));
      return response;
    };
    session.toggleFilter('category', 'Bags');
    session.toggleFilter('color', 'Red');
    await vi.advanceTimersByTimeAsync(100);
    const shown = session.response;
    expect(shown).not.toBeNull();
    await vi.advanceTimersByTimeAsync(1000);
    expect(session.response).toBe(shown);
  });

  it('says nothing of superseded ones, and shows other failures until an answer comes', async () => {
    const { session } = make('fail=search:internal*1');
    session.changed();
    await settle();
    expect(session.problem?.code).toBe('internal');
    session.changed();
    await settle();
    expect(session.problem).toBeNull();
    const quiet = make('fail=search:superseded').session;
    quiet.changed();
    await settle();
    expect(quiet.problem).toBeNull();
  });

  it('can be stopped: what is shown stays', async () => {
    const { session } = make();
    session.changed();
    await settle();
    const shown = session.response;
    session.toggleFilter('category', 'Bags');
    session.stop();
    expect(session.busy).toBe(false);
    await settle();
    expect(session.response).toBe(shown);
  });

  it('adds and removes filters', () => {
    const { session } = make();
    session.toggleFilter('color', 'Red');
    session.toggleFilter('color', 'Blue');
    session.toggleFilter('brand', 'Kumo');
    session.setPrice({ min: '5', max: null });
    expect(session.filterCount).toBe(4);
    session.toggleFilter('color', 'Red');
    expect(session.filters).toEqual({ color: ['Blue'], brand: ['Kumo'] });
    session.setPrice({ min: null, max: null });
    expect(session.price).toBeNull();
    session.clearFilters();
    expect(session.filterCount).toBe(0);
  });

  it('takes back what was understood of the words, one by one', async () => {
    const { session, asked } = make();
    session.setWords('red dress under 60, not striped without silk');
    await settle();
    const chips = () => session.response!.understood.chips;
    expect(chips().map(({ said }) => said)).toEqual(['red', 'under 60', 'not striped', 'without silk']);
    session.unsay(chips()[1]!);
    expect(session.words).toBe('red dress, not striped without silk');
    // The chip is gone at once, before the answer comes.
    expect(chips()).toHaveLength(3);
    await settle();
    session.unsay(chips()[2]!);
    expect(session.words).toBe('red dress, not striped');
    await settle();
    expect(asked.at(-1)).toMatchObject({ words: 'red dress, not striped', typing: false });
    session.exclude('  silk ');
    session.exclude('silk');
    expect(session.without).toEqual(['silk']);
    session.include('silk');
    expect(session.without).toEqual([]);
  });

  it('keeps what was typed on when a chip is taken back meanwhile', async () => {
    const { session } = make();
    session.setWords('red dress under 60');
    await settle();
    const [chip] = session.response!.understood.chips;
    session.setWords('red dress under 60 linen');
    session.unsay(chip!);
    expect(session.words).toBe('dress under 60 linen');
  });

  it('says whether the last word may be unfinished', async () => {
    const { session, asked } = make();
    session.setWords('dre');
    await settle();
    session.setWords('dress ');
    await settle();
    session.setWords('dress');
    session.typed();
    await settle();
    expect(asked.map(({ typing }) => typing)).toEqual([true, false, false]);
  });

  it('weighs products beside the question', async () => {
    const { session, client, asked } = make();
    const [cards] = await Promise.all([
      client.cards(['p001', 'p002', 'p003', 'p004', 'p005', 'p006', 'p007']),
      vi.advanceTimersByTimeAsync(20),
    ]);
    for (const card of cards.slice(0, 6)) expect(session.mixIn(card, 0.5)).toBe(true);
    expect(session.mixIn(cards[6]!, 0.5)).toBe(false);
    expect(session.mixIn(cards[0]!, -0.5)).toBe(true);
    await settle();
    expect(asked.at(-1)?.mix[0]).toEqual({ product: 'p001', weight: -0.5 });
    expect(session.asks).toBe(true);
    for (const { card } of session.mix) session.unmix(card.id);
    await settle();
    expect(session.response?.verdict).toBe('browsing');
  });

  it('asks for more of a product alone', async () => {
    const { session, client, asked } = make();
    session.setWords('red');
    const [card] = await Promise.all([client.cards(['p002']), vi.advanceTimersByTimeAsync(20)]);
    session.moreLike(card[0] as Card);
    await settle();
    expect(asked.at(-1)).toMatchObject({ like: 'p002', words: '', picture: null });
    session.unlike();
    await settle();
    expect(session.response?.verdict).toBe('browsing');
  });

  it('loads more of the same without starting anew', async () => {
    const { session, asked } = make();
    session.changed();
    await settle();
    const question = session.question;
    session.more();
    await settle();
    expect(asked.map((r) => r.limit)).toEqual([60, 180]);
    expect(session.response?.hits).toHaveLength(120);
    expect(session.question).toBe(question);
    session.more();
    await settle();
    expect(asked).toHaveLength(2);
  });

  it('tells a live camera instead of searching itself', async () => {
    const { session, asked } = make();
    const heard: SearchRequest[] = [];
    session.live = (template) => void heard.push(template);
    session.setWords('blue');
    await settle();
    expect(asked).toHaveLength(0);
    expect(heard.at(-1)).toMatchObject({ words: 'blue', picture: null });
  });

  it('runs a past one again, with its words and filters', async () => {
    const { session, asked } = make();
    await session.rerun({
      id: 'h1',
      at: 0,
      words: 'hat',
      hasPicture: false,
      like: null,
      filters: [{ field: 'color', values: ['Red'] }],
      best: '',
    });
    await settle();
    expect(asked.at(-1)).toMatchObject({ words: 'hat', filters: [{ field: 'color', values: ['Red'] }] });
  });
});

describe('query pictures', () => {
  const file = (name: string) => new File([new Uint8Array([1, 2, 3])], name, { type: 'image/jpeg' });

  it('takes several, asks by the last one, and falls back to a neighbour', async () => {
    const { session, asked } = make();
    const { pictures } = session;
    void pictures.addFiles([file('red-dress.jpg'), file('blue-hat.jpg')]);
    await settle();
    await settle();
    expect(pictures.list).toHaveLength(2);
    expect(asked.at(-1)?.picture?.id).toBe(pictures.list[1]?.picture?.id);
    pictures.remove(pictures.list[1]!.key);
    await settle();
    expect(asked.at(-1)?.picture?.id).toBe(pictures.list[0]?.picture?.id);
    pictures.remove(pictures.list[0]!.key);
    await settle();
    expect(asked.at(-1)?.picture).toBeNull();
  });

  it('searches once the crop box rests, and the whole picture is no region', async () => {
    const { session, asked } = make();
    const { pictures } = session;
    void pictures.addFiles([file('hat.jpg')]);
    await settle();
    const before = asked.length;
    for (let i = 1; i < 6; i++) pictures.crop({ x: i / 20, y: 0.1, width: 0.5, height: 0.5 });
    await settle();
    expect(asked.length).toBe(before + 1);
    expect(asked.at(-1)?.picture?.region?.x).toBeCloseTo(0.25);
    pictures.crop({ x: 0, y: 0, width: 1, height: 1 });
    await settle();
    expect(asked.at(-1)?.picture?.region).toBeNull();
  });

  it('can be called off while one is on its way, and lets the backend forget it', async () => {
    const { session, client } = make();
    const drop = vi.spyOn(client, 'dropPicture');
    void session.pictures.addUrl('https://shop.example/a.jpg');
    session.pictures.remove(session.pictures.list[0]!.key);
    await settle();
    expect(session.pictures.list).toHaveLength(0);
    expect(drop).toHaveBeenCalledTimes(1);
  });

  it('tells a failure and leaves no empty place behind', async () => {
    const { session, failed } = make('fail=add_picture:bad_picture');
    void session.pictures.addFiles([file('x.txt')]);
    await settle();
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ code: 'bad_picture' }));
    expect(session.pictures.active).toBeNull();
  });
});

describe('what is kept', () => {
  const card = { id: 'p001', favourite: false } as Card;

  it('shows a heart at once and takes it back if it could not be kept', async () => {
    const failed = vi.fn();
    const library = new Library(
      mockClient(new URLSearchParams('latency=10&fail=set_favourite:disk_full')) as Client,
      failed,
    );
    const done = library.toggle(card);
    expect(library.isFavourite(card)).toBe(true);
    await vi.advanceTimersByTimeAsync(20);
    await done;
    expect(library.isFavourite(card)).toBe(false);
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ code: 'disk_full' }));
  });

  it('compares four, not five', () => {
    const compare = new Compare();
    for (const id of ['a', 'b', 'c', 'd']) expect(compare.toggle({ id } as Card)).toBe(true);
    expect(compare.toggle({ id: 'e' } as Card)).toBe(false);
    compare.toggle({ id: 'b' } as Card);
    expect(compare.cards.map((c) => c.id)).toEqual(['a', 'c', 'd']);
  });

  it('marks the rows that differ', () => {
    const rows = rowsOf([
      new Map([
        ['brand', 'A'],
        ['color', 'Red'],
        ['note', ''],
      ]),
      new Map([
        ['brand', 'A'],
        ['color', 'Blue'],
        ['care', 'Cold'],
      ]),
    ]);
    expect(rows.map(({ name, differs }) => [name, differs])).toEqual([
      ['brand', false],
      ['color', true],
      ['care', true],
    ]);
  });
});

describe('routes', () => {
  it('go to an address and back', () => {
    const routes = [
      { name: 'search' },
      { name: 'favourites' },
      { name: 'history' },
      { name: 'compare' },
      { name: 'settings' },
      { name: 'product', id: 'a/b c%ü' },
    ] as const;
    for (const route of routes) expect(parseRoute(hrefOf(route))).toEqual(route);
  });

  it('lead to the search if they lead nowhere', () => {
    for (const hash of ['', '#', '#/nowhere', '#/product/', '#/product'])
      expect(parseRoute(hash)).toEqual({ name: 'search' });
    expect(parseRoute('#/product/%zz')).toEqual({ name: 'product', id: '%zz' });
  });
});
