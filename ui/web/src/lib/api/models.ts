// The models on this device: what a client offers that keeps them here.

import type { ModelEvent } from './generated/ModelEvent';
import type { ModelList } from './generated/ModelList';
import type { ModelOffer } from './generated/ModelOffer';
import type { ReembeddingPlan } from './generated/ReembeddingPlan';

export interface ModelClient {
  /** Models and devices. The first call loads the drivers of GPUs, which can take a second. */
  list(): Promise<ModelList>;
  /** Describes what getting a model brings, before anything large comes. */
  offer(name: string): Promise<ModelOffer>;
  /** Starts the download that `offer` described; events report it. */
  get(name: string, accepted: boolean): Promise<void>;
  /** Starts to measure which arithmetic is fastest; events report it. */
  measure(name: string): Promise<void>;
  /** Describes what embedding the open catalogue with a model takes. */
  plan(name: string): Promise<ReembeddingPlan>;
  /** Starts that, or goes on with it; events report it. */
  reembed(name: string): Promise<void>;
  /** Removes what a stopped re-embedding has left. */
  discard(): Promise<ModelList>;
  remove(name: string): Promise<ModelList>;
  /** Stops the work; what is done is kept. */
  cancel(): Promise<void>;
  /** Reports the work, and a model that left its device. Returns a function that stops this. */
  onEvents(heard: (event: ModelEvent) => void): () => void;
}
