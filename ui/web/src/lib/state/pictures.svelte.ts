// The query's pictures: the search uses the active one, the others stay beside it.

import type { Client } from '../api/client';
import type { Picture } from '../api/generated/Picture';
import type { Problem } from '../api/generated/Problem';
import type { Region } from '../api/generated/Region';
import { isQuiet, problemOf } from '../api/problem';
import { isWhole } from '../util/region';

export class QueryPicture {
  picture = $state.raw<Picture | null>(null);
  region = $state.raw<Region | null>(null);
  problem = $state.raw<Problem | null>(null);

  constructor(
    readonly key: number,
    readonly name: string,
  ) {}
}

export class QueryPictures {
  list = $state.raw<QueryPicture[]>([]);
  activeKey = $state<number | null>(null);
  readonly active = $derived(this.list.find((one) => one.key === this.activeKey) ?? null);
  readonly loading = $derived(this.list.some((one) => one.picture === null && one.problem === null));
  #next = 1;

  constructor(
    readonly client: Client,
    /** `soon`: more changes are likely to follow at once. */
    readonly changed: (soon: boolean) => void,
    readonly failed: (problem: Problem) => void,
  ) {}

  url(one: QueryPicture): string {
    return one.picture ? this.client.pictureUrl(one.picture.id) : '';
  }

  async addFiles(files: File[]): Promise<void> {
    // One after the other: decoding a single picture already uses all cores.
    for (const file of files)
      await this.#add(file.name, async () => {
        const bytes = new Uint8Array(await file.arrayBuffer());
        return this.client.addPicture(bytes, file.name);
      });
  }

  addUrl(url: string): Promise<void> {
    return this.#add(url, () => this.client.addPictureFromUrl(url));
  }

  addBytes(bytes: Uint8Array, name: string): Promise<void> {
    return this.#add(name, () => this.client.addPicture(bytes, name));
  }

  /** Adds a picture that the backend already has, or is about to have. */
  addFrom(name: string, take: () => Promise<Picture | null>): Promise<void> {
    return this.#add(name, take);
  }

  add(picture: Picture): void {
    void this.#add(picture.name, async () => picture);
  }

  activate(key: number): void {
    if (this.activeKey === key) return;
    this.activeKey = key;
    this.changed(false);
  }

  crop(region: Region | null): void {
    if (!this.active) return;
    this.active.region = region && !isWhole(region) ? region : null;
    this.changed(true);
  }

  /** Removes a picture; one that is still loading is cancelled. */
  remove(key: number): void {
    const gone = this.list.find((one) => one.key === key);
    if (!gone) return;
    const at = this.list.indexOf(gone);
    this.list = this.list.filter((one) => one !== gone);
    if (this.activeKey === key) this.activeKey = (this.list[at] ?? this.list[at - 1])?.key ?? null;
    this.#drop(gone);
    this.changed(false);
  }

  clear(): void {
    for (const one of this.list) this.#drop(one);
    this.list = [];
    this.activeKey = null;
  }

  async #add(name: string, take: () => Promise<Picture | null>): Promise<void> {
    const one = new QueryPicture(this.#next++, name);
    const before = this.activeKey;
    this.list = [...this.list, one];
    this.activeKey = one.key;
    try {
      const picture = await take();
      one.picture = picture;
      if (!this.list.includes(one)) this.#drop(one);
      else if (picture) this.changed(false);
      else this.#unadd(one, before);
    } catch (thrown) {
      const wanted = this.list.includes(one);
      this.#unadd(one, before);
      const problem = problemOf(thrown);
      if (wanted && !isQuiet(problem)) this.failed(problem);
    }
  }

  #unadd(one: QueryPicture, before: number | null): void {
    this.list = this.list.filter((other) => other !== one);
    if (this.activeKey === one.key)
      this.activeKey = this.list.some((other) => other.key === before) ? before : (this.list[0]?.key ?? null);
  }

  #drop({ picture }: QueryPicture): void {
    // Ignores a failure: the backend forgets its pictures at its end anyway.
    if (picture) this.client.dropPicture(picture.id).catch(() => undefined);
  }
}
