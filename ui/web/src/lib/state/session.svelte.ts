// One search from the first letter to the last filter: the query and its answer.

import type { Answer, Client } from '../api/client';
import type { Card } from '../api/generated/Card';
import type { Chip } from '../api/generated/Chip';
import type { HistoryEntry } from '../api/generated/HistoryEntry';
import type { PriceRange } from '../api/generated/PriceRange';
import type { Problem } from '../api/generated/Problem';
import type { SearchRequest } from '../api/generated/SearchRequest';
import type { Sort } from '../api/generated/Sort';
import { isQuiet, problemOf } from '../api/problem';
import { i18n } from '../i18n/i18n.svelte';
import { Debounce } from '../util/debounce';
import { QueryPictures } from './pictures.svelte';

const page = 60;
/** How many products can be mixed into the query: more than a shopper weighs against each other. */
export const mostMixed = 6;
/** Delay in ms: long enough not to search for every letter, short enough to feel instant. */
export const typing = 120;

/** A product mixed into the query: hits should be like it, or unlike it if the weight is below 0. */
export interface Mixed {
  card: Card;
  weight: number;
}

/** The words without one part, as if that part had never been typed. */
const withoutSaid = (words: string, said: string) => words.replace(said, '').replace(/\s+/gu, ' ').trim();

export class SearchSession {
  words = $state('');
  without = $state.raw<string[]>([]);
  like = $state.raw<Card | null>(null);
  mix = $state.raw<Mixed[]>([]);
  alpha = $state(0.5);
  filters = $state.raw<Record<string, string[]>>({});
  price = $state.raw<PriceRange | null>(null);
  sort = $state<Sort>('match');
  response = $state.raw<Answer | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  /** Counts new questions, not more hits of the same one: each scrolls the list back to its top. */
  question = $state(0);
  readonly pictures: QueryPictures;
  readonly filterCount = $derived(
    Object.values(this.filters).reduce((n, values) => n + values.length, 0) + (this.price ? 1 : 0),
  );
  readonly asks = $derived(
    this.words.trim() !== '' ||
      this.pictureId !== null ||
      this.like !== null ||
      this.mix.length > 0 ||
      this.without.length > 0,
  );

  /** Set while a camera searches live: it receives changed words and filters instead of a search. */
  live: ((template: SearchRequest) => void) | null = null;
  #ticket = 0;
  #limit = page;
  /** Whether the last word may be unfinished. */
  #typing = false;
  /** The words that the shown answer is for. */
  #answered = '';
  #soon = new Debounce(typing);

  constructor(
    readonly client: Client,
    readonly failed: (problem: Problem) => void,
  ) {
    this.pictures = new QueryPictures(client, (soon) => this.changed(soon), failed);
  }

  get pictureId(): string | null {
    return this.pictures.active?.picture?.id ?? null;
  }

  request(ticket: number): SearchRequest {
    const active = this.pictures.active;
    return {
      ticket,
      picture: active?.picture ? { id: active.picture.id, region: active.region } : null,
      words: this.words,
      typing: this.#typing,
      without: this.without,
      like: this.like?.id ?? null,
      mix: this.mix.map(({ card, weight }) => ({ product: card.id, weight })),
      alpha: this.alpha,
      filters: Object.entries(this.filters)
        .filter(([, values]) => values.length > 0)
        .map(([field, values]) => ({ field, values })),
      price: this.price,
      sort: this.sort,
      limit: this.#limit,
      language: i18n.language,
    };
  }

