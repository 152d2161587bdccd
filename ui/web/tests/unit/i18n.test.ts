import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  faults,
  firstView,
  languages,
  messageFaults,
  misplaced,
  missing,
  read,
} from '../../scripts/check-i18n.mjs';
import { bytes, milliseconds, money, percent } from '../../src/lib/i18n/format';
import type { Chip } from '../../src/lib/api/generated/Chip';
import type { Condition } from '../../src/lib/api/generated/Condition';
import { conditionName } from '../../src/lib/i18n/conditions';
import { fieldName, valueName } from '../../src/lib/i18n/fields';
import { i18n, render, spokenOf, t } from '../../src/lib/i18n/i18n.svelte';
import type { Spoken } from '../../src/lib/i18n/i18n.svelte';
import { reasonsOf } from '../../src/lib/i18n/reasons';
import { problemText } from '../../src/lib/i18n/problems';

describe('the check of the message files', () => {
  const code = `t('a.b'); const k = { x: 'a.n' }`;
  const en = { 'a.b': 'Hello {name}', 'a.n': { one: '{count} thing', other: '{count} things' } };
  const de = { 'a.b': 'Hallo {name}', 'a.n': { one: '{count} Ding', other: '{count} Dinge' } };

  it('passes what is complete', () => expect(faults({ en, de }, code)).toEqual([]));

  it.each([
    ['a missing key', { en, de: { 'a.n': de['a.n'] } }, code],
    ['an unknown key', { en, de: { ...de, 'a.c': 'x' } }, code],
    ['an unused key', { en: { ...en, 'a.z': 'x' }, de: { ...de, 'a.z': 'x' } }, code],
    ['a key that only the code has', { en, de }, `${code} t('a.q')`],
    ['a lost parameter', { en, de: { ...de, 'a.b': 'Hallo' } }, code],
    ['a lost plural', { en, de: { ...de, 'a.n': { other: '{count} Dinge' } } }, code],
    ['an empty message', { en, de: { ...de, 'a.b': ' ' } }, code],
  ])('finds %s', (_, messages, source) => expect(faults(messages, source).length).toBeGreaterThan(0));

  it.each(['', 'pages.'])('holds for every language here, of %j', (part) => {
    const all = Object.keys(read(`${part}en`));
    for (const language of languages)
      expect(Object.keys(read(`${part}${language}`)).sort()).toEqual([...all].sort());
  });
});

describe('the messages of pages and dialogs', () => {
  it('are said by nothing that runs without them', () => {
    const [first, pages] = [read('en'), read('pages.en')];
    expect(misplaced(first, pages, firstView())).toEqual([]);
    const key = Object.keys(pages)[0]!;
    expect(misplaced(first, pages, `${firstView()} t('${key}')`)).toHaveLength(1);
    expect(misplaced({ ...first, 'a.b': 'x' }, pages, firstView())).toHaveLength(1);
  });

  it('are there, whole, as soon as a page is, in whichever language', async () => {
    for (const language of languages as Spoken[]) {
      vi.resetModules();
      const { i18n, withMessages } = await import('../../src/lib/i18n/i18n.svelte');
      await i18n.use(language);
      expect(i18n.messages).toEqual(read(language));
      const all = { ...read(language), ...read(`pages.${language}`) };
      expect(await withMessages(Promise.resolve('the page'))).toBe('the page');
      expect(i18n.messages).toEqual(all);
    }
  });

  it('follow a language that is chosen while they load', async () => {
    vi.resetModules();
    const { i18n, withMessages } = await import('../../src/lib/i18n/i18n.svelte');
    const page = withMessages(Promise.resolve());
    const chosen = i18n.use('fr');
    await page;
    expect(i18n.messages).toEqual({ ...read('fr'), ...read('pages.fr') });
    await chosen;
    await i18n.use('zh');
    expect(i18n.messages).toEqual({ ...read('zh'), ...read('pages.zh') });
  });
});

describe("the console's messages", () => {
  const ofConsole = Object.fromEntries(languages.map((language) => [language, read(`console.${language}`)]));

  it('take the same parameters in every language', () => expect(messageFaults(ofConsole)).toEqual([]));

  it('may lack some in a language, which are counted', () => {
    const [en, de] = [{ a: 'One', b: 'Two {count}' }, { b: 'Zwei' }];
    expect(missing({ en, de })).toEqual([{ language: 'de', key: 'a' }]);
    expect(messageFaults({ en, de })).toHaveLength(1);
  });
});

