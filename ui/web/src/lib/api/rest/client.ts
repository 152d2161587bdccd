// The client of a shop's server, over HTTP. The shopper's pictures, favourites, history and settings stay in
// the browser; only the small copy of a picture that a search needs is sent.

import type { Client } from '../client';
import { ClientError } from '../client';
import type { Card } from '../generated/Card';
import type { CatalogEntry } from '../generated/CatalogEntry';
import type { CatalogEvent } from '../generated/CatalogEvent';
import type { Picture } from '../generated/Picture';
import type { Problem } from '../generated/Problem';
import type { ProductPage } from '../generated/ProductPage';
import type { SearchRequest } from '../generated/SearchRequest';
import type { SearchResponse } from '../generated/SearchResponse';
import type { ShownLook } from '../generated/ShownLook';
import type { Start } from '../generated/Start';
import { fail } from '../problem';
import type { Schemas } from '../shop/client';
import { ShopClient } from '../shop/client';
import { RestAccount } from './account';
import { OpenCatalog } from './catalog';
import { openedFrom, wordsOf } from './opened';
import { BrowserLibrary } from './library';
import { BrowserPictures } from './pictures';
import { RestSearch, told } from './search';
import { served, servedCatalogs, servedCategory, servedLooks } from './served';
import { grab, saveFile, sharedAddress } from './system';
import { forgetSettings, readSettings, saveSettings } from './settings';
import { openStore } from './store';
import type { Store } from './store';
import { AccountSync } from './sync';
import { RestTelling, consentOf, forgetDecided, takeOverSetting } from './telling';
import { FeedbackQueue } from '../../feedback/queue';

export interface RestOptions {
  /** Asks the shopper, once, whether small copies of their pictures may be sent. */
  allow: () => Promise<boolean>;
  store?: Promise<Store>;
  shop?: ShopClient;
  feedback?: FeedbackQueue;
}

const impossible = async (what: string): Promise<never> => fail('unsupported', `A browser cannot ${what}.`);
/** Cards in one request. */
const mostCards = 100;
/** Whether the shop searches other catalogues than when the page was loaded. */
const isOther = ({ code, message }: Problem) =>
  code === 'no_catalog' || (code === 'bad_query' && message.startsWith('catalog:'));
const isOffline = (thrown: unknown) => thrown instanceof ClientError && thrown.problem.code === 'offline';

