// Makes events of what is shown and done. Each means what it means in the app, whose `ui/core/src/events.rs` does the
// same; here a token ties an event to the answer that it is about.

import type { Told } from './queue';
import { timed } from './uuid';

/** What was asked, as far as it makes one search another one. */
export interface Question {
  words: string;
  /** The picture and its part that were searched with; null if there was none. */
  picture: string | null;
  /** Whether products were given to be like. */
  isSimilar: boolean;
  /** The products; a search that changes them is another one. */
  like: string | null;
  /** All of it: the same text is the same question. */
  key: string;
}

export interface Shown {
  token: string;
  verdict: string;
  hits: { id: string; percent: number | null }[];
}

interface List {
  question: Question;
  token: string;
  at: number;
  isLive: boolean;
  isSearch: boolean;
  places: Map<string, { position: number; confidence: number | null }>;
  chosen: Set<string>;
  /** Events of this answer, which the next search may replace. */
  events: string[];
  used: boolean;
}

/** A search within this time of the one before, which only changes it, takes its place. In ms, as in the app. */
const refinedWithin = 30_000;
const mostWords = 500;
const mostListed = 200;

export class VisitEvents {
  #list: List | null = null;

  /** Forgets the list that was shown last. */
  forget(): void {
    this.#list = null;
  }

  /** The token of the answer that a product was shown in. */
  tokenOf(product: string): string | undefined {
    return this.#list?.places.has(product) ? this.#list.token : undefined;
  }

  /** An answer came: its events, and those before that it replaces. */
  answered(question: Question, shown: Shown): { events: Told[]; overtaken: string[] } {
    const before = this.#list;
    if (before && !before.isLive && before.question.key === question.key) {
      return { events: this.#listed(before, shown), overtaken: [] };
    }
    const { events, list } = this.#another(question, shown, kindOf(question));
    return { events, overtaken: before && list.isSearch && refines(before, list) ? before.events : [] };
  }

  /** The answer to what a live camera sees has settled: a search each time. */
  settled(question: Question, shown: Shown): Told[] {
    return this.#another(question, shown, 'camera').events;
  }

  /** A product's page was opened: chosen from the list, if it is in the one that was shown last. */
  opened(product: string): Told[] {
    const list = this.#list;
    const isFresh = list !== null && list.places.has(product) && !list.chosen.has(product);
    if (!isFresh) return [this.#of(product, 'view_item')];
    list.chosen.add(product);
    list.used = true;
    return [this.#of(product, 'select_item'), this.#of(product, 'view_item')];
  }

  /** A product in the list was chosen, on a page that knows nothing of what follows. */
  chosen(product: string): Told[] {
    const events = this.opened(product);
    return events.filter(({ name }) => name === 'select_item');
  }

  /** Something was done with a product. */
  done(product: string, name: string): Told {
    if (this.#list?.places.has(product)) this.#list.used = true;
    return this.#of(product, name);
  }

  #another(question: Question, shown: Shown, kind: string): { events: Told[]; list: List } {
    const isSearch = shown.verdict !== 'browsing' || kind === 'camera';
    const list: List = {
      question,
      token: shown.token,
      at: Date.now(),
      isLive: kind === 'camera',
      isSearch,
      places: new Map(),
      chosen: new Set(),
      events: [],
      used: false,
    };
    this.#list = list;
    const events = isSearch ? [told(shown.token, 'search', searchOf(question, shown, kind))] : [];
    list.events.push(...events.map(({ id }) => id));
    events.push(...this.#listed(list, shown));
    return { events, list };
  }

  /** The products of an answer that were not in sight before. */
  #listed(list: List, shown: Shown): Told[] {
    const fresh: { item_id: string; position: number }[] = [];
    shown.hits.forEach(({ id, percent }, at) => {
      if (!list.places.has(id)) fresh.push({ item_id: id, position: at + 1 });
      list.places.set(id, { position: at + 1, confidence: percent });
    });
    const events: Told[] = [];
    for (let from = 0; from < fresh.length; from += mostListed) {
      events.push(told(list.token, 'view_item_list', { items: fresh.slice(from, from + mostListed) }));
    }
    list.events.push(...events.map(({ id }) => id));
    return events;
  }

  #of(product: string, name: string): Told {
    const place = this.#list?.places.get(product);
    const fields = {
      item_id: product,
      ...(place ? { position: place.position } : {}),
      ...(place && place.confidence !== null ? { confidence: place.confidence } : {}),
    };
    return told(this.tokenOf(product), name, fields);
  }
}

function told(token: string | undefined, name: string, fields: Record<string, unknown>): Told {
  const atMs = Date.now();
  return { id: timed(atMs), atMs, ...(token ? { token } : {}), name, ...fields };
}

function kindOf({ words, picture, isSimilar }: Question): string {
  if (isSimilar) return 'similar';
  if (picture !== null) return words.trim() === '' ? 'image' : 'both';
  return 'words';
}

function searchOf({ words }: Question, { hits, verdict }: Shown, kind: string): Record<string, unknown> {
  const term = [...words.trim().replaceAll('\0', '')].slice(0, mostWords).join('');
  const percents = hits.map(({ percent }) => percent).filter((percent) => percent !== null);
  return {
    kind,
    ...(term ? { search_term: term } : {}),
    results: hits.length,
    ...(percents.length > 0 ? { good_match: verdict === 'found', confidence: Math.max(...percents) } : {}),
  };
}

/** Whether a search is the one before with more or fewer letters, or other filters, and nothing of that was chosen. */
function refines(old: List, now: List): boolean {
  const [a, b] = [old.question.words.trim().toLowerCase(), now.question.words.trim().toLowerCase()];
  const isSoon = now.at - old.at < refinedWithin;
  const isSame = old.question.picture === now.question.picture && old.question.like === now.question.like;
  return old.isSearch && !old.isLive && !old.used && isSoon && isSame && (a.startsWith(b) || b.startsWith(a));
}
