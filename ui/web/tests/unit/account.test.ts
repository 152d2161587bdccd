// What is on a device and what is in an account become one, without a loss.

import { describe, expect, it } from 'vitest';
import type { Card } from '../../src/lib/api/generated/Card';
import { BrowserLibrary } from '../../src/lib/api/rest/library';
import { Memory } from '../../src/lib/api/rest/store';
import { AccountSync } from '../../src/lib/api/rest/sync';
import { ShopClient } from '../../src/lib/api/shop/client';

interface Kept {
  catalog: string;
  product: string;
  atMs: number;
}

const card = (id: string): Card => ({
  id,
  title: id,
  brand: '',
  category: '',
  price: null,
  salePrice: null,
  availability: 'in_stock',
  colors: [],
  favourite: false,
});

/** The account's half, as the server answers. */
class Account {
  favourites: Kept[] = [];
  history: Kept[] = [];
  room = 1000;
  answers: 'yes' | 'ended' | 'offline' = 'yes';

  readonly fetch = (async (address: string, init: RequestInit = {}) => {
    if (this.answers === 'offline') throw new TypeError('refused');
    if (this.answers === 'ended') return problem(401, 'not_signed_in');
    const { pathname, searchParams } = new URL(address, 'https://shop.example');
    const list = pathname.endsWith('favourites') ? this.favourites : this.history;
    if (init.method === 'GET') return Response.json(list.toSorted((a, b) => b.atMs - a.atMs));
    if (init.method === 'DELETE') {
      const at = list.findIndex(
        ({ catalog, product }) =>
          catalog === searchParams.get('catalog') && product === searchParams.get('product'),
      );
      if (at < 0) return problem(404, 'not_found');
      list.splice(at, 1);
    } else {
      const kept = JSON.parse(String(init.body)) as Kept;
      const known = list.find(({ product, catalog }) => product === kept.product && catalog === kept.catalog);
      if (list === this.favourites && !known && list.length >= this.room) return problem(409, 'too_many');
      if (known && list === this.favourites) known.atMs = Math.max(known.atMs, kept.atMs);
      else list.push(kept);
    }
    return new Response(null, { status: 204 });
  }) as typeof fetch;
}

const problem = (status: number, code: string) =>
  Response.json({ type: 'about:blank', title: code, status, code }, { status });

async function device(account: Account) {
  const library = await BrowserLibrary.open(new Memory());
  await library.settle('shop');
  const state = { on: false, ended: 0 };
  const sync = new AccountSync({
    shop: new ShopClient({ fetch: account.fetch }),
    library,
    isOn: () => state.on,
    cards: async (_catalog, ids) => ids.map(card),
    ended: () => {
      state.on = false;
      state.ended++;
    },
  });
  const keep = async (id: string, on: boolean, at: number) => {
    await library.setFavourite(card(id), on, at);
    await sync.note({ list: 'favourites', catalog: 'shop', product: id, on, at });
  };
  const signIn = () => {
    state.on = true;
    return sync.begin();
  };
  return { library, sync, state, keep, signIn, ids: () => library.kept().map(({ id }) => id) };
}

describe('signing in', () => {
  it('loses nothing of the device and nothing of the account, newest first', async () => {
    const account = new Account();
    account.favourites = [
      { catalog: 'shop', product: 'theirs', atMs: 50 },
      { catalog: 'shop', product: 'both', atMs: 70 },
    ];
    const here = await device(account);
    await here.keep('mine', true, 60);
    await here.keep('both', true, 20);
    await here.library.view(card('seen'), 30);
    await here.signIn();
    expect(here.ids()).toEqual(['both', 'mine', 'theirs']);
    expect(account.favourites.map(({ product, atMs }) => [product, atMs]).toSorted()).toEqual([
      ['both', 70],
      ['mine', 60],
      ['theirs', 50],
    ]);
    expect(account.history).toEqual([{ catalog: 'shop', product: 'seen', atMs: 30 }]);
    expect(await here.library.waiting()).toEqual([]);
  });

  it('keeps on the device what a full account has no room for', async () => {
    const account = new Account();
    account.room = 1;
    const here = await device(account);
    await here.keep('a', true, 1);
    await here.keep('b', true, 2);
    await here.signIn();
    expect(account.favourites).toHaveLength(1);
    expect(here.ids()).toEqual(['b', 'a']);
  });
});

describe('two devices', () => {
  it('show the same, and the later change holds', async () => {
    const account = new Account();
    const [one, two] = [await device(account), await device(account)];
    await one.signIn();
    await one.keep('a', true, 10);
    await one.sync.run();
    await two.signIn();
    expect(two.ids()).toEqual(['a']);

    // Off on the first at 20, without a connection; kept again on the second at 30.
    account.answers = 'offline';
    await one.keep('a', false, 20);
    await one.sync.run();
    account.answers = 'yes';
    await two.keep('a', true, 30);
    await two.sync.run();
    await one.sync.run();
    expect([one.ids(), two.ids()]).toEqual([['a'], ['a']]);

    await one.keep('a', false, 40);
    await one.sync.run();
    await two.sync.run();
    expect([one.ids(), two.ids(), account.favourites]).toEqual([[], [], []]);
  });

  it('wait without a connection, and tell it later', async () => {
    const account = new Account();
    const here = await device(account);
    await here.signIn();
    account.answers = 'offline';
    await here.keep('a', true, 10);
    await here.sync.run();
    expect(here.ids()).toEqual(['a']);
    account.answers = 'yes';
    await here.sync.run();
    expect(account.favourites).toEqual([{ catalog: 'shop', product: 'a', atMs: 10 }]);
  });
});

it('a session that ended elsewhere leaves the device as it is, and signing out clears it', async () => {
  const account = new Account();
  const here = await device(account);
  await here.signIn();
  await here.keep('a', true, 10);
  await here.sync.run();
  account.answers = 'ended';
  await here.sync.run();
  expect([here.state.ended, here.ids()]).toEqual([1, ['a']]);
  await here.sync.leave();
  expect([here.ids(), await here.library.waiting()]).toEqual([[], []]);
});

it('favourites of the first version are of the catalogue that is searched first', async () => {
  const store = new Memory();
  await store.put('favourites', 'old', { at: 5, card: card('old') });
  const library = await BrowserLibrary.open(store);
  await library.settle('shop');
  expect(library.kept().map(({ id }) => id)).toEqual(['old']);
  expect(library.everything()).toEqual([
    { list: 'favourites', catalog: 'shop', product: 'old', on: true, at: 5 },
  ]);
  expect(library.seen()).toEqual([]);
  // The next visit knows them before the shop answers.
  const next = await BrowserLibrary.open(store);
  expect(next.kept().map(({ id }) => id)).toEqual(['old']);
  expect(next.mark(card('old')).favourite).toBe(true);
});

it('what is looked at before the shop has answered is of the catalogue that it names then', async () => {
  const library = await BrowserLibrary.open(new Memory());
  await library.view(card('a'), 7);
  await library.settle('shop');
  expect(library.seen().map(({ id }) => id)).toEqual(['a']);
  expect(library.everything()).toEqual([{ list: 'viewed', catalog: 'shop', product: 'a', on: true, at: 7 }]);
});
