// The texts of the interface. English is built in; the other languages are loaded when chosen.

import type { Language } from '../api/generated/Language';
import en from './messages/en.json';

export type Key = keyof typeof en;
export type Params = Record<string, string | number>;
/** Text, or its plural forms by Intl.PluralRules of `count`. */
export type Message = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);
export type Messages = Record<Key, Message>;
export type Spoken = Exclude<Language, 'system'>;

const load: Record<Exclude<Spoken, 'en'>, () => Promise<{ default: unknown }>> = {
  de: () => import('./messages/de.json'),
  es: () => import('./messages/es.json'),
  fr: () => import('./messages/fr.json'),
  zh: () => import('./messages/zh.json'),
  ar: () => import('./messages/ar.json'),
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
  messages = $state.raw<Messages>(en);
  readonly dir = $derived(this.language === 'ar' ? 'rtl' : 'ltr');

  #wanted: Spoken = 'en';

  async use(language: Spoken): Promise<void> {
    this.#wanted = language;
    const messages = language === 'en' ? en : ((await load[language]()).default as Messages);
    // A later choice may have loaded first; it must stay.
    if (this.#wanted !== language) return;
    this.messages = messages;
    this.language = language;
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
