// Explains in plain words which reasons make up a hit's rank.

import type { Reasons } from '../api/generated/Reasons';
import { t } from './i18n.svelte';
import type { Key } from './i18n.svelte';

const words: Record<Exclude<keyof Reasons, 'visual' | 'personal'>, Key> = {
  likeness: 'why.likeness',
  identity: 'why.identity',
  words: 'why.words',
  color: 'why.color',
  category: 'why.category',
  pattern: 'why.pattern',
  brand: 'why.brand',
  price: 'why.price',
  popularity: 'why.popularity',
  freshness: 'why.freshness',
  rules: 'why.rules',
};

export interface Reason {
  name: keyof Reasons;
  text: string;
  /** Percent of all reasons that raise the score; below 0 the reason lowers it. */
  share: number;
}

/** What the similarity compares a hit with: a picture, a product or the words. */
export interface Question {
  picture: boolean;
  /** The title of the product of a "more like this" search. */
  like: string | null;
}

/** The reasons with a share of at least 0.5 percent, the largest first. */
export function reasonsOf(reasons: Reasons, question: Question): Reason[] {
  const all = Object.entries(reasons) as [keyof Reasons, number | null][];
  const sum = all.reduce((total, [, part]) => total + Math.max(0, part ?? 0), 0);
  return all
    .map(([name, part]) => ({ name, share: sum > 0 ? ((part ?? 0) / sum) * 100 : 0 }))
    .filter(({ share }) => Math.abs(share) >= 0.5)
    .map(({ name, share }) => ({ name, share, text: textOf(name, share, question) }))
    .sort((a, b) => b.share - a.share);
}

function textOf(name: keyof Reasons, share: number, { picture, like }: Question): string {
  if (name === 'personal') return t(share < 0 ? 'why.personalNot' : 'why.personal');
  if (name !== 'visual') return t(words[name]);
  if (picture) return t('why.looks');
  return like === null ? t('why.means') : t('why.like', { title: like });
}
