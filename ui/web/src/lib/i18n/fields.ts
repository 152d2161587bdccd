// Names of the fields that shops share. Others are shown as the shop writes them.

import type { Availability } from '../api/generated/Availability';
import { t } from './i18n.svelte';
import type { Key } from './i18n.svelte';

const fields: Record<string, Key> = {
  category: 'field.category',
  brand: 'field.brand',
  color: 'field.color',
  colour: 'field.color',
  shade: 'field.color',
  size: 'field.size',
  availability: 'field.availability',
  price: 'field.price',
  material: 'field.material',
  pattern: 'field.pattern',
  gender: 'field.gender',
  season: 'field.season',
  care: 'field.care',
  origin: 'field.origin',
  condition: 'field.condition',
  gtin: 'field.gtin',
};

const stock: Record<Availability, Key> = {
  in_stock: 'stock.in',
  out_of_stock: 'stock.out',
  preorder: 'stock.preorder',
  backorder: 'stock.backorder',
  unknown: 'stock.unknown',
};

export function fieldName(field: string): string {
  const key = fields[field.toLowerCase()];
  if (key) return t(key);
  const words = field.replace(/[_-]+/gu, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const stockName = (availability: Availability) => t(stock[availability]);

/** The palette's colours and their families. */
const shades: Record<string, Key> = {
  black: 'shade.black',
  charcoal: 'shade.charcoal',
  grey: 'shade.grey',
  silver: 'shade.silver',
  white: 'shade.white',
  cream: 'shade.cream',
  beige: 'shade.beige',
  khaki: 'shade.khaki',
  tan: 'shade.tan',
  brown: 'shade.brown',
  rust: 'shade.rust',
  orange: 'shade.orange',
  coral: 'shade.coral',
  red: 'shade.red',
  burgundy: 'shade.burgundy',
  pink: 'shade.pink',
  fuchsia: 'shade.fuchsia',
  purple: 'shade.purple',
  lilac: 'shade.lilac',
  navy: 'shade.navy',
  blue: 'shade.blue',
  'light blue': 'shade.lightBlue',
  turquoise: 'shade.turquoise',
  teal: 'shade.teal',
  mint: 'shade.mint',
  green: 'shade.green',
  'dark green': 'shade.darkGreen',
  lime: 'shade.lime',
  olive: 'shade.olive',
  yellow: 'shade.yellow',
  mustard: 'shade.mustard',
  gold: 'shade.gold',
  metallic: 'shade.metallic',
  multicolour: 'shade.multicolour',
};

const patterns: Record<string, Key> = {
  plain: 'pattern.plain',
  striped: 'pattern.striped',
  checked: 'pattern.checked',
  dotted: 'pattern.dotted',
  floral: 'pattern.floral',
  printed: 'pattern.printed',
};

const known: Record<string, Record<string, Key>> = { shade: shades, pattern: patterns };

/** The name of a field's value in the chosen language, if all shops share that value. */
export function valueName(field: string, value: string): string {
  const code = value.trim().toLowerCase();
  const names = known[field.toLowerCase()];
  if (names && Object.hasOwn(names, code)) return t(names[code]!);
  // GTINs are stored with fourteen digits; shoppers see the digits that are printed.
  if (field === 'gtin') return value.replace(/^0{1,6}(?=\d{8})/u, '');
  if (field !== 'availability') return value;
  const state = code.replace(/[\s-]+/gu, '_');
  return Object.hasOwn(stock, state) ? stockName(state as Availability) : value;
}
