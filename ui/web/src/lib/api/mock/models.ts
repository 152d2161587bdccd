// Made-up models. The page's address scripts them: model=shop (a shop chooses it), model=hold (work that stops making
// progress), model=moved (the GPU was lost), model=unjudged (a safety classifier is missing), model=unfinished (a
// stopped re-embedding), model=offline (work that ends with that problem).

import type { MeasuredPrecision } from '../generated/MeasuredPrecision';
import type { ModelDevice } from '../generated/ModelDevice';
import type { ModelEntry } from '../generated/ModelEntry';
import type { ModelEvent } from '../generated/ModelEvent';
import type { ModelList } from '../generated/ModelList';
import type { ModelOffer } from '../generated/ModelOffer';
import type { ModelPhase } from '../generated/ModelPhase';
import type { ModelSummary } from '../generated/ModelSummary';
import type { ModelTask } from '../generated/ModelTask';
import type { ModelWork } from '../generated/ModelWork';
import type { ReembeddingPlan } from '../generated/ReembeddingPlan';
import type { UnfinishedReembedding } from '../generated/UnfinishedReembedding';
import { fail, problemOf } from '../problem';
import { products } from './products';

const size = 605_000_000;
const steps = 12;
const card = 'patrickjohncyh/fashion-clip';

const phases: Record<ModelTask, [ModelPhase, ModelPhase, number]> = {
  get: ['downloading', 'converting', size],
  measure: ['measuring', 'measuring', 795],
  reembed: ['embedding', 'finishing', products.length],
};

