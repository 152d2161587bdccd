// Learns the shopper's taste as the engine does, but without decay over time.

import type { Affinity } from '../generated/Affinity';
import type { Learned } from '../generated/Learned';
import type { MockProduct } from './products';

const weights = { viewed: 0.25, kept: 1, dropped: -0.5, bought: 1, dismissed: -1 };
export type Signal = keyof typeof weights;

export class MockTaste {
  #lessons: { product: MockProduct; signal: Signal }[] = [];

  learn(product: MockProduct, signal: Signal): void {
    const again = this.#lessons.some((one) => one.product === product && one.signal === signal);
    if (signal !== 'viewed' || !again) this.#lessons.push({ product, signal });
  }

  unlearn(product: MockProduct, signal: Signal): void {
    const at = this.#lessons.findLastIndex((one) => one.product === product && one.signal === signal);
    if (at >= 0) this.#lessons.splice(at, 1);
  }

  forget(): void {
    this.#lessons = [];
  }

  /** How much the shopper likes a product, −1 to 1; null if nothing was learned. */
  of(product: MockProduct): number | null {
    if (this.#lessons.length === 0) return null;
    const of = (names: Affinity[], name: string) => names.find((one) => one.name === name)?.liking ?? 0;
    return (of(this.#names('category'), product.category) + of(this.#names('brand'), product.brand)) / 2;
  }

  learned(): Learned {
    const liked = this.#lessons.filter(({ signal }) => weights[signal] > 0);
    const all = liked.reduce((sum, { signal }) => sum + weights[signal], 0);
    const log = liked.reduce(
      (sum, { product, signal }) => sum + weights[signal] * Math.log(product.price),
      0,
    );
    return {
      any: this.#lessons.length > 0,
      categories: this.#names('category'),
      brands: this.#names('brand'),
      sizes: [],
      usualPrice: all > 0 ? { amount: Math.exp(log / all).toFixed(2), currency: 'EUR' } : null,
    };
  }

  #names(of: 'category' | 'brand'): Affinity[] {
    const sums = new Map<string, number>();
    for (const { product, signal } of this.#lessons)
      sums.set(product[of], (sums.get(product[of]) ?? 0) + weights[signal]);
    return [...sums]
      .map(([name, sum]) => ({ name, liking: sum / (1 + Math.abs(sum)) }))
      .sort((a, b) => b.liking - a.liking);
  }
}
