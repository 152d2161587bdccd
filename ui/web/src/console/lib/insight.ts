// What the page Insight shows of the server's statistics.

import type { Schemas } from '../../lib/api/shop/client';
import { api } from './api';
import { say } from './words';
import type { Word } from './words';

export type Summary = Schemas['InsightSummary'];
export type Figures = Schemas['InsightFigures'];
export type Day = Schemas['InsightDay'];
export type Way = Schemas['InsightWay'];
export type Release = Schemas['InsightRelease'];
export type Query = Schemas['InsightQuery'];
export type Product = Schemas['InsightProduct'];
export type Drift = Schemas['InsightDrift'];
export type ScoreStep = Schemas['InsightScoreStep'];
export type Moved = Schemas['InsightEmbeddings'];
export type Change = Schemas['InsightChange'];
export type Service = Schemas['InsightService'];

export const windows = [7, 28, 90] as const;

export const lists = ['top', 'rising', 'zeroResult', 'noGoodMatch'] as const;
export type List = (typeof lists)[number];

/** Of what is asked: a catalogue, days, and a release or all. */
export interface Scope {
  catalog: string;
  days: number;
  release?: number;
}

/** A figure that the days have. */
export type Name = Exclude<keyof Figures, 'clicked' | 'purchased'>;

/** Those that are shown, in their order. */
export const names: readonly Name[] = [
  'searches',
  'searchers',
  'ctr',
  'meanPosition',
  'withoutClick',
  'zeroResult',
  'noGoodMatch',
  'views',
  'addToCart',
  'purchases',
  'conversion',
];

/** The rows behind a figure: those of days unless words or products tell more. */
export const rowsOf = (name: Name): 'days' | 'queries' | 'products' => {
  if (name === 'zeroResult' || name === 'noGoodMatch') return 'queries';
  return name === 'views' || name === 'addToCart' || name === 'purchases' ? 'products' : 'days';
};

const shares: readonly string[] = ['ctr', 'ctr7', 'conversion'];

export const isShare = (name: string): boolean => shares.includes(name);

export const count = (value: number): string => value.toLocaleString('en');

export const percent = (value: number | null | undefined): string =>
  value == null ? '–' : value.toLocaleString('en', { style: 'percent', maximumFractionDigits: 1 });

/** A figure as it is written. */
export function written(name: string, value: number | null | undefined): string {
  if (value == null) return '–';
  if (isShare(name)) return percent(value);
  return name === 'meanPosition' ? value.toLocaleString('en', { maximumFractionDigits: 1 }) : count(value);
}

/** How a figure has changed, in words. */
export function change(now: number | null | undefined, before: number | null | undefined): string {
  if (now == null || before == null || before === 0) return now ? say('insight.new') : say('insight.same');
  const share = Math.abs(now - before) / before;
  if (share < 0.0005) return say('insight.same');
  return say(now > before ? 'insight.up' : 'insight.down', { share: percent(share) });
}

/** An amount of money that the server wrote as text. */
export const money = (amount: string, currency: string): string =>
  Number(amount).toLocaleString('en', { style: 'currency', currency });

export const title = (name: Name): string => say(`figure.${name}` as Word);

export type Table =
  | ''
  | '/days'
  | '/ways'
  | '/releases'
  | '/queries'
  | '/products'
  | '/service'
  | '/drift'
  | '/embeddings'
  | '/changes';

/** The address of a table for spreadsheets. */
export const csv = (table: Table, scope: Scope, more: object = {}): string =>
  api.address(`/api/v1/admin/stats${table}`, {}, { ...scope, ...more, format: 'csv' });
