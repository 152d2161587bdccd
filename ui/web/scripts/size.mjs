// Fails if the compressed interface is larger than the limit.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const limit = 200_000;
const dist = fileURLToPath(new URL('../dist', import.meta.url));

function* files(dir) {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

let total = 0;
for (const path of files(dist)) total += gzipSync(readFileSync(path), { level: 9 }).length;
console.log(`dist: ${(total / 1000).toFixed(1)} kB gzip of at most ${limit / 1000} kB`);
if (total > limit) process.exit(1);
