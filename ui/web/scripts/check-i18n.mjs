// Checks that every key in the sources is in every language, that every key in the files is used, and that
// every message takes the same parameters and has the plural forms that its language needs. The console's
// messages are in files of their own; what a language lacks of them is said in English, and counted here.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  const named = new Set([...code.matchAll(/['"`]([a-z]\w*(?:\.\w+)+)['"`]/gu)].map(([, name]) => name));
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
  const [messages, ofConsole] = [all(''), all('console.')];
  const found = [
    ...faults(messages, [...sources(join(root, 'src'))].join('\n')),
    ...messageFaults(ofConsole),
  ];
  for (const fault of found) console.error(fault);
  if (found.length > 0) process.exit(1);
  const [count, own] = [Object.keys(messages.en).length, Object.keys(ofConsole.en).length];
  console.log(`i18n: ${count} messages in ${languages.length} languages, and ${own} of the console`);
  const lacking = missing(ofConsole);
  if (lacking.length > 0) console.log(`i18n: ${lacking.length} messages of the console are in English alone`);
}
