// Fails if the compressed interface is larger than the limit. The console has a limit of its own: no shopper loads it.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const limits = { interface: 185_000, console: 60_000 };
const dist = fileURLToPath(new URL('../dist', import.meta.url));

function* files(dir) {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}

const totals = { interface: 0, console: 0 };
for (const path of files(dist)) {
  const part = /assets.show-/u.test(path) ? 'console' : 'interface';
  totals[part] += gzipSync(readFileSync(path), { level: 9 }).length;
}
for (const [part, limit] of Object.entries(limits)) {
  const total = totals[part];
  console.log(`${part}: ${(total / 1000).toFixed(1)} kB gzip of at most ${limit / 1000} kB`);
  if (total > limit) process.exitCode = 1;
}
