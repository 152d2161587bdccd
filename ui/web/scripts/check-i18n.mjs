// Checks that every key in the sources is in every language, that every key in the files is used, and that
// every message takes the same parameters and has the plural forms that its language needs. A message stands with
// the first view if that says it, else with the pages. The console's messages are in files of their own; what a
// language lacks of them is said in English, and counted here.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'src/lib/i18n/messages');
export const languages = ['en', 'de', 'es', 'fr', 'zh', 'ar'];

export const read = (name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

function* sources(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.(ts|svelte)$/u.test(entry.name)) yield readFileSync(path, 'utf8');
  }
}

const isFile = (path) => existsSync(path) && statSync(path).isFile();

/** The file that an import names, if it is one of ours. */
const fileOf = (from, name) =>
  ['', '.ts', '/index.ts'].map((end) => join(dirname(from), name) + end).find((path) => isFile(path));

/**
 * The text of all that runs without the messages of the pages: what `main.ts` imports, and what that imports, except
 * through `withMessages`.
 */
export function firstView(path = join(root, 'src/main.ts'), seen = new Map()) {
  const code = readFileSync(path, 'utf8');
  seen.set(path, code);
  const still = /^\s*(?:import|export)\s+(?!type\b)(?:[^'";]*?\bfrom\s*)?'(\.[^']+)'/gmu;
  const later = /(?<!withMessages\(\s*)\bimport\(\s*'(\.[^']+)'/gu;
  for (const [, name] of [...code.matchAll(still), ...code.matchAll(later)]) {
    const file = fileOf(path, name);
    if (file && /\.(ts|svelte)$/u.test(file) && !seen.has(file)) firstView(file, seen);
  }
  return [...seen.values()].join('\n');
}

const keysIn = (code) =>
  new Set([...code.matchAll(/['"`]([a-z]\w*(?:\.\w+)+)['"`]/gu)].map(([, name]) => name));

/** Returns one line per message that stands in the wrong part; `code` is what runs in the first view. */
export function misplaced(first, pages, code) {
  const said = keysIn(code);
  return [
    ...Object.keys(pages)
      .filter((key) => said.has(key))
      .map((key) => `${key}: the first view says it, so it belongs into en.json`),
    ...Object.keys(first)
      .filter((key) => !said.has(key))
      .map((key) => `${key}: only pages say it, so it belongs into pages.en.json`),
  ];
}

const forms = (message) => (typeof message === 'string' ? { other: message } : message);
const parameters = (text) =>
  [...text.matchAll(/\{(\w+)\}/gu)]
    .map(([, name]) => name)
    .sort()
    .join();

/** Returns one line per fault; `messages` are by language, `code` is the text of all sources. */
export function faults(messages, code) {
  const found = [];
  const keys = new Set(Object.keys(messages.en));
  const named = keysIn(code);
  for (const key of keys) if (!named.has(key)) found.push(`${key}: nothing uses it`);
  for (const [, key] of code.matchAll(/\bt\(\s*['"]([^'"]+)['"]/gu))
    if (!keys.has(key)) found.push(`${key}: not in en.json`);
  for (const { language, key } of missing(messages)) found.push(`${language}: ${key} is missing`);
  return [...found, ...messageFaults(messages)];
}

/** What English has and another language lacks. */
export const missing = (messages) =>
  Object.entries(messages).flatMap(([language, own]) =>
    Object.keys(messages.en)
      .filter((key) => own[key] === undefined)
      .map((key) => ({ language, key })),
  );

/** The faults of the messages that are there. */
export function messageFaults(messages) {
  const found = [];
  const keys = new Set(Object.keys(messages.en));
  for (const [language, own] of Object.entries(messages)) {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const key of Object.keys(own))
      if (!keys.has(key)) found.push(`${language}: ${key} is not in en.json`);
    for (const key of keys) {
      const message = own[key];
      if (message === undefined) continue;
      const wanted = parameters(forms(messages.en[key]).other);
      for (const [form, text] of Object.entries(forms(message))) {
        if (!text.trim()) found.push(`${language}: ${key} (${form}) is empty`);
        // A form such as "One product" may leave the number out.
        const countless = ['zero', 'one', 'two'].includes(form);
        if (!countless && parameters(text) !== wanted)
          found.push(`${language}: ${key} (${form}) takes {${parameters(text)}} instead of {${wanted}}`);
      }
      if (typeof messages.en[key] === 'object')
        for (const form of needed) {
          // Spanish and French use "many" for millions only, so they may lack it.
          if (form !== 'many' || language === 'ar')
            if (!(form in forms(message))) found.push(`${language}: ${key} lacks the plural "${form}"`);
        }
    }
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = (prefix) =>
    Object.fromEntries(languages.map((language) => [language, read(`${prefix}${language}`)]));
  const [first, pages, ofConsole] = [all(''), all('pages.'), all('console.')];
  const both = Object.fromEntries(
    languages.map((language) => [language, { ...first[language], ...pages[language] }]),
  );
  const found = [
    ...faults(both, [...sources(join(root, 'src'))].join('\n')),
    ...misplaced(first.en, pages.en, firstView()),
    ...missing(first).map(({ language, key }) => `${language}: ${key} is not in ${language}.json`),
    ...messageFaults(ofConsole),
  ];
  for (const fault of found) console.error(fault);
  if (found.length > 0) process.exit(1);
  const [count, ofPages, own] = [first, pages, ofConsole].map(({ en }) => Object.keys(en).length);
  const told = `${count} messages of the first view, ${ofPages} of pages and ${own} of the console`;
  console.log(`i18n: ${told} in ${languages.length} languages`);
  const lacking = missing(ofConsole);
  if (lacking.length > 0) console.log(`i18n: ${lacking.length} messages of the console are in English alone`);
}
