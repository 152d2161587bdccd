// The language of the console. English is built in; another one is loaded when somebody chooses it.

import { i18n, spokenOf } from '../../lib/i18n/i18n.svelte';
import type { Message, Spoken } from '../../lib/i18n/i18n.svelte';

type Own = Record<string, Message>;

const load: Record<Exclude<Spoken, 'en'>, () => Promise<{ default: unknown }>> = {
  de: () => import('../../lib/i18n/messages/console.de.json'),
  es: () => import('../../lib/i18n/messages/console.es.json'),
  fr: () => import('../../lib/i18n/messages/console.fr.json'),
  zh: () => import('../../lib/i18n/messages/console.zh.json'),
  ar: () => import('../../lib/i18n/messages/console.ar.json'),
};

/** Where this browser keeps the choice. */
const place = 'knytt-console-language';

class Language {
  now = $state<Spoken>('en');
  /** Of this language; empty in English. */
  messages = $state.raw<Own>({});
  #wanted: Spoken = 'en';

  /** Loads the language that was chosen here, or the browser's. Without its messages it stays English. */
  async begin(): Promise<void> {
    const kept = localStorage.getItem(place);
    await this.#use(spokenOf('system', kept ? [kept] : navigator.languages)).catch(() => undefined);
  }

  async choose(language: Spoken): Promise<void> {
    localStorage.setItem(place, language);
    await this.#use(language);
  }

  async #use(language: Spoken): Promise<void> {
    this.#wanted = language;
    const loading = language === 'en' ? {} : load[language]().then((module) => module.default);
    // The parts that the console shares with the shop speak the same language.
    const [messages] = await Promise.all([loading, i18n.use(language)]);
    // A later choice may have loaded first; it must stay.
    if (this.#wanted !== language) return;
    [this.messages, this.now] = [messages as Own, language];
    document.documentElement.lang = language;
    document.documentElement.dir = i18n.dir;
  }
}

export const spoken = new Language();
