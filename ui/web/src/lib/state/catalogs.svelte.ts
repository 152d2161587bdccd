// The catalogues on this device, and their changes while the window is open.

import type { Client } from '../api/client';
import type { CatalogEntry } from '../api/generated/CatalogEntry';
import type { CatalogEvent } from '../api/generated/CatalogEvent';
import type { Problem } from '../api/generated/Problem';
import type { Start } from '../api/generated/Start';
import { problemOf } from '../api/problem';

export class Catalogs {
  list = $state.raw<CatalogEntry[]>([]);
  readonly current = $derived(this.list.find(({ current }) => current) ?? null);
  /** A catalogue that is being downloaded for the first time. */
  readonly coming = $derived(
    this.list.find(({ products, sync }) => products === null && sync?.progress) ?? null,
  );

  constructor(
    readonly client: Client,
    readonly failed: (problem: Problem) => void,
  ) {}

  hear(event: CatalogEvent): void {
    if (event.kind === 'changed') this.list = event.catalogs;
    else if (event.kind === 'progress')
      this.list = this.list.map((entry) =>
        entry.path === event.path && entry.sync
          ? { ...entry, sync: { ...entry.sync, progress: event.progress } }
          : entry,
      );
  }

  of(path: string): CatalogEntry | null {
    return this.list.find((entry) => entry.path === path) ?? null;
  }

  update(path: string): Promise<void> {
    return this.#try(() => this.client.updateCatalog(path));
  }

  cancel(path: string): Promise<void> {
    return this.#try(() => this.client.cancelUpdate(path));
  }

  /** Removes a catalogue. Returns what the window shows next; null if the removal failed. */
  async remove(path: string): Promise<Start | null> {
    let start: Start | null = null;
    await this.#try(async () => void (start = await this.client.removeCatalog(path)));
    return start;
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.failed(problemOf(thrown));
    }
  }
}
