// The models on this device, the work on them, and the questions that come before it.

import type { ModelClient } from '../api/models';
import type { ModelEvent } from '../api/generated/ModelEvent';
import type { ModelList } from '../api/generated/ModelList';
import type { ModelOffer } from '../api/generated/ModelOffer';
import type { ModelWork } from '../api/generated/ModelWork';
import type { Problem } from '../api/generated/Problem';
import type { ReembeddingPlan } from '../api/generated/ReembeddingPlan';
import { isQuiet, problemOf } from '../api/problem';

/** What the shopper is asked before work begins. */
export type ModelQuestion =
  | { kind: 'get'; name: string; offer: ModelOffer | null }
  | { kind: 'use'; name: string; plan: ReembeddingPlan | null };

export class ModelsState {
  list = $state.raw<ModelList | null>(null);
  question = $state.raw<ModelQuestion | null>(null);
  /** Why the last work failed, until other work begins. */
  problem = $state.raw<Problem | null>(null);
  readonly work = $derived<ModelWork | null>(this.list?.work ?? null);
  /** Counts questions, so that the answer to an older one is ignored. */
  #turn = 0;

  constructor(readonly client: ModelClient) {}

  async load(): Promise<void> {
    await this.#try(async () => void (this.list = await this.client.list()));
  }

  /** Asks whether to get a model, and shows its licence and size. */
  async askGet(name: string): Promise<void> {
    await this.#ask({ kind: 'get', name, offer: null }, async () => ({
      kind: 'get',
      name,
      offer: await this.client.offer(name),
    }));
  }

  /** Asks whether to make the open catalogue anew with a model. */
  async askUse(name: string): Promise<void> {
    await this.#ask({ kind: 'use', name, plan: null }, async () => ({
      kind: 'use',
      name,
      plan: await this.client.plan(name),
    }));
  }

  close(): void {
    this.#turn++;
    this.question = null;
  }

  get(name: string, accepted: boolean): Promise<void> {
    return this.#begin(() => this.client.get(name, accepted));
  }

  measure(name: string): Promise<void> {
    return this.#begin(() => this.client.measure(name));
  }

  reembed(name: string): Promise<void> {
    return this.#begin(() => this.client.reembed(name));
  }

  cancel(): Promise<void> {
    return this.#try(() => this.client.cancel());
  }

  discard(): Promise<void> {
    return this.#try(async () => void (this.list = await this.client.discard()));
  }

  remove(name: string): Promise<void> {
    return this.#try(async () => void (this.list = await this.client.remove(name)));
  }

  /** Handles an event. The end of work changes the list. */
  hear(event: ModelEvent): void {
    if (event.kind === 'progress') {
      if (this.list) this.list = { ...this.list, work: event.work };
    } else if (event.kind === 'ended') {
      if (event.problem && !isQuiet(event.problem)) this.problem = event.problem;
      if (this.list) {
        this.list = { ...this.list, work: null };
        void this.load();
      }
    }
  }

  async #ask(asked: ModelQuestion, answer: () => Promise<ModelQuestion>): Promise<void> {
    const turn = ++this.#turn;
    this.problem = null;
    this.question = asked;
    try {
      const question = await answer();
      if (turn === this.#turn) this.question = question;
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.problem = problemOf(thrown);
      this.question = null;
    }
  }

  async #begin(work: () => Promise<void>): Promise<void> {
    this.close();
    this.problem = null;
    await this.#try(work);
    await this.load();
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }
}
