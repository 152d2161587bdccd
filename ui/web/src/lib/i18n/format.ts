// Amounts, shares, times and sizes as the chosen language writes them.

import type { Money } from '../api/generated/Money';
import type { PriceRange } from '../api/generated/PriceRange';
import { i18n, t } from './i18n.svelte';

/** Formats an amount; with `round`, whole amounts have no decimals. */
export function money(value: Money | null, round = false): string {
  if (!value) return '';
  const { amount, currency } = value;
  try {
    // The amount stays a string, so that a float does not lose a cent.
    return new Intl.NumberFormat(i18n.language, {
      style: 'currency',
      currency,
      trailingZeroDisplay: round ? 'stripIfInteger' : 'auto',
    }).format(amount as unknown as number);
  } catch {
    return `${amount} ${currency}`.trim();
  }
}

/** Formats a price range, with the currency where the language puts it: "Up to €50". */
export function priceRange({ min, max }: PriceRange, currency: string): string {
  const of = (amount: string) => money({ amount, currency }, true);
  if (min !== null && max !== null) return min === max ? of(min) : `${of(min)} – ${of(max)}`;
  if (min !== null) return t('price.over', { price: of(min) });
  return max === null ? '' : t('price.under', { price: of(max) });
}

export const currencySign = (currency: string): string => {
  try {
    const parts = new Intl.NumberFormat(i18n.language, { style: 'currency', currency }).formatToParts(0);
    return parts.find((part) => part.type === 'currency')?.value ?? currency;
  } catch {
    return currency;
  }
};

export const percent = (value: number) =>
  new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 0 }).format(value / 100);

export const number = (value: number, digits = 0) =>
  new Intl.NumberFormat(i18n.language, { maximumFractionDigits: digits }).format(value);

export const milliseconds = (value: number) =>
  new Intl.NumberFormat(i18n.language, {
    style: 'unit',
    unit: 'millisecond',
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);

export const when = (at: number) =>
  new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'short' }).format(at);

/** A span of time in the unit that fits it: "40 sec", "3 min", "1.5 hr". */
export function duration(seconds: number): string {
  const [value, unit] =
    seconds < 90
      ? ([Math.max(1, Math.ceil(seconds)), 'second'] as const)
      : seconds < 90 * 60
        ? ([Math.round(seconds / 60), 'minute'] as const)
        : ([seconds / 3600, 'hour'] as const);
  return new Intl.NumberFormat(i18n.language, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: unit === 'hour' ? 1 : 0,
  }).format(value);
}

/** The names of languages, of their codes. */
export const languageName = (code: string): string =>
  new Intl.DisplayNames(i18n.language, { type: 'language' }).of(code) ?? code;

/** How long ago that was, in the largest unit that fits: "3 hours ago". */
export function ago(at: number, now = Date.now()): string {
  const format = new Intl.RelativeTimeFormat(i18n.language, { numeric: 'auto' });
  const minutes = Math.max(0, now - at) / 60_000;
  if (minutes < 1) return format.format(0, 'second');
  if (minutes < 60) return format.format(-Math.floor(minutes), 'minute');
  if (minutes < 24 * 60) return format.format(-Math.floor(minutes / 60), 'hour');
  return format.format(-Math.floor(minutes / (24 * 60)), 'day');
}

export function bytes(value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = Math.min(3, Math.floor(Math.log10(Math.max(1, value)) / 3));
  return new Intl.NumberFormat(i18n.language, {
    style: 'unit',
    unit: units[step]!,
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step > 1 ? 1 : 0,
  }).format(value / 1000 ** step);
}

/** Text of a number and its unit that stays on one line. */
export const unbroken = (text: string): string => text.replaceAll(' ', '\u00a0');

/** Text that keeps its own direction in a line that is read from right to left. */
export const isolated = (text: string): string => `\u2068${text}\u2069`;
