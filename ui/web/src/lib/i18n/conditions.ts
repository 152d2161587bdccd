// Names the conditions that were read from typed words, in the chosen language.

import type { Chip } from '../api/generated/Chip';
import { fieldName, valueName } from './fields';
import { priceRange } from './format';
import { i18n, t } from './i18n.svelte';

/** The value as it was typed, if the typed words contain it: conditions compare in lower case. */
function asTyped(said: string, value: string): string {
  const at = said.toLowerCase().indexOf(value.toLowerCase());
  return at < 0 ? value : said.slice(at, at + value.length);
}

function valueOf(field: string, value: string, said: string): string {
  const name = valueName(field, value);
  if (field === 'shade' || field === 'pattern' || field === 'availability') return name;
  if (field === 'size') return `${fieldName(field)} ${asTyped(said, value).toUpperCase()}`;
  return t('chips.named', { field: fieldName(field), value: asTyped(said, value) });
}

/** The name of a condition; `currency` is the shop's. */
export function conditionName({ condition, said }: Chip, currency: string): string {
  if (condition.kind === 'costs') return priceRange(condition.price, currency);
  if (condition.kind === 'unlike') return t('chips.not', { words: condition.words });
  const name = valueOf(condition.field, condition.value, said);
  if (condition.kind === 'has') return name;
  const shared = condition.field === 'shade' || condition.field === 'pattern';
  return t('chips.not', { words: shared ? name.toLocaleLowerCase(i18n.language) : name });
}

/** Whether the condition excludes something. */
export const isNegative = ({ condition: { kind } }: Chip) => kind === 'lacks' || kind === 'unlike';
