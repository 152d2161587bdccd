// Favourites, past searches, products that were looked at, and the answers of last time, on this device.

import type { Answer } from '../client';
import type { Card } from '../generated/Card';
import type { HistoryEntry } from '../generated/HistoryEntry';
import type { SearchRequest } from '../generated/SearchRequest';
import type { Store } from './store';

const mostHistory = 200;
const mostViewed = 200;
const mostAnswers = 20;

interface Past {
  /** Entries of the first version lack it: they are of the catalogue that is searched first. */
  catalog?: string;
  entry: HistoryEntry;
  picture: Blob | null;
  /** The picture's id in that visit, to recognise words that are typed on beside the picture. */
  pictureId: string | null;
}

interface KeptAnswer {
  key: string;
  catalog?: string;
  at: number;
  answer: Answer;
}

/** A product that is kept, or was looked at. */
export interface Row {
  at: number;
  card: Card;
  /** Rows of the first version lack it: they are of the catalogue that is searched first. */
  catalog?: string;
}

/** What the account is to be told. */
export interface Waiting {
  list: 'favourites' | 'viewed';
  catalog: string;
  product: string;
  /** Kept or looked at; false: kept no longer. */
  on: boolean;
  at: number;
}

type Rows = Map<string, Row>;
export const keyOf = ({ catalog, product }: { catalog: string; product: string }) => `${catalog}\n${product}`;
const newestFirst = (rows: Rows): Row[] => [...rows.values()].sort((a, b) => b.at - a.at);
const rowKey = (catalog: string, id: string) => keyOf({ catalog, product: id });
const waitingKey = (waiting: Waiting) => `${waiting.list}\n${keyOf(waiting)}`;

/** The same question of a catalogue, whenever it is asked. */
const questionOf = (request: SearchRequest, catalog: string): string => {
  const { ticket: _ticket, typing: _typing, limit: _limit, picture: _picture, ...rest } = request;
  return `${catalog}\n${JSON.stringify(rest)}`;
};

export class BrowserLibrary {
  favourites: Rows = new Map();
  viewed: Rows = new Map();
  /** Keys of rows. */
  #dismissed = new Set<string>();
  /** The catalogue that is searched. */
  catalog = '';
  #urls = new Map<string, string>();

  private constructor(readonly store: Store) {}

  static async open(store: Store): Promise<BrowserLibrary> {
    const library = new BrowserLibrary(store);
    for (const list of ['favourites', 'viewed'] as const)
      for (const row of await store.all<Row>(list))
        library[list].set(rowKey(row.catalog ?? '', row.card.id), row);
    for (const key of await store.all<string>('dismissed')) library.#dismissed.add(key);
    // That of last time, until the shop says which one it is now: pages are shown before that.
    library.catalog = (await store.get<string>('values', 'settled')) ?? '';
    return library;
  }

  /** Says which catalogue is searched. */
  async settle(catalog: string): Promise<void> {
    const isOther = this.catalog !== catalog;
    this.catalog = catalog;
    if (isOther) await this.store.put('values', 'settled', catalog);
    // Rows of the first version, and of a first page that was there before the shop had answered.
    for (const list of ['favourites', 'viewed'] as const) {
      for (const row of [...this[list].values()].filter((one) => !one.catalog)) {
        await this.#remove(list, '', row.card.id);
        await this.store.remove(list, row.card.id);
        await this.#put(list, { ...row, catalog });
      }
    }
    for (const past of await this.#past())
      if (!past.catalog) await this.store.put('history', past.entry.id, { ...past, catalog });
  }

  /** Newest first, those of the catalogue that is searched. */
  kept(): Card[] {
    return this.#here(this.favourites).map((card) => ({ ...card, favourite: true }));
  }

  /** The products that were looked at, newest first. */
  seen(): Card[] {
    return this.#here(this.viewed).map((card) => this.mark(card));
  }

  #here(rows: Rows): Card[] {
    return newestFirst(rows)
      .filter(({ catalog = this.catalog }) => catalog === this.catalog)
      .map(({ card }) => card);
  }

