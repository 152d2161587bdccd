// What the page Alerts shows of the server's rules and of what they found.

import type { Schemas } from '../../lib/api/shop/client';
import { number, say, sayOf } from './words';

export type Alert = Schemas['Alert'];
export type AlertRule = Schemas['AlertRule'];
export type Terms = Schemas['AlertTerms'];
export type Metric = Schemas['AlertMetric'];
export type Channel = Schemas['AlertChannel'];
export type Delivery = Schemas['AlertDelivery'];
export type Kiosk = Schemas['Kiosk'];

export const metrics: readonly Metric[] = [
  'latencyP99',
  'failures',
  'clickThrough',
  'zeroResults',
  'signatures',
  'failedJob',
  'kiosk',
  'drift',
  'embeddings',
  'scheduler',
];

/** The comparisons that the server takes for a metric; the first is the usual one. */
export const comparisons = (metric: Metric): readonly Terms['comparison'][] => {
  if (metric === 'clickThrough') return ['chanceBelow'];
  if (metric === 'zeroResults') return ['chanceAbove', 'above'];
  return metric === 'signatures' ? ['below'] : ['above'];
};

/** Metrics of the server, which a rule of a catalogue cannot have. */
export const ofServer = (metric: Metric): boolean => metric === 'kiosk' || metric === 'scheduler';

/** Rules that every server begins with have the metric as their id. */
export const isUsual = (rule: AlertRule): boolean => rule.id === rule.metric;

export const metricName = (metric: string): string => sayOf('metric', metric);

/** From when on a rule is an alert, as a sentence. */
export function condition(terms: Terms): string {
  const value = terms.metric === 'failures' ? `${number(terms.threshold * 100)} %` : number(terms.threshold);
  return say(`comparison.${terms.comparison}`, { value, unit: sayOf('unit', terms.metric) });
}

/** Where an alert or a rule belongs. */
export const place = (catalog: string, all: string): string => catalog || all;

export const termsOf = (rule: AlertRule): Terms => {
  const { catalog, metric, comparison, threshold, windowMinutes, minimum, enabled } = rule;
  return { catalog: catalog ?? '', metric, comparison, threshold, windowMinutes, minimum, enabled };
};
