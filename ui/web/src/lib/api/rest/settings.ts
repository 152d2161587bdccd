// The shopper's settings. They are in localStorage, because the first paint cannot wait for them.

import type { Language } from '../generated/Language';
import type { Settings } from '../generated/Settings';

const key = 'knytt-settings';
const languages: readonly Language[] = ['en', 'de', 'es', 'fr', 'zh', 'ar'];

const fresh: Settings = {
  language: 'system',
  theme: 'system',
  consents: [],
  keepHistory: true,
  personal: false,
  hintSeen: false,
  device: '',
  camera: null,
};

/** Settings saved in this page: they hold while it is open, even if a private window stores nothing. */
let here: Settings | null = null;

function kept(): Settings {
  if (here) return here;
  try {
    return { ...fresh, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Settings>) };
  } catch {
    return fresh;
  }
}

const addressed = () => globalThis.location?.search ?? '';

/** The language that an address names. */
const askedOf = (search: string) =>
  languages.find((language) => language === new URLSearchParams(search).get('lang'));

/** The settings; a language that the page's address names comes before the system's. */
export function readSettings(search = addressed()): Settings {
  const settings = kept();
  const asked = askedOf(search);
  return settings.language === 'system' && asked ? { ...settings, language: asked } : settings;
}

export function saveSettings(settings: Settings): void {
  // The address's language is that of a link, not the shopper's choice.
  const isOfAddress = kept().language === 'system' && settings.language === askedOf(addressed());
  here = { ...settings, ...(isOfAddress ? { language: 'system' } : {}) };
  try {
    localStorage.setItem(key, JSON.stringify(here));
  } catch {
    // Without storage, the settings hold while the page is open.
  }
}

export function forgetSettings(): void {
  here = null;
  try {
    localStorage.removeItem(key);
  } catch {
    // Without storage, nothing was kept.
  }
}
