// Checks that every key in the sources is in every language, that every key in the files is used, and that
// every message takes the same parameters and has the plural forms that its language needs.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'src/lib/i18n/messages');
export const languages = ['en', 'de', 'es', 'fr', 'zh', 'ar'];

export const read = (language) => JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8'));

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
  for (const [language, own] of Object.entries(messages)) {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const key of Object.keys(own))
      if (!keys.has(key)) found.push(`${language}: ${key} is not in en.json`);
    for (const key of keys) {
      const message = own[key];
      if (message === undefined) {
        found.push(`${language}: ${key} is missing`);
        continue;
      }
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
  const messages = Object.fromEntries(languages.map((language) => [language, read(language)]));
  const found = faults(messages, [...sources(join(root, 'src'))].join('\n'));
  for (const fault of found) console.error(fault);
  if (found.length > 0) process.exit(1);
  console.log(`i18n: ${Object.keys(messages.en).length} messages in ${languages.length} languages`);
}
