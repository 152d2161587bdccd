// The shopper's settings. Language and theme apply to the page at once.

import type { Client } from '../api/client';
import type { Problem } from '../api/generated/Problem';
import type { Settings } from '../api/generated/Settings';
import { problemOf } from '../api/problem';
import { i18n, spokenOf } from '../i18n/i18n.svelte';

const first: Settings = {
  language: 'system',
  theme: 'system',
  consents: [],
  keepHistory: true,
  personal: true,
  hintSeen: true,
  device: '',
  camera: null,
};

export class SettingsState {
  current = $state.raw<Settings>(first);

  constructor(
    readonly client: Client,
    readonly failed: (problem: Problem) => void,
  ) {
    this.current = client.settingsNow?.() ?? first;
  }

  async take(settings: Settings): Promise<void> {
    this.current = settings;
    this.paint();
    await i18n.use(spokenOf(settings.language, navigator.languages));
    document.documentElement.lang = i18n.language;
    document.documentElement.dir = i18n.dir;
  }

  async change(part: Partial<Settings>): Promise<void> {
    const before = this.current;
    const settings = { ...before, ...part };
    await this.take(settings);
    try {
      await this.client.saveSettings(settings);
    } catch (thrown) {
      await this.take(before);
      this.failed(problemOf(thrown));
    }
  }

  /** Follows the system's theme while the setting is `system`. */
  watch(): () => void {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const changed = () => this.paint();
    dark.addEventListener('change', changed);
    return () => dark.removeEventListener('change', changed);
  }

  paint(): void {
    const { theme } = this.current;
    const dark =
      theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  }
}
