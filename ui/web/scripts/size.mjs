// Fails if the compressed first view, the whole interface or the console is larger than its limit, or if two of its
// files import each other: then one of them runs before what it needs is there.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/**
 * In bytes. The first view is what a browser loads before it shows products. Of the interface and the console all six
 * languages count, of which one is loaded. No shopper loads what is of the console.
 */
const limits = { 'first view': 90_000, interface: 200_000, console: 136_000 };
const ofConsole = /^(show|console)[-.]/u;
/** Only tests load it. */
const ofTests = /^mock-/u;
const dist = fileURLToPath(new URL('../dist', import.meta.url));

function* files(dir) {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

const importsOf = (script) =>
  [...script.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/gu)].map(([, name]) => name);

const all = new Map([...files(dist)].map((path) => [basename(path), readFileSync(path)]));

/** The files of the page and of the client of a shop's server, and what they import; a script brings its style. */
function firstView() {
  const html = all.get('index.html').toString();
  const named = [...html.matchAll(/assets\/([^"]+\.(?:js|css))"/gu)].map(([, name]) => name);
  const client = [...all.keys()].filter((name) => /^client-.*\.js$/u.test(name));
  const seen = new Set();
  const add = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    if (name.endsWith('.js')) importsOf(all.get(name).toString()).forEach(add);
  };
  if (client.length !== 1) throw new Error(`expected one client-*.js, found ${client.length}`);
  [...named, ...client].forEach(add);
  return seen;
}

const first = firstView();
const sizes = { 'first view': 0, interface: 0, console: 0 };
for (const [name, bytes] of all) {
  const size = gzipSync(bytes, { level: 9 }).length;
  if (first.has(name)) sizes['first view'] += size;
  if (ofConsole.test(name)) sizes.console += size;
  else if (!ofTests.test(name)) sizes.interface += size;
}
for (const [part, size] of Object.entries(sizes)) {
  console.log(`${part}: ${(size / 1000).toFixed(1)} kB gzip of at most ${limits[part] / 1000} kB`);
  if (size > limits[part]) process.exitCode = 1;
}

const scripts = [...all.keys()].filter((name) => name.endsWith('.js'));
const imports = new Map(scripts.map((name) => [name, new Set(importsOf(all.get(name).toString()))]));
for (const [one, others] of imports)
  for (const other of others) {
    if (one > other || !imports.get(other)?.has(one)) continue;
    console.error(`${one} and ${other} import each other: see codeSplitting in vite.config.ts`);
    process.exitCode = 1;
  }
