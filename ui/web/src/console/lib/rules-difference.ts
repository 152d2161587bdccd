// What differs between two documents, as one line each.

import type { Document } from './api';
import { replacementText, synonymText } from './rule-form';

export interface DocumentDifference {
  added: string[];
  changed: string[];
  removed: string[];
}

export function differenceOf(before: Document, after: Document): DocumentDifference {
  const [old, now] = [entries(before), entries(after)];
  const found: DocumentDifference = { added: [], changed: [], removed: [] };
  for (const [key, { text, json }] of now) {
    const then = old.get(key);
    if (!then) found.added.push(text);
    else if (then.json !== json) found.changed.push(text);
  }
  for (const [key, { text }] of old) if (!now.has(key)) found.removed.push(text);
  return found;
}

/** Rules and looks by their ids, synonyms by what they say, replacements by what is replaced. */
function entries({
  rules = [],
  synonyms = [],
  replacements = [],
  looks = [],
}: Document): Map<string, { text: string; json: string }> {
  const all = new Map<string, { text: string; json: string }>();
  // The order of rules decides between two that want the same, so the place of a rule is a part of it.
  for (const [place, rule] of rules.entries())
    all.set(`rule ${rule.id}`, { text: rule.name || rule.id, json: JSON.stringify([place, rule]) });
  for (const synonym of synonyms) {
    const key = JSON.stringify(synonym);
    all.set(key, { text: synonymText(synonym), json: key });
  }
  for (const look of looks)
    all.set(`look ${look.id}`, { text: look.title || look.id, json: JSON.stringify(look) });
  for (const one of replacements)
    all.set(`replacement ${one.product}`, { text: replacementText(one), json: JSON.stringify(one) });
  return all;
}
