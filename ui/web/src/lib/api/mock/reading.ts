// Reads typed words. The engine reads six languages; this reads enough English to behave like it.

import type { Chip } from '../generated/Chip';
import type { Condition } from '../generated/Condition';
import { axisOf } from './vectors';

export interface Reading {
  words: string;
  without: string[];
  chips: Chip[];
}

interface Phrase {
  start: number;
  end: number;
  condition: Condition;
  /** True for colours and patterns, which also stay in the words. */
  stays: boolean;
}

const negation = /(?:^|[\s,，])(?:not|without|nicht|ohne|no|sin|pas|sans|ليس|بدون)\s|不要/giu;
const amount = String.raw`[€$£]?\s?(\d+(?:[.,]\d+)?)(?:\s?(?:€|euros?|eur\b))?`;
const named: [RegExp, (found: RegExpMatchArray) => Condition][] = [
  [
    new RegExp(String.raw`\bbetween ${amount} and ${amount}`, 'giu'),
    ([, min, max]) => costs(min ?? null, max ?? null),
  ],
  [
    new RegExp(String.raw`\b(?:under|below|less than|up to) ${amount}`, 'giu'),
    ([, max]) => costs(null, max ?? null),
  ],
  [
    new RegExp(String.raw`\b(?:over|above|more than|from) ${amount}`, 'giu'),
    ([, min]) => costs(min ?? null, null),
  ],
  [/\bsize ([^\s,]+)/giu, ([, size]) => has('size', size!)],
  [
    /\b(brand|category|size|material):("[^"]+"|[^\s,]+)/giu,
    ([, field, value]) => has(field!, value!.replaceAll('"', '')),
  ],
];

const has = (field: string, value: string): Condition => ({
  kind: 'has',
  field: field.toLowerCase(),
  value: value.toLowerCase(),
});
const costs = (min: string | null, max: string | null): Condition => ({
  kind: 'costs',
  price: { min: min?.replace(',', '.') ?? null, max: max?.replace(',', '.') ?? null },
});

/** Splits "red dress under 50, not striped" into wanted words, unwanted words and conditions. */
export function readWords(text: string): Reading {
  // Text between quotes is taken literally.
  const quoted = [...text.matchAll(/(?<!:)"[^"]*"/gu)].map(({ 0: all, index }) => [
    index,
    index + all.length,
  ]);
  const literal = (at: number) => quoted.some(([start, end]) => at >= start! && at < end!);
  const phrases: Phrase[] = [];
  for (const [pattern, condition] of named)
    for (const found of [...text.matchAll(pattern)].filter(({ index }) => !literal(index)))
      phrases.push({
        start: found.index,
        end: found.index + found[0].length,
        condition: condition(found),
        stays: false,
      });
  const excluded = exclusions(text, phrases);
  for (const { words, start, end } of excluded)
    phrases.push({ start, end, condition: unlike(words), stays: false });
  const asked = clean(cut(text, phrases).replaceAll('"', ' '));
  phrases.push(...shown(text, phrases).filter(({ start }) => !literal(start)));
  phrases.sort((a, b) => a.start - b.start);
  const chips = phrases.map(({ start, end, condition }): Chip => ({
    said: clean(text.slice(start, end)),
    rest: clean(cut(text, [{ start, end }])),
    condition,
  }));
  return { words: asked, without: excluded.map(({ words }) => words), chips };
}

/** The words after each negation, up to the next negation or condition. */
function exclusions(text: string, taken: Phrase[]): { words: string; start: number; end: number }[] {
  const starts = [...text.matchAll(negation)];
  const stops = [...starts.map(({ index }) => index), ...taken.map(({ start }) => start), text.length];
  return starts
    .map((found) => {
      const from = found.index + found[0].length;
      const end = Math.min(...stops.filter((stop) => stop >= from));
      return { words: clean(text.slice(from, end)), start: found.index, end };
    })
    .filter(({ words }) => words !== '');
}

/** Colours and patterns outside the phrases that were read already. */
function shown(text: string, taken: Phrase[]): Phrase[] {
  return [...text.matchAll(/[\p{L}-]+/gu)].flatMap((word) => {
    const [start, end] = [word.index, word.index + word[0].length];
    const seen = shownBy(word[0]);
    const free = taken.every((other) => end <= other.start || other.end <= start);
    return seen && free ? [{ start, end, condition: { kind: 'has' as const, ...seen }, stays: true }] : [];
  });
}

function shownBy(word: string): { field: string; value: string } | null {
  const [kind, value] = axisOf(word)?.split(':') ?? [];
  if (kind === 'color') return { field: 'shade', value: value!.toLowerCase() };
  return kind === 'pattern' ? { field: 'pattern', value: value!.toLowerCase() } : null;
}

function unlike(words: string): Condition {
  const seen = shownBy(words);
  return seen ? { kind: 'lacks', ...seen } : { kind: 'unlike', words };
}

const clean = (text: string) =>
  text
    .replace(/\s+/gu, ' ')
    .replace(/\s,/gu, ',')
    .replace(/^[\s,，]+|[\s,，]+$/gu, '');

function cut(text: string, ranges: { start: number; end: number }[]): string {
  const gone = (at: number) => ranges.some(({ start, end }) => at >= start && at < end);
  return [...text.matchAll(/./gsu)].map(({ 0: letter, index }) => (gone(index) ? '' : letter)).join('');
}
