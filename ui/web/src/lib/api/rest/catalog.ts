// Which catalogue is open. A shop may search several: then the address names the one that is open, so that a link
// leads to it; without a name it is the one that the shopper chose last, else the first.

import type { Schemas } from '../shop/client';
import { hasServed } from './served';

type Searched = Schemas['Searched'];

const key = 'knytt-catalog';
const parameter = 'catalog';

/** What the address names. */
const named = () => new URLSearchParams(globalThis.location?.search ?? '').get(parameter);

/** What the page that the server sent is of; undefined where it did not say, or has one catalogue. */
const sent = () => globalThis.document?.documentElement.dataset?.[parameter];

/** Whether the address is that of a page which the server chose the catalogue of. */
const isPage = () => /^\/[pc]\//u.test(globalThis.location?.pathname ?? '');

function remembered(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** What stands behind `?` in this address, with another catalogue. */
export function searchOf(catalog: string): string {
  const asked = new URLSearchParams(location.search);
  asked.set(parameter, catalog);
  return `?${asked}`;
}

export class OpenCatalog {
  list: Searched[] = [];
  #id: string | null = null;

  constructor() {
    const page = sent();
    // Before the list of catalogues is here, only what the page itself says is sure to exist.
    if (page !== undefined && (named() ?? (isPage() ? page : remembered()) ?? page) === page) this.#id = page;
  }

  /** Whether it is known which one is open, or that there is one only. */
  get isKnown(): boolean {
    return this.#id !== null || this.list.length > 0 || (hasServed() && sent() === undefined);
  }

  get id(): string | null {
    return this.#id;
  }

  get isOfSeveral(): boolean {
    return this.list.length > 1 || (this.list.length === 0 && sent() !== undefined);
  }

  /** Null for a single catalogue: an address that names none is the same for every cache. */
  get name(): string | null {
    return this.isOfSeveral ? this.#id : null;
  }

  get current(): Searched | null {
    return this.list.find(({ id }) => id === this.#id) ?? null;
  }

  /** Takes the shop's list; `before` is what an earlier version remembered. True if the open one is not in it. */
  take(list: Searched[], before: string | undefined): boolean {
    this.list = list;
    const was = this.#id;
    const wished = [was, named(), isPage() ? sent() : null, remembered(), before];
    const found = wished.map((id) => list.find((one) => one.id === id)).find(Boolean) ?? list[0];
    this.#id = found?.id ?? null;
    return was !== null && was !== this.#id;
  }

  /** Names it in the address, in place of what stands there. */
  sign(): void {
    if (!this.isOfSeveral || this.#id === null || named() === this.#id) return;
    history.replaceState(history.state, '', `${location.pathname}${searchOf(this.#id)}${location.hash}`);
  }

  turn(id: string): void {
    this.#id = id;
  }

  /** The shopper chose the open one: it is open at the next visit, too. */
  remember(): void {
    try {
      localStorage.setItem(key, this.#id ?? '');
    } catch {
      // Without storage, the choice holds while the page is open.
    }
  }

  /** The catalogue that the address leads to, after going back or forward; null if that is the open one. */
  leadsTo(): string | null {
    const id = named();
    return id !== this.#id && this.list.some((one) => one.id === id) ? id : null;
  }

  forget(): void {
    try {
      localStorage.removeItem(key);
    } catch {
      // Without storage, nothing was kept.
    }
  }
}
