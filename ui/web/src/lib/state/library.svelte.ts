// The shopper's favourites, past searches and learned taste.

import { SvelteMap } from 'svelte/reactivity';
import type { Client } from '../api/client';
import type { Card } from '../api/generated/Card';
import type { HistoryEntry } from '../api/generated/HistoryEntry';
import type { Personal } from '../api/generated/Personal';
import type { Problem } from '../api/generated/Problem';
import { problemOf } from '../api/problem';

export class Library {
  favourites = $state.raw<Card[] | null>(null);
  history = $state.raw<HistoryEntry[] | null>(null);
  /** Products that were looked at. */
  viewed = $state.raw<Card[]>([]);
  personal = $state.raw<Personal | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** Favourites changed in this visit. They override `favourite` of cards that were loaded before. */
  #hearts = new SvelteMap<string, boolean>();

  constructor(
    readonly client: Client,
    readonly failed: (problem: Problem) => void,
  ) {}

  isFavourite(card: Card): boolean {
    return this.#hearts.get(card.id) ?? card.favourite;
  }

  async toggle(card: Card): Promise<void> {
    const before = this.isFavourite(card);
    // Show the change at once; undo it if saving fails.
    this.#hearts.set(card.id, !before);
    try {
      await this.client.setFavourite(card.id, !before);
    } catch (thrown) {
      this.#hearts.set(card.id, before);
      this.failed(problemOf(thrown));
    }
  }

  async loadFavourites(): Promise<void> {
    await this.#load(async () => {
      this.favourites = await this.client.favourites();
    });
  }

  async loadHistory(): Promise<void> {
    await this.#load(async () => {
      const entries = await this.client.history();
      this.viewed = (await this.client.viewed?.()) ?? [];
      this.history = entries.sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
    });
  }

  async loadPersonal(): Promise<void> {
    try {
      this.personal = await this.client.personal();
    } catch (thrown) {
      this.failed(problemOf(thrown));
    }
  }

  /** Deletes the learned taste; returns whether that worked. */
  async forgetTaste(): Promise<boolean> {
    try {
      await this.client.forgetTaste();
      await this.loadPersonal();
      return true;
    } catch (thrown) {
      this.failed(problemOf(thrown));
      return false;
    }
  }

  async forget(id: string | null): Promise<void> {
    await this.#load(async () => {
      await this.client.forgetHistory(id);
      if (id === null) this.viewed = [];
      this.history = id === null ? [] : (this.history ?? []).filter((entry) => entry.id !== id);
    });
  }

  forgetHere(): void {
    this.#hearts.clear();
    this.favourites = null;
    this.history = null;
    this.viewed = [];
    this.personal = null;
  }

  async #load(work: () => Promise<void>): Promise<void> {
    this.problem = null;
    try {
      await work();
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }
}
