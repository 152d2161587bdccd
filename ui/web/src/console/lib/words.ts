// The console's words. They are apart from the shopper's, so that no shopper loads them.

import messages from '../../lib/i18n/messages/console.en.json';
import { isolated } from '../../lib/i18n/format';
import { render } from '../../lib/i18n/i18n.svelte';
import type { Params } from '../../lib/i18n/i18n.svelte';
import { spoken } from './spoken.svelte';

export type Word = keyof typeof messages;

/** Texts for a line that is read from right to left: each does not reorder the line. */
const allIsolated = (params: Params): Params =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'string' ? isolated(value) : value,
    ]),
  );

/** A word that the chosen language lacks is said in English. */
export const say = (key: Word, params: Params = {}): string => {
  const own = spoken.messages[key];
  if (!own) return render(messages[key], params, 'en');
  return render(own, spoken.now === 'ar' ? allIsolated(params) : params, spoken.now);
};

/** The word for a name of the server's, or the name itself where a newer server has others. */
export const sayOf = (prefix: string, name: string, params: Params = {}): string => {
  const key = `${prefix}.${name}`;
  return key in messages ? say(key as Word, params) : name;
};

export const time = (ms: number): string =>
  new Date(ms).toLocaleString(spoken.now, { dateStyle: 'medium', timeStyle: 'short' });

export const number = (value: number): string => new Intl.NumberFormat(spoken.now).format(value);