describe('languages', () => {
  it('takes the first wished one that is spoken', () => {
    expect(spokenOf('system', ['pt-BR', 'zh-Hans-CN', 'de'])).toBe('zh');
    expect(spokenOf('system', ['pt'])).toBe('en');
    expect(spokenOf('ar', ['de'])).toBe('ar');
  });

  it('has six plural forms in Arabic', () => {
    const forms = read('ar')['results.products']!;
    const said = [0, 1, 2, 5, 11, 100].map((count) => render(forms, { count }, 'ar'));
    expect(new Set(said).size).toBe(6);
    expect(said[2]).toBe('منتجان');
  });

  it('keeps the last choice when languages load out of order', async () => {
    await Promise.all([i18n.use('de'), i18n.use('fr'), i18n.use('es')]);
    expect(i18n.language).toBe('es');
    expect(t('nav.search')).toBe('Buscar');
    await i18n.use('ar');
    expect(i18n.dir).toBe('rtl');
    await i18n.use('en');
    expect(i18n.dir).toBe('ltr');
  });
});

describe('formats', () => {
  beforeAll(() => i18n.addPages());

  it('writes amounts exactly', () => {
    expect(money({ amount: '12345678901234.56', currency: 'EUR' })).toContain('12,345,678,901,234.56');
    expect(money({ amount: '5', currency: 'nonsense' })).toBe('5 nonsense');
    expect(money(null)).toBe('');
  });

  it('writes shares, times and sizes', () => {
    expect(percent(97)).toBe('97%');
    expect(milliseconds(4.26)).toBe('4.3 ms');
    expect(milliseconds(42.6)).toBe('43 ms');
    expect(bytes(86_400_000)).toBe('86.4 MB');
    expect(bytes(12)).toBe('12 bytes');
  });

  it('translates the fields it knows and shows the others as they are', () => {
    expect(fieldName('color')).toBe('Colour');
    expect(fieldName('heel_height')).toBe('Heel height');
    expect(valueName('availability', 'in stock')).toBe('In stock');
    expect(valueName('availability', 'in_stock')).toBe('In stock');
    expect(valueName('brand', 'in_stock')).toBe('in_stock');
    expect(valueName('shade', 'Light Blue')).toBe('Light blue');
    expect(valueName('pattern', 'striped')).toBe('Striped');
    expect(valueName('shade', 'midnight')).toBe('midnight');
  });

  it('names what was understood in the chosen language', async () => {
    const chip = (said: string, condition: Condition): Chip => ({ said, rest: '', condition });
    const chips = [
      chip('rotes', { kind: 'has', field: 'shade', value: 'red' }),
      chip('unter fünfzig', { kind: 'costs', price: { min: null, max: '50' } }),
      chip('20-49,90', { kind: 'costs', price: { min: '20', max: '49.90' } }),
      chip('size m', { kind: 'has', field: 'size', value: 'm' }),
      chip('brand:"Acme & Co"', { kind: 'has', field: 'brand', value: 'acme & co' }),
      chip('striped', { kind: 'lacks', field: 'pattern', value: 'striped' }),
      chip('silk', { kind: 'unlike', words: 'silk' }),
    ];
    const named = () => chips.map((one) => conditionName(one, 'EUR'));
    expect(named()).toEqual([
      'Red',
      'Up to €50',
      '€20 – €49.90',
      'Size M',
      'Brand: Acme & Co',
      'not striped',
      'not silk',
    ]);
    await i18n.use('de');
    expect(named()[0]).toBe('Rot');
    expect(named()[1]).toMatch(/50\s€/u);
    await i18n.use('en');
  });

  it('gives reasons in words, the largest first, and those against last', () => {
    const none = {
      likeness: null,
      identity: null,
      color: null,
      category: null,
      pattern: null,
      brand: null,
      price: null,
    };
    const reasons = { ...none, visual: 0.6, words: 0.2, personal: -0.096, popularity: 0, freshness: null };
    const told = reasonsOf(reasons, { picture: false, like: null });
    expect(told.map(({ name, share }) => [name, Math.round(share)])).toEqual([
      ['visual', 75],
      ['words', 25],
      ['personal', -12],
    ]);
    expect(told[0]?.text).toBe('Is what your words mean');
    expect(reasonsOf(reasons, { picture: true, like: null })[0]?.text).toBe('Looks like your picture');
    expect(told[2]?.text).toBe('Less to your taste');
  });

  it('says what to do about every problem', () => {
    expect(problemText({ code: 'disk_full', message: '' })).toBe(
      'The disk is full. Free some space, then try again.',
    );
  });
});
