// Experiments, as the console shows and makes them.

import type { Schemas } from '../../lib/api/shop/client';
import { say } from './words';
import { spoken } from './spoken.svelte';

export type Experiment = Schemas['Experiment'];
export type Results = Schemas['ExperimentResults'];
export type Comparison = Schemas['ExperimentComparison'];
export type Interval = Schemas['ExperimentInterval'];
export type Power = Schemas['ExperimentPower'];
export type Metric = Schemas['ExperimentMetric'];
export type Weights = Required<Schemas['Weights']>;
export type WeightName = keyof Weights;

export const metrics = ['clicked', 'carted', 'purchased'] as const satisfies readonly Metric[];

/** In the order in which they are shown. */
export const weightNames = [
  'visual',
  'words',
  'likeness',
  'identity',
  'color',
  'category',
  'pattern',
  'brand',
  'price',
  'personal',
  'popularity',
  'freshness',
  'diversity',
] as const satisfies readonly WeightName[];

/** Of 10,000 buckets of visitors. */
const buckets = 10_000;

/** What somebody fills in. */
export interface Form {
  name: string;
  variant: string;
  interleaved: boolean;
  metric: Metric;
  /** Percent of visitors who take part. */
  part: number;
  /** Percent; empty: what was counted. */
  baseline: number | null;
  /** Percent. */
  lift: number;
  /** Empty: until somebody stops it. */
  days: number | null;
  rulesDraft: boolean;
  weights: Weights;
}

/** The buckets of each of two arms. */
export const shareOf = (form: Form): number => Math.max(1, Math.round((form.part / 100 / 2) * buckets));

const isChanged = (form: Form, live: Weights): boolean =>
  weightNames.some((name) => form.weights[name] !== live[name]);

/** What the server is asked for: the power of this form. */
export const powerQuery = (form: Form) => ({
  metric: form.interleaved ? ('clicked' as const) : form.metric,
  lift: form.lift / 100,
  interleaved: form.interleaved,
  share: shareOf(form),
  ...(form.baseline ? { baseline: form.baseline / 100 } : {}),
});

/** The experiment of a form. */
export function experimentOf(form: Form, live: Weights): Schemas['NewExperiment'] {
  const share = shareOf(form);
  const changes = {
    ...(isChanged(form, live) ? { weights: { ...form.weights } } : {}),
    ...(form.rulesDraft ? { rulesDraft: true } : {}),
  };
  const { metric, lift, interleaved, baseline } = { baseline: undefined, ...powerQuery(form) };
  return {
    name: form.name,
    metric,
    interleaved,
    lift,
    arms: [
      { name: say('experiment.control'), share },
      { name: form.variant, share, ...changes },
    ],
    ...(baseline === undefined ? {} : { baseline }),
    ...(form.days ? { days: form.days } : {}),
  };
}

export const percent = (value: number, digits = 1): string =>
  value.toLocaleString(spoken.now, { style: 'percent', maximumFractionDigits: digits });

/** A difference of two shares, in percentage points. */
export const points = (value: number): string =>
  (value * 100).toLocaleString(spoken.now, { maximumFractionDigits: 2, signDisplay: 'exceptZero' });

/** An interval in words. */
export const between = ({ low, high }: Interval): string =>
  say('experiment.between', { low: points(low), high: points(high) });

/** Where a bar that shows an interval around 0 begins and ends, and where 0 is, in percent of its length. */
export function bar({ low, high }: Interval): { from: number; length: number } {
  const most = Math.max(Math.abs(low), Math.abs(high), 1e-9) * 1.1;
  const at = (value: number) => 50 + (50 * value) / most;
  return { from: at(low), length: at(high) - at(low) };
}

/** How much of what is needed has been searched, from 0 to 1. */
export function progress({ experiment, arms }: Results): number {
  const least = Math.min(...arms.map(({ searches }) => searches));
  return experiment.needed > 0 ? Math.min(1, least / experiment.needed) : 0;
}