  /** A request with only the words and filters, under a new ticket. */
  template(): SearchRequest {
    // The new ticket supersedes any search that still runs.
    this.busy = false;
    return { ...this.request(++this.#ticket), picture: null, like: null, mix: [] };
  }

  setWords(words: string): void {
    this.words = words;
    // A space at the end means that the last word is finished.
    this.#typing = /\S$/u.test(words);
    this.changed(true);
  }

  /** The shopper has finished the words. */
  typed(): void {
    this.#typing = false;
    this.changed();
  }

  setAlpha(alpha: number): void {
    this.alpha = alpha;
    this.changed(true);
  }

  setSort(sort: Sort): void {
    this.sort = sort;
    this.changed();
  }

  setPrice(price: PriceRange | null): void {
    this.price = price && (price.min !== null || price.max !== null) ? price : null;
    this.changed();
  }

  toggleFilter(field: string, value: string): void {
    const now = this.filters[field] ?? [];
    const values = now.includes(value) ? now.filter((v) => v !== value) : [...now, value];
    const { [field]: _gone, ...others } = this.filters;
    this.filters = values.length > 0 ? { ...others, [field]: values } : others;
    this.changed();
  }

  clearFilters(): void {
    this.filters = {};
    this.price = null;
    this.changed();
  }

  /** Removes all filters and conditions: what was typed stays as plain words. */
  loosen(): void {
    const asked = this.response?.understood.words ?? '';
    if (this.response?.understood.chips.length) {
      // Quoted, so that no colour in it becomes a condition again.
      this.words = asked ? `"${asked}"` : '';
      this.#typing = false;
    }
    this.clearFilters();
  }

  exclude(words: string): void {
    const text = words.trim();
    if (!text || this.without.includes(text)) return;
    this.without = [...this.without, text];
    this.changed();
  }

  /** Takes back an added exclusion. */
  include(words: string): void {
    this.without = this.without.filter((w) => w !== words);
    this.changed();
  }

  /** Takes back a condition that was read from the words. */
  unsay(chip: Chip): void {
    // If the words changed since the answer, only the chip's own words are removed.
    this.words = this.words === this.#answered ? chip.rest : withoutSaid(this.words, chip.said);
    this.#typing = false;
    if (this.response) {
      const { understood } = this.response;
      const chips = understood.chips.filter((other) => other !== chip);
      this.response = { ...this.response, understood: { ...understood, chips } };
    }
    this.changed();
  }

  /** Mixes a product into the query: more like it, or less. False if there is no room. */
  mixIn(card: Card, weight: number): boolean {
    const known = this.mix.some((one) => one.card.id === card.id);
    if (!known && this.mix.length >= mostMixed) return false;
    this.mix = known
      ? this.mix.map((one) => (one.card.id === card.id ? { card, weight } : one))
      : [...this.mix, { card, weight }];
    this.changed(known);
    return true;
  }

  unmix(id: string): void {
    this.mix = this.mix.filter(({ card }) => card.id !== id);
    this.changed();
  }

  /** Removes a product from the hits that are shown. */
  drop(id: string): void {
    if (!this.response) return;
    this.response = { ...this.response, hits: this.response.hits.filter(({ card }) => card.id !== id) };
  }

  moreLike(card: Card): void {
    // The words and the picture described another product, so the search for similar ones drops them.
    this.words = '';
    this.without = [];
    this.mix = [];
    this.pictures.clear();
    this.like = card;
    this.changed();
  }

  unlike(): void {
    this.like = null;
    this.changed();
  }

  /** Another catalogue is open: words and pictures stay; what names products or values of the one before goes. */
  turn(): void {
    this.stop();
    this.like = null;
    this.mix = [];
    this.filters = {};
    this.price = null;
    this.response = null;
  }

  clear(): void {
    this.words = '';
    this.without = [];
    this.like = null;
    this.mix = [];
    this.filters = {};
    this.price = null;
    this.sort = 'match';
    this.pictures.clear();
    this.changed();
  }

  async rerun(entry: HistoryEntry): Promise<void> {
    this.words = entry.words;
    this.#typing = false;
    this.without = [];
    this.mix = [];
    this.price = null;
    this.filters = Object.fromEntries(entry.filters.map(({ field, values }) => [field, values]));
    this.pictures.clear();
    this.like = null;
    if (entry.like !== null) {
      const [card] = await this.client.cards([entry.like]).catch((): Card[] => []);
      this.like = card ?? null;
    }
    if (!entry.hasPicture) this.changed();
    else await this.pictures.addFrom('', () => this.client.pictureFromHistory(entry.id));
  }

  /** Searches anew; with `soon` after a pause, because more changes are likely to follow at once. */
  changed(soon = false): void {
    this.#limit = page;
    if (soon) this.#soon.call(() => void this.run());
    else {
      this.#soon.cancel();
      void this.run();
    }
  }

  more(): void {
    const { response } = this;
    if (this.busy || !response || response.hits.length < this.#limit || this.live) return;
    this.#limit += page * 2;
    void this.run(false);
  }

  async run(anew = true): Promise<void> {
    if (this.live) return this.live(this.template());
    const ticket = ++this.#ticket;
    const { words } = this;
    this.busy = true;
    try {
      const response = await this.client.search(this.request(ticket));
      if (ticket !== this.#ticket) return;
      this.#answered = words;
      this.settle(response, anew);
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (ticket !== this.#ticket || isQuiet(problem)) return;
      this.problem = problem;
    } finally {
      if (ticket === this.#ticket) this.busy = false;
    }
  }

  settle(response: Answer, anew = true): void {
    this.response = response;
    this.problem = null;
    if (anew) this.question++;
  }

  /** Stops waiting for the answer; the results that are shown stay. */
  stop(): void {
    this.#soon.cancel();
    this.#ticket++;
    this.busy = false;
  }
}
