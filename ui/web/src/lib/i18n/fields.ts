// Names of the fields that shops share. Others are shown as the shop writes them.

import type { Availability } from '../api/generated/Availability';
import { t } from './i18n.svelte';
import type { Key } from './i18n.svelte';

const fields: Record<string, Key> = {
  category: 'field.category',
  brand: 'field.brand',
  color: 'field.color',
  colour: 'field.color',
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

export function valueName(field: string, value: string): string {
  if (field !== 'availability') return value;
  const code = value.toLowerCase().replace(/[\s-]+/gu, '_');
  return Object.hasOwn(stock, code) ? stockName(code as Availability) : value;
}