export function restClient({
  allow,
  store = openStore(),
  shop = new ShopClient(),
  feedback,
}: RestOptions): Client {
  const library = store.then((opened) => BrowserLibrary.open(opened));
  let opened: BrowserLibrary | null = null;
  const open = new OpenCatalog();
  void library.then((kept) => {
    opened = kept;
    if (open.id !== null) kept.catalog = open.id;
  });
  const pictures = new BrowserPictures();
  const catalog = () => open.name;
  const place = () => (open.name === null ? {} : { catalog: open.name });
  const search = new RestSearch(shop, catalog);
  const live = new RestSearch(shop, catalog);
  let lastLive = '';
  const queue = feedback ?? new FeedbackQueue({ address: shop.address('/api/v1/feedback'), catalog });
  const telling = new RestTelling({ queue, open: () => open.current });
  let hasOpened = false;
  const listening = new Set<(event: CatalogEvent) => void>();
  /** What there is to choose from: nothing, where there is one. */
  const entries = () => (open.isOfSeveral ? open.list.map((one) => entryOf(one, one === open.current)) : []);
  let beginning: Promise<void> | null = null;
  /** Waits until it is known which catalogue is open: pages are shown before the shop has answered. */
  const placed = async (): Promise<void> => {
    if (!open.isKnown) await beginning;
  };

  const ask = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (thrown) {
      throw told(thrown);
    }
  };
  const permitted = async (): Promise<void> => {
    if (!(await allow())) fail('cancelled', 'No picture is sent.');
  };
  const add = async (file: Blob, name: string): Promise<Picture> => {
    await permitted();
    return pictures.add(file, name, async (small) => {
      const found = await ask(
        shop.post('/api/v1/regions', { raw: small, headers: { 'content-type': 'image/jpeg' } }),
      );
      return found.proposals;
    });
  };

  /** What the shop searches; without a connection, what it searched last time. */
  const searched = async (kept: BrowserLibrary): Promise<Schemas['Searched'][]> => {
    try {
      const list = servedCatalogs() ?? (await ask(shop.get('/api/v1/catalogs')));
      await kept.store.put('values', 'catalogs', list);
      return list;
    } catch (thrown) {
      const known = await kept.store.get<Schemas['Searched'][]>('values', 'catalogs');
      if (!isOffline(thrown) || !known) throw thrown;
      return known;
    }
  };

  /** Finds out what is searched, and which of it is open. */
  const begin = async (): Promise<void> => {
    const kept = await library;
    const before = await kept.store.get<string>('values', 'catalog');
    // What waits is of the catalogue that was open, which is not searched any more.
    if (open.take(await searched(kept), before)) telling.forget();
    const { current } = open;
    takeOverSetting(current);
    if (current) await kept.settle(current.id);
  };

  /** Calls the shop; where its catalogues are others by now, finds out which, and calls again. */
  const anew = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (thrown) {
      if (!(thrown instanceof ClientError) || !isOther(thrown.problem)) throw thrown;
      await begin();
      open.sign();
      for (const heard of listening) heard({ kind: 'changed', catalogs: entries() });
      return call();
    }
  };

  const start = async (): Promise<Start> => {
    const began = begin();
    beginning = began.catch(() => undefined);
    await began;
    const { current } = open;
    // What other devices did; the first answer does not wait for it.
    void sync.then((one) => one.run()).catch(() => undefined);
    const outside = hasOpened ? null : await openedFrom(location, (file, name) => add(file, name));
    hasOpened = true;
    open.sign();
    return {
      version: '',
      catalog: current && { id: current.id, products: current.products, release: current.release },
      catalogs: entries(),
      model: null,
      settings: readSettings(),
      capabilities: {
        nativeCamera: false,
        screen: 'getDisplayMedia' in (navigator.mediaDevices ?? {}),
        clipboard: false,
        openCatalog: false,
        addCatalog: false,
      },
      opened: outside,
      problem: current ? null : { code: 'no_catalog', message: 'The shop searches no catalogue.' },
    };
  };

  const turnTo = (id: string): void => {
    // What waits is of the catalogue that was open, and goes there.
    telling.turn();
    open.turn(id);
    if (opened) opened.catalog = id;
  };

  const productOf = async (id: string): Promise<ProductPage> => {
    const kept = await library;
    await placed();
    const known = served(id, open.name);
    const marked = (page: ProductPage): ProductPage => ({
      ...page,
      card: kept.mark(page.card),
      otherColors: page.otherColors.map((card) => kept.mark(card)),
      similar: page.similar.map((card) => kept.mark(card)),
      cheaper: page.cheaper.map((card) => kept.mark(card)),
      goesWith: page.goesWith.map((card) => kept.mark(card)),
    });
    if (known) return marked(known);
    try {
      const language = globalThis.document?.documentElement.lang;
      const spoken = language ? { language } : {};
      const page = await anew(() =>
        ask(shop.get('/api/v1/products/{id}', { path: { id }, query: { ...place(), ...spoken } })),
      );
      return marked(page as ProductPage);
    } catch (thrown) {
      const card = isOffline(thrown) ? await kept.keptCard(id) : null;
      if (!card) throw thrown;
      return pageOf(kept.mark(card));
    }
  };

  const cardsOf = async (ids: string[], at: { catalog?: string }): Promise<Card[]> => {
    const found: Card[] = [];
    for (let from = 0; from < ids.length; from += mostCards) {
      const body = { ids: ids.slice(from, from + mostCards), ...at };
      found.push(...((await ask(shop.post('/api/v1/cards', { body }))) as Card[]));
    }
    return found;
  };
  const cards = async (ids: string[]): Promise<Card[]> => {
    const kept = await library;
    return (await cardsOf(ids, place())).map((card) => kept.mark(card));
  };

  const account: RestAccount = new RestAccount(shop, () => sync);
  const sync: Promise<AccountSync> = library.then(
    (kept) =>
      new AccountSync({
        shop,
        library: kept,
        isOn: () => account.remembered() !== null,
        // A catalogue that is not served any more has no cards.
        cards: async (of, ids) => {
          if (!open.list.some(({ id }) => id === of)) return [];
          return cardsOf(ids, open.isOfSeveral ? { catalog: of } : {});
        },
        ended: () => account.ended(),
      }),
  );
  /** Something was done to a product here. */
  const note = async (list: 'favourites' | 'viewed', product: string, on: boolean): Promise<void> => {
    const { catalog: of } = await library;
    await (await sync).note({ list, catalog: of, product, on, at: Date.now() });
  };

  const marked = async <T extends SearchResponse>(answer: T): Promise<T> => {
    const kept = await library;
    return { ...answer, hits: answer.hits.map((hit) => ({ ...hit, card: kept.mark(hit.card) })) };
  };

  return {
    place: 'shop',
    account,
    servedCategory,
    settingsNow: readSettings,
    consentNow: () => consentOf(open.current),
    wordsNow: () => wordsOf(location),
    start,
    onOpened(heard) {
      // Files that the system opens with the installed app.
      window.launchQueue?.setConsumer(async ({ files }) => {
        for (const handle of files ?? []) {
          const file = await handle.getFile();
          await add(file, file.name)
            .then((picture) => heard({ kind: 'picture', picture }))
            .catch((thrown: unknown) => heard({ kind: 'refused', problem: told(thrown).problem }));
        }
      });
      return () => window.launchQueue?.setConsumer(() => undefined);
    },

    async search(request: SearchRequest) {
      const kept = await library;
      const { picture } = request;
      const small = picture ? await pictures.part(picture.id, picture.region) : null;
      const wanted = ({ card }: { card: Card }) => !kept.isDismissed(card.id);
      try {
        const told = await anew(() => search.answer(request, small, wanted));
        telling.answered(request, told);
        const { feedbackToken: _token, ...answer } = told;
        void kept.keepAnswer(request, answer).catch(() => undefined);
        if (readSettings().keepHistory) {
          const tiny = async () => (picture ? pictures.tiny(picture.id, picture.region) : null);
          void kept.note(request, answer.hits[0]?.card.title ?? '', tiny).catch(() => undefined);
        }
        return await marked(answer);
      } catch (thrown) {
        const before = isOffline(thrown) ? await kept.keptAnswer(request) : null;
        if (!before) throw thrown;
        return marked({ ...before, ticket: request.ticket, by: 'kept' });
      }
    },
    async product(id) {
      const page = await productOf(id);
      telling.opened(id);
      if (readSettings().keepHistory) {
        await (await library).view(page.card);
        void note('viewed', id, true).catch(() => undefined);
      }
      return page;
    },
    productImage: (id, size, number = 0) =>
      shop.address(
        '/api/v1/products/{id}/picture',
        { id },
        { size: size === 'full' ? size : 'small', ...(number > 0 ? { number } : {}), ...place() },
      ),
    async looks() {
      await placed();
      const language = globalThis.document?.documentElement.lang ?? '';
      const known = servedLooks(open.name, language);
      if (known) return known;
      const query = { ...place(), ...(language ? { language } : {}) };
      return (await ask(shop.get('/api/v1/looks', { query }))) as ShownLook[];
    },
    lookImage: ({ id, version }) =>
      shop.address('/api/v1/looks/{id}/picture', { id }, { v: version, ...place() }),
    openInShop: async (id) => {
      const query = { ...place(), ...telling.attribution(id) };
      window.open(shop.address('/api/v1/products/{id}/shop', { id }, query), '_blank', 'noopener');
      telling.done(id, 'click');
    },

    addPicture: (bytes, name) => add(new Blob([bytes as BlobPart]), name),
    async addPictureFromUrl(url) {
      // Browsers do not let a page read pictures of other origins.
      if (new URL(url, location.href).origin !== location.origin)
        return impossible('read a picture of another site');
      const answer = await fetch(url).catch(() => fail('offline', url));
      if (!answer.ok) return fail('not_found', url);
      return add(await answer.blob(), url);
    },
    dropPicture: async (id) => pictures.drop(id),
    pictureUrl: (id) => pictures.url(id),
    captureScreen: async () => add(await grab(), 'screen'),
    // Only the browser's paste event gives access to its clipboard without a permission.
    pasteFromClipboard: async () => null,

    cameras: async () => [],
    openCamera: () => impossible('open a camera of the server'),
    async liveFrame(jpeg, template) {
      await permitted();
      const kept = await library;
      const wanted = ({ card }: { card: Card }) => !kept.isDismissed(card.id);
      const answer = await live.answer(
        template,
        new Blob([jpeg as BlobPart], { type: 'image/jpeg' }),
        wanted,
      );
      // An answer with the same verdict and the same first hits counts as unchanged.
      const seen = JSON.stringify([answer.verdict, answer.hits.slice(0, 12).map(({ card }) => card.id)]);
      const isNew = seen !== lastLive;
      lastLive = seen;
      telling.live(template, answer, isNew);
      return { state: 'stable', response: isNew ? await marked(answer) : null };
    },
    setLiveQuery: () => impossible('open a camera of the server'),

    favourites: async () => {
      await (await sync).run().catch(() => undefined);
      await placed();
      const kept = (await library).kept();
      const fresh = await cards(kept.map(({ id }) => id)).catch((): Card[] => []);
      const byId = new Map(fresh.map((card) => [card.id, card]));
      return kept.map((card) => byId.get(card.id) ?? card);
    },
    async setFavourite(id, on) {
      const kept = await library;
      const was = kept.favourite(id) !== undefined;
      const known = on ? ((await kept.keptCard(id)) ?? (await cards([id]))[0]) : kept.favourite(id)?.card;
      if (known) await kept.setFavourite(known, on);
      else if (on) fail('not_found', id);
      if (was !== on) telling.done(id, on ? 'add_to_wishlist' : 'remove_from_wishlist');
      await note('favourites', id, on);
    },
    dismiss: async (id, on) => (await library).dismiss(id, on),
    personal: async () => ({
      taste: { any: false, categories: [], brands: [], sizes: [], usualPrice: null },
      waiting: telling.waiting,
    }),
    forgetTaste: async () => undefined,
    history: async () => {
      await placed();
      return (await library).history();
    },
    async viewed() {
      await (await sync).run().catch(() => undefined);
      await placed();
      return (await library).seen();
    },
    historyImage: (id) => opened?.historyUrl(id) ?? '',
    async pictureFromHistory(id) {
      const file = await (await library).historyPicture(id);
      return file ? add(file, '') : fail('not_found', id);
    },
    async forgetHistory(id) {
      if (id === null && account.remembered()) await ask(shop.delete('/api/v1/me/history'));
      await (await library).forget(id);
    },

    cards,
    async shareToClipboard(id) {
      const { card } = await productOf(id);
      await navigator.clipboard.writeText(`${card.title}\n${sharedAddress(card.id, catalog())}`);
      telling.done(id, 'share');
    },
    async shareToFile(id) {
      const file = await ask(
        shop.get('/api/v1/products/{id}/picture', { path: { id }, query: { size: 'full', ...place() } }),
      );
      await saveFile(file as unknown as Blob, `${id}.jpg`);
      telling.done(id, 'share');
      return true;
    },

    async saveSettings(settings) {
      saveSettings(settings);
      telling.check();
    },
    async storageUse() {
      const used = await navigator.storage?.estimate?.();
      return { catalog: 0, model: 0, personal: used?.usage ?? 0 };
    },
    measureModel: () => impossible('measure the model of the shop'),
    async deleteMyData() {
      forgetSettings();
      forgetDecided();
      open.forget();
      telling.forget();
      // What the account has stays there; else it would come back at once.
      if (account.remembered()) await account.signOut();
      await (await library).deleteAll();
    },
    async openCatalog(path) {
      if (path === null) return impossible('open a folder');
      turnTo(path);
      open.remember();
      return start();
    },
    followAddress() {
      const id = open.leadsTo();
      if (id === null) return null;
      turnTo(id);
      return start();
    },

    catalogs: async () => open.list.map((one) => entryOf(one, one === open.current)),
    onCatalogs(heard) {
      listening.add(heard);
      return () => listening.delete(heard);
    },
    inspectCatalog: () => impossible('add a catalogue'),
    addCatalog: () => impossible('add a catalogue'),
    updateCatalog: () => impossible('update a catalogue'),
    cancelUpdate: () => impossible('update a catalogue'),
    removeCatalog: () => impossible('remove a catalogue'),
    readCode: () => impossible('read codes'),
    readCodeOf: () => impossible('read codes'),

    licences: async () => {
      const answer = await fetch('/licences.txt').catch(() => fail('offline', '/licences.txt'));
      return answer.ok ? answer.text() : fail('not_found', '/licences.txt');
    },
  };
}

const entryOf = (of: Schemas['Searched'], current: boolean): CatalogEntry => ({
  path: of.id,
  name: of.id,
  current,
  kind: 'folder' as CatalogEntry['kind'],
  products: of.products,
  release: of.release,
  diskBytes: 0,
  sync: null,
  feedback: consentOf(of),
});

/** The product's page without a connection: only the card is known. */
const pageOf = (card: Card): ProductPage => ({
  card,
  isCategoryGuessed: false,
  description: '',
  sizes: [],
  variants: [],
  shades: [],
  pattern: null,
  facts: [],
  hasLink: false,
  otherColors: [],
  similar: [],
  cheaper: [],
  goesWith: [],
});
