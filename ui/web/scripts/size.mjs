// Fails if the compressed interface, or the console, is larger than its limit, or if two of its files import each
// other: then one of them runs before what it needs is there.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** In bytes. No shopper loads what is of the console; its six languages count, of which one is loaded. */
const limits = { interface: 210_000, console: 128_000 };
const ofConsole = /^(show|console)[-.]/u;
const dist = fileURLToPath(new URL('../dist', import.meta.url));

function* files(dir) {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

const sizes = { interface: 0, console: 0 };
for (const path of files(dist)) {
  const part = ofConsole.test(basename(path)) ? 'console' : 'interface';
  sizes[part] += gzipSync(readFileSync(path), { level: 9 }).length;
}
for (const [part, size] of Object.entries(sizes)) {
  console.log(`${part}: ${(size / 1000).toFixed(1)} kB gzip of at most ${limits[part] / 1000} kB`);
  if (size > limits[part]) process.exitCode = 1;
}

const scripts = [...files(dist)].filter((path) => path.endsWith('.js'));
const imports = new Map(
  scripts.map((path) => {
    const named = readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*"\.\/([^"]+)"/gu);
    return [basename(path), new Set([...named].map(([, name]) => name))];
  }),
);
for (const [one, others] of imports)
  for (const other of others) {
    if (one > other || !imports.get(other)?.has(one)) continue;
    console.error(`${one} and ${other} import each other: see codeSplitting in vite.config.ts`);
    process.exitCode = 1;
  }
