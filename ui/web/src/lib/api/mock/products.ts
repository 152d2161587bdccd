// A made-up shop of 120 products, the same in every run.

import type { Availability } from '../generated/Availability';

export interface MockProduct {
  id: string;
  number: number;
  title: string;
  brand: string;
  category: string;
  color: string;
  hex: string;
  pattern: string;
  material: string;
  price: number;
  /** The price in a sale; null if there is none. */
  sale: number | null;
  /** The group of the same product in other colours; empty if there are none. */
  group: string;
  availability: Availability;
  sizes: string[];
}

export const categories = [
  'Dresses',
  'T-shirts',
  'Shirts',
  'Sweaters',
  'Jackets',
  'Trousers',
  'Skirts',
  'Shoes',
  'Bags',
  'Hats',
  'Lamps',
  'Chairs',
] as const;

const singular: Record<string, string> = {
  Dresses: 'dress',
  'T-shirts': 'T-shirt',
  Shirts: 'shirt',
  Sweaters: 'sweater',
  Jackets: 'jacket',
  Trousers: 'trousers',
  Skirts: 'skirt',
  Shoes: 'sneakers',
  Bags: 'bag',
  Hats: 'hat',
  Lamps: 'lamp',
  Chairs: 'chair',
};

export const colors: [name: string, hex: string][] = [
  ['Rust', '#b8623a'],
  ['Navy', '#2c3b63'],
  ['Beige', '#d6c3a4'],
  ['Green', '#4f7d5b'],
  ['Black', '#35322f'],
  ['Pink', '#dd9ba8'],
  ['White', '#f8f5f0'],
  ['Blue', '#4a79bd'],
  ['Yellow', '#ddb048'],
  ['Red', '#b53b3b'],
  ['Grey', '#9b9b98'],
  ['Brown', '#76553e'],
];

export const patterns = ['Plain', 'Striped', 'Plain', 'Dotted', 'Checked', 'Plain', 'Floral'];
const materials: Record<string, string[]> = {
  Shoes: ['Leather', 'Canvas'],
  Bags: ['Leather', 'Canvas'],
  Hats: ['Wool', 'Straw'],
  Lamps: ['Linen', 'Metal'],
  Chairs: ['Oak', 'Wool'],
};
const fabrics = ['Cotton', 'Linen', 'Wool', 'Silk'];
const brands = ['Norrsken', 'Atelier Oda', 'Kumo', 'Maré', 'Hollis & Wren', 'Fältbo'];
const stock: Availability[] = ['in_stock', 'in_stock', 'in_stock', 'in_stock', 'out_of_stock', 'preorder'];
const basePrice = [89, 25, 59, 79, 149, 75, 65, 110, 129, 39, 95, 189];

const pick = <T>(from: readonly T[], n: number): T => from[n % from.length]!;

function make(number: number): MockProduct {
  // Products take turns by category, so that browsing shows some of each.
  const c = number % categories.length;
  const round = Math.floor(number / categories.length);
  const category = categories[c]!;
  const [color, hex] = pick(colors, c * 5 + round * 7 + 3);
  const pattern = c >= 7 && c !== 8 ? 'Plain' : pick(patterns, c * 3 + round * 2 + 1);
  const material = pick(materials[category] ?? fabrics, c + round);
  const cut = pick(['', 'Relaxed', 'Classic', '', 'Light', 'Slim'], number * 5 + round);
  const words = [cut, color, pattern === 'Plain' ? '' : pattern, material, singular[category]!];
  const title = words.filter(Boolean).join(' ').toLowerCase().replace('t-shirt', 'T-shirt');
  const clothing = c < 7;
  const price = Math.round((basePrice[c]! * (0.7 + ((number * 37) % 60) / 60) - 0.05) * 20) / 20;
  return {
    id: `p${String(number + 1).padStart(3, '0')}`,
    number,
    title: title.charAt(0).toUpperCase() + title.slice(1),
    brand: pick(brands, number * 7 + round),
    category,
    color,
    hex,
    pattern,
    material,
    price,
    sale: number % 9 === 4 ? Math.round(price * 16) / 20 : null,
    group: category === 'T-shirts' && round < 3 ? 'tee' : '',
    availability: pick(stock, number * 5 + round),
    sizes: clothing
      ? ['XS', 'S', 'M', 'L', 'XL'].slice(number % 2, 5 - (round % 2))
      : category === 'Shoes'
        ? ['37', '38', '39', '40', '41', '42'].slice(round % 3)
        : [],
  };
}

const families: Record<string, string> = { Rust: 'orange', Navy: 'blue' };
/** The basic colour that a colour belongs to. */
export const familyOf = (color: string) => families[color] ?? color.toLowerCase();

/** The price that the shopper pays. */
export const priceOf = (p: MockProduct) => p.sale ?? p.price;

export const products: MockProduct[] = Array.from({ length: 120 }, (_, i) => make(i));
export const byId = new Map(products.map((p) => [p.id, p]));

export const categoryWord = (category: string) => singular[category] ?? category;
