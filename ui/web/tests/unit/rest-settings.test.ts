// The settings of a browser: what stays, and what an address only borrows.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { forgetSettings, readSettings, saveSettings } from '../../src/lib/api/rest/settings';

const kept = new Map<string, string>();

beforeEach(() => {
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});
afterEach(() => {
  forgetSettings();
  vi.unstubAllGlobals();
});

it('the language of a link lasts as long as the link', () => {
  vi.stubGlobal('location', { search: '?lang=ar' });
  expect(readSettings().language).toBe('ar');
  // Another setting is changed while the page speaks the link's language.
  saveSettings({ ...readSettings(), hintSeen: true });
  expect(readSettings()).toMatchObject({ language: 'ar', hintSeen: true });
  vi.stubGlobal('location', { search: '' });
  expect(readSettings()).toMatchObject({ language: 'system', hintSeen: true });
  vi.stubGlobal('location', { search: '?lang=de' });
  expect(readSettings().language).toBe('de');
});

it('a language that the shopper chose stays, whatever a link says', () => {
  vi.stubGlobal('location', { search: '?lang=ar' });
  saveSettings({ ...readSettings(), language: 'fr' });
  expect(readSettings().language).toBe('fr');
  vi.stubGlobal('location', { search: '' });
  expect(readSettings().language).toBe('fr');
});
