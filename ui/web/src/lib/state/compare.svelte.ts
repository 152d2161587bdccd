// Up to four products, side by side.

import type { Card } from '../api/generated/Card';

export const most = 4;

export class Compare {
  cards = $state.raw<Card[]>([]);
  readonly full = $derived(this.cards.length >= most);

  has(id: string): boolean {
    return this.cards.some((card) => card.id === id);
  }

  /** Adds or removes a product; false if the comparison is full. */
  toggle(card: Card): boolean {
    if (this.has(card.id)) this.cards = this.cards.filter((other) => other.id !== card.id);
    else if (this.full) return false;
    else this.cards = [...this.cards, card];
    return true;
  }

  clear(): void {
    this.cards = [];
  }
}

export interface Row {
  name: string;
  values: string[];
  differs: boolean;
}

/** Rows with the facts of all products by name; a missing fact is empty. */
export function rowsOf(facts: Map<string, string>[]): Row[] {
  const names = new Set(facts.flatMap((one) => [...one.keys()]));
  return [...names]
    .map((name) => {
      const values = facts.map((one) => one.get(name) ?? '');
      return { name, values, differs: new Set(values).size > 1 };
    })
    .filter((row) => row.values.some((value) => value !== ''));
}
