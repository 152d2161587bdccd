// The rules and synonyms of one catalogue while somebody works on them.

import { api, reason } from './api';
import type { Document } from './api';
import type { Schemas } from '../../lib/api/shop/client';

export class Rules {
  live = $state.raw<Schemas['LiveRules'] | null>(null);
  versions = $state.raw<Schemas['RulesVersion'][]>([]);
  /** What is shown and changed: the draft, or what is live where there is none. */
  document = $state<Document>({ version: 1, rules: [], synonyms: [] });
  revision = $state(0);
  /** Who stored the draft last. */
  author = $state('');
  /** Whether something is not stored yet. */
  dirty = $state(false);
  busy = $state(false);
  failure = $state('');
  readonly isDraft = $derived(this.dirty || this.revision > 0);

  constructor(readonly id: string) {}

  async load(): Promise<void> {
    await this.#trying(async () => {
      const path = { id: this.id };
      const { live, draft } = await api.get('/api/v1/admin/catalogs/{id}/rules', { path });
      this.versions = await api.get('/api/v1/admin/catalogs/{id}/rules/versions', { path });
      this.live = live;
      this.document = structuredClone(draft?.document ?? live.document);
      [this.revision, this.author, this.dirty] = [draft?.revision ?? 0, draft?.author ?? '', false];
    });
  }

  /** Takes over a change of the document, and stores the draft. */
  async change(change: (document: Document) => void): Promise<boolean> {
    const before = $state.snapshot(this.document) as Document;
    const after = structuredClone(before);
    change(after);
    this.document = after;
    this.dirty = true;
    const stored = await this.#store();
    // What the server refuses is not kept, so that the list shows what is in the draft.
    if (!stored) [this.document, this.dirty] = [before, false];
    return stored;
  }

  async discard(): Promise<void> {
    await this.#trying(() =>
      api.delete('/api/v1/admin/catalogs/{id}/rules/draft', { path: { id: this.id } }),
    );
    if (!this.failure) await this.load();
  }

  async publish(note: string): Promise<boolean> {
    const body = { revision: this.revision, note };
    await this.#trying(() =>
      api.post('/api/v1/admin/catalogs/{id}/rules/publish', { path: { id: this.id }, body }),
    );
    if (this.failure) return false;
    await this.load();
    return true;
  }

  async rollBack(number: number, note: string): Promise<boolean> {
    const body = { number, note };
    await this.#trying(() =>
      api.post('/api/v1/admin/catalogs/{id}/rules/rollback', { path: { id: this.id }, body }),
    );
    if (this.failure) return false;
    await this.load();
    return true;
  }

  async #store(): Promise<boolean> {
    const body = { revision: this.revision, document: $state.snapshot(this.document) as Document };
    await this.#trying(async () => {
      const stored = await api.put('/api/v1/admin/catalogs/{id}/rules/draft', {
        path: { id: this.id },
        body,
      });
      [this.revision, this.author, this.dirty] = [stored.revision, stored.author, false];
    });
    return !this.failure;
  }

  async #trying(work: () => Promise<unknown>): Promise<void> {
    [this.busy, this.failure] = [true, ''];
    try {
      await work();
    } catch (thrown) {
      this.failure = reason(thrown);
    }
    this.busy = false;
  }
}
