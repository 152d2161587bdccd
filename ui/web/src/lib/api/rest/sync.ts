// Favourites and what was looked at, between this device and the shopper's account.
//
// The device is where a change happens; a list of what the account does not know yet stands beside it. Signing in puts
// everything of the device on that list, so nothing of it is lost. Each entry has its moment: where the account has a
// later one, the account's holds. Then the device shows what the account has.

import type { Card } from '../generated/Card';
import type { ShopClient } from '../shop/client';
import { ShopError } from '../shop/client';
import { keyOf } from './library';
import type { BrowserLibrary, Waiting } from './library';

export interface SyncOptions {
  shop: ShopClient;
  library: BrowserLibrary;
  /** Whether somebody is signed in. */
  isOn: () => boolean;
  /** The products of a catalogue by id; those that it lacks are left out. */
  cards: (catalog: string, ids: string[]) => Promise<Card[]>;
  /** The session ended elsewhere. */
  ended: () => void;
}

/** As many as the account keeps. */
const most = 1000;

export class AccountSync {
  #running: Promise<void> | null = null;
  #heard = new Set<() => void>();

  constructor(readonly options: SyncOptions) {}

  /** Hears that the favourites of this device are others than before. Returns how to stop. */
  onChanged(heard: () => void): () => void {
    this.#heard.add(heard);
    return () => this.#heard.delete(heard);
  }

  /** After signing in: everything of this device is news to the account. */
  async begin(): Promise<void> {
    const { library } = this.options;
    for (const waiting of library.everything()) await library.wait(waiting);
    await this.run();
  }

  /** A change on this device. */
  async note(waiting: Waiting): Promise<void> {
    if (!this.options.isOn()) return;
    await this.options.library.wait(waiting);
    void this.run().catch(() => undefined);
  }

  /** Tells the account what waits, then takes over what it has. Without a connection all waits on. */
  run(): Promise<void> {
    if (!this.options.isOn()) return Promise.resolve();
    this.#running ??= this.#run().finally(() => (this.#running = null));
    return this.#running;
  }

  /** Signed out: what is the account's is no longer on this device. */
  async leave(): Promise<void> {
    await this.options.library.leaveAccount();
  }

  async #run(): Promise<void> {
    const { shop, library, ended } = this.options;
    try {
      const before = await shop.get('/api/v1/me/favourites');
      const known = new Map(before.map((kept) => [keyOf(kept), kept.atMs]));
      const waiting = await library.waiting();
      for (const one of waiting) if (await this.#tell(one, known.get(keyOf(one)))) await library.told(one);
      const [favourites, viewed] = await Promise.all([
        waiting.length > 0 ? shop.get('/api/v1/me/favourites') : before,
        shop.get('/api/v1/me/history'),
      ]);
      // Signed out meanwhile: what the account has is not for this device any more.
      if (!this.options.isOn()) return;
      const changed = await this.#take('favourites', favourites);
      await this.#take('viewed', viewed);
      if (changed) for (const heard of this.#heard) heard();
    } catch (thrown) {
      if (hasEnded(thrown)) return ended();
      if (thrown instanceof ShopError && thrown.code === 'offline') return;
      throw thrown;
    }
  }

  /** Tells one thing; `known` is when the account kept it last. False if the account has no room: then it waits on. */
  async #tell({ list, catalog, product, on, at }: Waiting, known: number | undefined): Promise<boolean> {
    const { shop } = this.options;
    const body = { catalog, product, atMs: at };
    const unless = (code: string) => (thrown: unknown) => {
      if (!(thrown instanceof ShopError) || thrown.code !== code) throw thrown;
      return code;
    };
    if (list === 'viewed') await shop.put('/api/v1/me/history', { body });
    else if (on) {
      if (known !== undefined && known >= at) return true;
      return (await shop.put('/api/v1/me/favourites', { body }).catch(unless('too_many'))) !== 'too_many';
    } else if (known !== undefined && known <= at) {
      // Else it was taken off elsewhere, too, or kept again there after it was taken off here.
      await shop.delete('/api/v1/me/favourites', { query: { catalog, product } }).catch(unless('not_found'));
    }
    return true;
  }

  /** Whether the device shows something else now. */
  async #take(
    list: Waiting['list'],
    kept: { catalog: string; product: string; atMs: number }[],
  ): Promise<boolean> {
    const { library, cards } = this.options;
    const some = kept.slice(0, most);
    const lacking = new Map<string, string[]>();
    for (const { catalog, product } of some) {
      if (library.cardOf(catalog, product)) continue;
      const ids = lacking.get(catalog) ?? [];
      if (!ids.includes(product)) lacking.set(catalog, [...ids, product]);
    }
    const fresh = new Map<string, Card>();
    for (const [catalog, ids] of lacking)
      for (let from = 0; from < ids.length; from += 100)
        for (const card of await cards(catalog, ids.slice(from, from + 100)))
          fresh.set(keyOf({ catalog, product: card.id }), card);
    const rows = some.flatMap(({ catalog, product, atMs }) => {
      const card = library.cardOf(catalog, product) ?? fresh.get(keyOf({ catalog, product }));
      return card ? [{ catalog, card, at: atMs }] : [];
    });
    return library.replace(list, rows);
  }
}

/** Whether the shop says that nobody is signed in. */
export const hasEnded = (thrown: unknown): boolean =>
  thrown instanceof ShopError && ['not_signed_in', 'token_invalid'].includes(thrown.code);
