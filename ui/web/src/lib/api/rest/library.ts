// Stores favourites, dismissed products, past searches and recent answers on this device.

import type { Answer } from '../client';
import type { Card } from '../generated/Card';
import type { HistoryEntry } from '../generated/HistoryEntry';
import type { SearchRequest } from '../generated/SearchRequest';
import type { Store } from './store';

const mostHistory = 200;
const mostAnswers = 20;

interface Past {
  entry: HistoryEntry;
  picture: Blob | null;
  /** The picture's id in that visit, to recognise words that are typed on beside the picture. */
  pictureId: string | null;
}

interface KeptAnswer {
  key: string;
  at: number;
  answer: Answer;
}

interface Favourite {
  at: number;
  card: Card;
}

/** A key that is the same whenever the same question is asked. */
const keyOf = (request: SearchRequest): string => {
  const { ticket: _ticket, typing: _typing, limit: _limit, picture: _picture, ...rest } = request;
  return JSON.stringify(rest);
};

export class BrowserLibrary {
  favourites = new Map<string, Favourite>();
  dismissed = new Set<string>();
  #urls = new Map<string, string>();

  private constructor(readonly store: Store) {}

  static async open(store: Store): Promise<BrowserLibrary> {
    const library = new BrowserLibrary(store);
    for (const kept of await store.all<Favourite>('favourites')) library.favourites.set(kept.card.id, kept);
    for (const id of await store.all<string>('dismissed')) library.dismissed.add(id);
    return library;
  }

  /** The favourites, newest first. */
  kept(): Card[] {
    return [...this.favourites.values()]
      .sort((a, b) => b.at - a.at)
      .map(({ card }) => ({ ...card, favourite: true }));
  }

  async setFavourite(card: Card, on: boolean): Promise<void> {
    if (!on) {
      this.favourites.delete(card.id);
      return this.store.remove('favourites', card.id);
    }
    const kept = { at: Date.now(), card };
    this.favourites.set(card.id, kept);
    await this.store.put('favourites', card.id, kept);
  }

  async dismiss(id: string, on: boolean): Promise<void> {
    if (on) this.dismissed.add(id);
    else this.dismissed.delete(id);
    await (on ? this.store.put('dismissed', id, id) : this.store.remove('dismissed', id));
  }

  mark(card: Card): Card {
    return this.favourites.has(card.id) ? { ...card, favourite: true } : card;
  }

  async history(): Promise<HistoryEntry[]> {
    const past = await this.store.all<Past>('history');
    for (const { entry, picture } of past) {
      if (picture && !this.#urls.has(entry.id)) this.#urls.set(entry.id, URL.createObjectURL(picture));
    }
    return past.map(({ entry }) => entry);
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
    const past = await this.store.all<Past>('history');
    const last = past.at(-1);
    const pictureId = request.picture?.id ?? null;
    // While the shopper types, the new words replace the last entry: one search is one entry.
    const same = last && last.pictureId === pictureId && last.entry.like === like;
    const typing = same && (words.startsWith(last.entry.words) || last.entry.words.startsWith(words));
    if (typing) await this.forget(last.entry.id);
    const at = Date.now();
    const id = `${String(at).padStart(15, '0')}-${Math.random().toString(36).slice(2, 8)}`;
    const file = pictureId === null ? null : await picture();
    const entry = { id, at, words, hasPicture: file !== null, like, filters: request.filters, best };
    await this.store.put('history', id, { entry, picture: file, pictureId } satisfies Past);
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
  }

  /** Stores an answer for use without a connection; not for pictures, which the key does not identify. */
  async keepAnswer(request: SearchRequest, answer: Answer): Promise<void> {
    if (request.picture) return;
    const key = keyOf(request);
    await this.store.put('answers', key, { key, at: Date.now(), answer } satisfies KeptAnswer);
    const all = await this.store.all<KeptAnswer>('answers');
    const old = all.sort((a, b) => b.at - a.at).slice(mostAnswers);
    for (const { key: gone } of old) await this.store.remove('answers', gone);
  }

  async keptAnswer(request: SearchRequest): Promise<Answer | null> {
    return (await this.store.get<KeptAnswer>('answers', keyOf(request)))?.answer ?? null;
  }

  async keptCard(id: string): Promise<Card | null> {
    const favourite = this.favourites.get(id);
    if (favourite) return favourite.card;
    const answers = await this.store.all<KeptAnswer>('answers');
    const hits = answers.flatMap(({ answer }) => answer.hits);
    return hits.find(({ card }) => card.id === id)?.card ?? null;
  }

  async deleteAll(): Promise<void> {
    await this.forget(null);
    this.favourites.clear();
    this.dismissed.clear();
    for (const shelf of ['favourites', 'answers', 'dismissed', 'values'] as const)
      await this.store.clear(shelf);
  }
}