  favourite(id: string): Row | undefined {
    return this.favourites.get(rowKey(this.catalog, id));
  }

  async setFavourite(card: Card, on: boolean, at = Date.now()): Promise<void> {
    if (on) await this.#put('favourites', { at, card, catalog: this.catalog });
    else await this.#remove('favourites', this.catalog, card.id);
  }

  async view(card: Card, at = Date.now()): Promise<void> {
    await this.#put('viewed', { at, card, catalog: this.catalog });
    for (const { catalog = '', card: old } of newestFirst(this.viewed).slice(mostViewed))
      await this.#remove('viewed', catalog, old.id);
  }

  async #put(list: Waiting['list'], row: Row): Promise<void> {
    const key = rowKey(row.catalog ?? '', row.card.id);
    this[list].set(key, row);
    await this.store.put(list, key, row);
  }

  async #remove(list: Waiting['list'], catalog: string, id: string): Promise<void> {
    this[list].delete(rowKey(catalog, id));
    await this.store.remove(list, rowKey(catalog, id));
  }

  async dismiss(id: string, on: boolean): Promise<void> {
    const key = rowKey(this.catalog, id);
    if (on) this.#dismissed.add(key);
    else this.#dismissed.delete(key);
    await (on ? this.store.put('dismissed', key, key) : this.store.remove('dismissed', key));
  }

  isDismissed(id: string): boolean {
    return this.#dismissed.has(rowKey(this.catalog, id));
  }

  mark(card: Card): Card {
    return { ...card, favourite: this.favourite(card.id) !== undefined };
  }

  /** What an account that knows nothing of this device is to be told. */
  everything(): Waiting[] {
    return (['favourites', 'viewed'] as const).flatMap((list) =>
      [...this[list].values()].map(({ at, card, catalog = this.catalog }) => ({
        list,
        catalog,
        product: card.id,
        on: true,
        at,
      })),
    );
  }

  /** Puts something on the list of what the account does not know yet. */
  wait(waiting: Waiting): Promise<void> {
    return this.store.put('waiting', waitingKey(waiting), waiting);
  }

  waiting(): Promise<Waiting[]> {
    return this.store.all<Waiting>('waiting');
  }

  /** The account knows it now. What was done to the same product meanwhile waits on. */
  async told(waiting: Waiting): Promise<void> {
    const now = await this.store.get<Waiting>('waiting', waitingKey(waiting));
    if (now && now.at === waiting.at && now.on === waiting.on)
      await this.store.remove('waiting', waitingKey(waiting));
  }

  cardOf(catalog: string, id: string): Card | null {
    const key = rowKey(catalog, id);
    return (this.favourites.get(key) ?? this.viewed.get(key))?.card ?? null;
  }

  /** Takes over what the account has. What it does not know yet stays as it is here. Whether something changed. */
  async replace(list: Waiting['list'], rows: Required<Row>[]): Promise<boolean> {
    const waiting = new Map<string, boolean>();
    for (const one of await this.waiting()) if (one.list === list) waiting.set(keyOf(one), one.on);
    const next: Rows = new Map([...this[list]].filter(([key]) => waiting.get(key) === true));
    for (const row of rows) {
      const key = rowKey(row.catalog, row.card.id);
      const known = next.get(key);
      if (waiting.get(key) !== false && (!known || known.at < row.at)) next.set(key, row);
    }
    const before = this[list];
    this[list] = next;
    for (const key of before.keys()) if (!next.has(key)) await this.store.remove(list, key);
    for (const [key, row] of next) if (before.get(key)?.at !== row.at) await this.store.put(list, key, row);
    return next.size !== before.size || [...next.keys()].some((key) => !before.has(key));
  }

  /** Removes what belongs to the account that is signed out. */
  async leaveAccount(): Promise<void> {
    this.favourites.clear();
    this.viewed.clear();
    for (const shelf of ['favourites', 'viewed', 'waiting'] as const) await this.store.clear(shelf);
  }

  async history(): Promise<HistoryEntry[]> {
    const past = (await this.#past()).filter(({ catalog = this.catalog }) => catalog === this.catalog);
    for (const { entry, picture } of past) {
      if (picture && !this.#urls.has(entry.id)) this.#urls.set(entry.id, URL.createObjectURL(picture));
    }
    return past.map(({ entry }) => entry);
  }

  #past(): Promise<Past[]> {
    return this.store.all<Past>('history');
  }

  historyUrl(id: string): string {
    return this.#urls.get(id) ?? '';
  }

  async historyPicture(id: string): Promise<Blob | null> {
    return (await this.store.get<Past>('history', id))?.picture ?? null;
  }

  async note(request: SearchRequest, best: string, picture: () => Promise<Blob | null>): Promise<void> {
    const { words, like } = request;
    if (!words.trim() && !request.picture && !like) return;
    const { catalog } = this;
    const past = await this.#past();
    const last = past.at(-1);
    const pictureId = request.picture?.id ?? null;
    // While the shopper types, the new words replace the last entry: one search is one entry.
    const isHere = last?.catalog === catalog;
    const same = last && isHere && last.pictureId === pictureId && last.entry.like === like;
    const typing = same && (words.startsWith(last.entry.words) || last.entry.words.startsWith(words));
    if (typing) await this.forget(last.entry.id);
    const at = Date.now();
    const id = `${String(at).padStart(15, '0')}-${Math.random().toString(36).slice(2, 8)}`;
    const file = pictureId === null ? null : await picture();
    const entry = { id, at, words, hasPicture: file !== null, like, filters: request.filters, best };
    await this.store.put('history', id, { catalog, entry, picture: file, pictureId } satisfies Past);
    for (const { entry: old } of past.slice(0, Math.max(0, past.length - mostHistory)))
      await this.forget(old.id);
  }

  async forget(id: string | null): Promise<void> {
    for (const [key, url] of this.#urls) {
      if (id !== null && key !== id) continue;
      URL.revokeObjectURL(url);
      this.#urls.delete(key);
    }
    await (id === null ? this.store.clear('history') : this.store.remove('history', id));
    if (id === null) await this.#forgetViewed();
  }

  async #forgetViewed(): Promise<void> {
    this.viewed.clear();
    await this.store.clear('viewed');
    for (const one of await this.waiting()) if (one.list === 'viewed') await this.told(one);
  }

  /** Stores an answer for use without a connection; not for pictures, which the key does not identify. */
  async keepAnswer(request: SearchRequest, answer: Answer): Promise<void> {
    if (request.picture) return;
    const { catalog } = this;
    const key = questionOf(request, catalog);
    await this.store.put('answers', key, { key, catalog, at: Date.now(), answer } satisfies KeptAnswer);
    const all = await this.store.all<KeptAnswer>('answers');
    const old = all.sort((a, b) => b.at - a.at).slice(mostAnswers);
    for (const { key: gone } of old) await this.store.remove('answers', gone);
  }

  async keptAnswer(request: SearchRequest): Promise<Answer | null> {
    return (await this.store.get<KeptAnswer>('answers', questionOf(request, this.catalog)))?.answer ?? null;
  }

  async keptCard(id: string): Promise<Card | null> {
    const known = this.cardOf(this.catalog, id);
    if (known) return known;
    const answers = await this.store.all<KeptAnswer>('answers');
    const ofHere = answers.filter(({ catalog }) => catalog === this.catalog);
    const hits = ofHere.flatMap(({ answer }) => answer.hits);
    return hits.find(({ card }) => card.id === id)?.card ?? null;
  }

  async deleteAll(): Promise<void> {
    await this.forget(null);
    await this.leaveAccount();
    this.#dismissed.clear();
    for (const shelf of ['answers', 'dismissed', 'values'] as const) await this.store.clear(shelf);
  }
}
