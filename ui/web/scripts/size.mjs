// Fails if the compressed interface, or the console that only staff load, is larger than its limit.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const limits = { interface: 200_000, console: 60_000 };
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
  const part = /^show-/u.test(basename(path)) ? 'console' : 'interface';
  sizes[part] += gzipSync(readFileSync(path), { level: 9 }).length;
}
for (const [part, limit] of Object.entries(limits)) {
  console.log(`${part}: ${(sizes[part] / 1000).toFixed(1)} kB gzip of at most ${limit / 1000} kB`);
  if (sizes[part] > limit) process.exitCode = 1;
}
