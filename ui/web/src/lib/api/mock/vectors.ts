// Simple embeddings: one axis for each property of a product that words or pictures can name.

import { categories, colors, products } from './products';
import type { MockProduct } from './products';

export type Vector = Map<string, number>;

const weight = { category: 1, color: 0.8, pattern: 0.5, material: 0.35, brand: 0.25 };
const synonyms: Record<string, string[]> = {
  'category:Dresses': ['dress', 'dresses', 'gown', 'kleid', 'robe', 'vestido'],
  'category:T-shirts': ['t-shirt', 't-shirts', 'tshirt', 'tee', 'top'],
  'category:Shirts': ['shirt', 'shirts', 'blouse', 'hemd'],
  'category:Sweaters': ['sweater', 'sweaters', 'jumper', 'pullover', 'knit'],
  'category:Jackets': ['jacket', 'jackets', 'coat', 'jacke'],
  'category:Trousers': ['trousers', 'pants', 'jeans', 'chinos', 'hose'],
  'category:Skirts': ['skirt', 'skirts', 'rock'],
  'category:Shoes': ['shoe', 'shoes', 'sneaker', 'sneakers', 'trainers', 'schuhe'],
  'category:Bags': ['bag', 'bags', 'handbag', 'tote', 'tasche'],
  'category:Hats': ['hat', 'hats', 'hut'],
  'category:Lamps': ['lamp', 'lamps', 'light', 'lampe'],
  'category:Chairs': ['chair', 'chairs', 'seat', 'stuhl'],
  'pattern:Striped': ['striped', 'stripes', 'stripe', 'stripy'],
  'pattern:Dotted': ['dotted', 'dots', 'polka'],
  'pattern:Checked': ['checked', 'check', 'plaid'],
  'pattern:Floral': ['floral', 'flowers', 'flowery'],
  'pattern:Plain': ['plain', 'solid'],
  'color:Grey': ['grey', 'gray'],
};
const filler = new Set(['a', 'an', 'the', 'with', 'and', 'in', 'of', 'for', 'some', 'please', 'my']);

const axes = new Map<string, string>();
for (const [axis, words] of Object.entries(synonyms)) for (const word of words) axes.set(word, axis);
for (const [name] of colors) axes.set(name.toLowerCase(), `color:${name}`);
for (const p of products) {
  axes.set(p.material.toLowerCase(), `material:${p.material}`);
  axes.set(p.brand.toLowerCase(), `brand:${p.brand}`);
}

/** The property that a word names, as `kind:value`; undefined if the whole word names none. */
export const axisOf = (word: string) => axes.get(word.toLowerCase());

const axisWeight = (axis: string) => weight[axis.split(':')[0] as keyof typeof weight] ?? 0.8;

export function ofProduct(p: MockProduct): Vector {
  const axesOf = [
    `category:${p.category}`,
    `color:${p.color}`,
    `pattern:${p.pattern}`,
    `material:${p.material}`,
    `brand:${p.brand}`,
  ];
  return normal(new Map(axesOf.map((axis) => [axis, axisWeight(axis)])));
}

export function ofWords(words: string): Vector {
  const vector: Vector = new Map();
  for (const word of words.toLowerCase().split(/[^\p{L}\p{N}&-]+/u)) {
    if (!word || filler.has(word)) continue;
    // The start of a word already selects an axis, so that results come while the shopper types.
    const axis = axes.get(word) ?? (word.length > 1 && [...axes.keys()].find((k) => k.startsWith(word)));
    const found = typeof axis === 'string' ? (axes.get(axis) ?? axis) : `unknown:${word}`;
    vector.set(found, axisWeight(found));
  }
  return normal(vector);
}

export function ofLook(category: string, rgb: [number, number, number]): Vector {
  const vector: Vector = new Map([[`category:${category}`, 1]]);
  const near = colors
    .map(([name, hex]) => ({ name, far: distance(rgb, parse(hex)) }))
    .sort((a, b) => a.far - b.far);
  vector.set(`color:${near[0]!.name}`, 0.8);
  vector.set(`color:${near[1]!.name}`, 0.3);
  return normal(vector);
}

export const guessCategory = (name: string): string | null => {
  for (const word of name
    .toLowerCase()
    .replace('t-shirt', 'tshirt')
    .split(/[^\p{L}]+/u)) {
    const axis = axes.get(word);
    if (axis?.startsWith('category:')) return axis.slice('category:'.length);
  }
  return null;
};

export const categoryAt = (n: number) => categories[Math.abs(n) % categories.length]!;

export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (const [axis, value] of a) sum += value * (b.get(axis) ?? 0);
  return sum;
}

export function sum(parts: [Vector, number][]): Vector {
  const all: Vector = new Map();
  for (const [vector, share] of parts)
    for (const [axis, value] of vector) all.set(axis, (all.get(axis) ?? 0) + value * share);
  return normal(all);
}

function normal(vector: Vector): Vector {
  const length = Math.hypot(...vector.values());
  return length > 0 ? new Map([...vector].map(([axis, value]) => [axis, value / length])) : vector;
}

const parse = (hex: string): [number, number, number] => {
  const n = Number.parseInt(hex.slice(1), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
};
const distance = (a: number[], b: number[]) => Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!);
