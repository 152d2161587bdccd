// The texts of the interface, in two parts: what the first view says, and what pages and dialogs say that are loaded
// when they open. English of the first view is built in; all else is loaded when it is wanted.

import type { Language } from '../api/generated/Language';
import en from './messages/en.json';
import type ofPages from './messages/pages.en.json';

export type Key = keyof typeof en | keyof typeof ofPages;
export type Params = Record<string, string | number>;
/** Text, or its plural forms by Intl.PluralRules of `count`. */
export type Message = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);
export type Messages = Record<Key, Message>;
export type Spoken = Exclude<Language, 'system'>;

type Load = () => Promise<{ default: unknown }>;

const firstView: Record<Spoken, Load> = {
  en: () => Promise.resolve({ default: en }),
  de: () => import('./messages/de.json'),
  es: () => import('./messages/es.json'),
  fr: () => import('./messages/fr.json'),
  zh: () => import('./messages/zh.json'),
  ar: () => import('./messages/ar.json'),
};

const pages: Record<Spoken, Load> = {
  en: () => import('./messages/pages.en.json'),
  de: () => import('./messages/pages.de.json'),
  es: () => import('./messages/pages.es.json'),
  fr: () => import('./messages/pages.fr.json'),
  zh: () => import('./messages/pages.zh.json'),
  ar: () => import('./messages/pages.ar.json'),
};

/** The name of each language in that language. */
export const languages: Record<Spoken, string> = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
  zh: '简体中文',
  ar: 'العربية',
};

export function spokenOf(language: Language, wished: readonly string[]): Spoken {
  if (language !== 'system') return language;
  const first = wished.map((tag) => tag.toLowerCase().split('-')[0]!).find((tag) => tag in languages);
  return (first as Spoken | undefined) ?? 'en';
}

class I18n {
  language = $state<Spoken>('en');
  /** Without those of the pages until one is opened: `scripts/check-i18n.mjs` proves that nothing else says them. */
  messages = $state.raw<Messages>(en as unknown as Messages);
  readonly dir = $derived(this.language === 'ar' ? 'rtl' : 'ltr');

  #wanted: Spoken = 'en';
  #wantsPages = false;
  #hasPages = false;
  /** Counts loads, so that an older one that ends late changes nothing. */
  #turn = 0;
  #latest: Promise<void> = Promise.resolve();

  use(language: Spoken): Promise<void> {
    this.#wanted = language;
    return this.#begin();
  }

  /** Loads the messages of pages and dialogs, too, now and with each later language. */
  async addPages(): Promise<void> {
    if (this.#hasPages) return;
    this.#wantsPages = true;
    await this.#begin();
  }

  #begin(): Promise<void> {
    this.#latest = this.#load(++this.#turn);
    return this.#latest;
  }

  async #load(turn: number): Promise<void> {
    const language = this.#wanted;
    const parts = this.#wantsPages ? [firstView, pages] : [firstView];
    const loaded = await Promise.all(parts.map((part) => part[language]()));
    // A later choice stays. Who waits here needs what that one loads.
    if (turn !== this.#turn) return this.#latest;
    this.messages = Object.assign({}, ...loaded.map((part) => part.default)) as Messages;
    this.language = language;
    this.#hasPages = parts.includes(pages);
  }
}

export const i18n = new I18n();

export function render(message: Message, params: Params, language: string): string {
  const form =
    typeof message === 'string'
      ? message
      : (message[new Intl.PluralRules(language).select(Number(params['count'] ?? 0))] ?? message.other);
  return form.replace(/\{(\w+)\}/gu, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value;
  });
}

export const t = (key: Key, params: Params = {}): string => render(i18n.messages[key], params, i18n.language);

/** Waits for a page or a dialog and for its messages. Only what is loaded so may say a message of the pages. */
export async function withMessages<T>(part: Promise<T>): Promise<T> {
  const [loaded] = await Promise.all([part, i18n.addPages()]);
  return loaded;
}