export class MockModels {
  #listeners = new Set<(event: ModelEvent) => void>();
  #timer: ReturnType<typeof setInterval> | null = null;
  #work: ModelWork | null = null;
  #unfinished: UnfinishedReembedding | null = null;
  #entries: ModelEntry[] = [
    entry('starter', { purpose: 'anything', dimension: 256, here: true, current: true }),
    entry('fashion-clip', {
      repository: card,
      purpose: 'clothes',
      license: 'mit',
      dimension: 512,
      parametersMillions: 151,
      figures: 'F1 .83 FMNIST, .73 KAGL, .62 DEEP',
      figuresBy: card,
    }),
    entry('clip-l14', {
      repository: 'openai/clip-vit-large-patch14',
      purpose: 'fast_machines',
      dimension: 768,
      parametersMillions: 428,
    }),
    entry('siglip2', {
      repository: 'google/siglip2-base-patch16-224',
      purpose: 'details',
      languages: 'many',
      license: 'apache-2.0',
      dimension: 768,
      parametersMillions: 375,
      here: true,
      removable: true,
      diskBytes: 1_500_000_000,
    }),
  ];

  constructor(
    readonly params: URLSearchParams,
    readonly tick: number,
    /** Called when the open catalogue has another model. */
    readonly changed: () => void,
  ) {
    if (this.#is('unfinished')) this.#unfinished = { model: 'siglip2', done: 48, total: products.length };
  }

  summary(device: string): ModelSummary {
    const current = this.#entries.find((each) => each.current)!;
    const lost = this.#is('moved') && device !== 'cpu';
    return {
      name: current.name,
      fingerprint: '9f2c61d4',
      dimension: current.dimension ?? 512,
      device: lost ? 'cpu' : device,
      precision: 'f32',
      notice: lost ? 'device gpu:0 failed: the device was lost' : null,
      missingClassifier: this.#is('unjudged') ? 'open-nsfw' : null,
    };
  }

  list(device: string): ModelList {
    return {
      models: this.#entries,
      model: this.summary(device),
      devices,
      work: this.#work,
      unfinished: this.#work ? null : this.#unfinished,
      changeable: !this.#is('shop'),
    };
  }

  offer(name: string): ModelOffer {
    const found = this.#of(name);
    return {
      name,
      repository: found.repository ?? '',
      license: found.license,
      free: found.license !== null,
      downloadBytes: size,
      diskBytes: 2 * size,
      freeBytes: this.#is('full') ? 10_000_000 : 48_000_000_000,
    };
  }

  plan(name: string): ReembeddingPlan {
    this.#of(name);
    const thumbnails = 14;
    return {
      model: name,
      products: products.length,
      pictures: products.length - thumbnails,
      thumbnails,
      without: 0,
      neededBytes: 76_000_000,
      freeBytes: 48_000_000_000,
      seconds: 260,
    };
  }

  begin(task: ModelTask, model: string): void {
    if (this.#work) return fail('busy', `${this.#work.model} is being worked on.`);
    const [phase, last, total] = phases[task];
    let step = task === 'reembed' && this.#unfinished ? 4 : 0;
    const set = (part: Partial<ModelWork>) => {
      this.#work = { ...(this.#work ?? start), ...part };
      this.#say({ kind: 'progress', work: this.#work });
    };
    const start: ModelWork = {
      task,
      model,
      phase: 'preparing',
      done: 0,
      total: 0,
      perSecond: 0,
      secondsLeft: null,
    };
    this.#work = start;
    this.#timer = setInterval(() => {
      step++;
      if (this.#is('hold') && step > 6) return;
      const done = Math.round((total * step) / steps);
      if (step > steps) return this.#end();
      if (step === steps) return set({ phase: last, done: 0, total: 0, perSecond: 0, secondsLeft: null });
      set({ phase, done, total, perSecond: total / 24, secondsLeft: (steps - step) * 2 });
    }, this.tick);
  }

  cancel(): void {
    if (this.#work) this.#end('cancelled');
  }

  discard(): void {
    this.#unfinished = null;
  }

  remove(name: string): void {
    this.#change(name, { here: false, removable: false, diskBytes: 0, precisions: [] });
  }

  listen(heard: (event: ModelEvent) => void): () => void {
    this.#listeners.add(heard);
    return () => void this.#listeners.delete(heard);
  }

  #end(code: string | null = this.#is('offline') ? 'offline' : null): void {
    if (this.#timer) clearInterval(this.#timer);
    const work = this.#work;
    this.#work = null;
    if (!work) return;
    const { task, model, done, total } = work;
    if (code && task === 'reembed') this.#unfinished = { model, done, total };
    if (!code) this.#finish(task, model);
    const problem = code ? problemOf({ code, message: `Scripted end of ${model}.` }) : null;
    this.#say({ kind: 'ended', task, name: model, problem, model: this.summary('cpu') });
  }

  #finish(task: ModelTask, model: string): void {
    if (task === 'get') this.#change(model, { here: true, removable: true, diskBytes: size });
    else if (task === 'measure') this.#change(model, { precisions });
    else {
      this.#unfinished = null;
      this.#entries = this.#entries.map((each) => ({
        ...each,
        current: each.name === model,
        removable: each.here && each.name !== model && each.name !== 'starter',
      }));
      this.changed();
    }
  }

  #change(name: string, part: Partial<ModelEntry>): void {
    this.#entries = this.#entries.map((each) => (each.name === name ? { ...each, ...part } : each));
  }

  #of(name: string): ModelEntry {
    return this.#entries.find((each) => each.name === name) ?? fail('not_found', `No model ${name}.`);
  }

  #is(what: string): boolean {
    return this.params.get('model') === what;
  }

  #say(event: ModelEvent): void {
    for (const heard of this.#listeners) heard(event);
  }
}

const precisions: MeasuredPrecision[] = [
  { precision: 'f32', imageMs: 41.3, overlap: 1, chosen: false },
  { precision: 'bf16', imageMs: 18.9, overlap: 0.996, chosen: true },
  { precision: 'int8', imageMs: 22.4, overlap: 0.981, chosen: false },
];

const devices: ModelDevice[] = [
  { id: 'cpu', name: null, backend: null, software: false },
  { id: 'gpu:0', name: 'AMD Radeon RX 7800 XT', backend: 'Vulkan', software: false },
  { id: 'gpu:1', name: 'llvmpipe (LLVM 15.0.6)', backend: 'Vulkan', software: true },
];

function entry(name: string, part: Partial<ModelEntry>): ModelEntry {
  return {
    name,
    repository: null,
    purpose: null,
    languages: 'en',
    license: null,
    parametersMillions: null,
    dimension: null,
    figures: null,
    figuresBy: null,
    here: false,
    current: false,
    removable: false,
    diskBytes: 0,
    precisions: [],
    ...part,
  };
}
