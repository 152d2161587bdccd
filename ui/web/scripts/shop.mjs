// A real shop on a free port, of drawn products: for tests, Lighthouse and screenshots.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const built = (profile) => fileURLToPath(new URL(`../../../target/${profile}/knytt`, import.meta.url));

/** The program: of a release build, if that is wished and there is one. */
export function program(isRelease = false) {
  const named = process.env.KNYTT_BIN;
  if (named) return named;
  return isRelease && existsSync(built('release')) ? built('release') : built('debug');
}

export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Waits for an address of the server. */
async function answers(address, server) {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (server.exitCode !== null) throw new Error(`knytt serve ended with ${server.exitCode}`);
    const answered = await fetch(address).catch(() => null);
    if (answered?.ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('knytt serve does not answer');
}

/** Draws products and their pictures into `folder`; returns the path of their feed. Another seed draws others. */
export function drawProducts(knytt, folder, count, seed = 1) {
  if (!existsSync(knytt)) throw new Error(`There is no ${knytt}: cargo build -p knytt -p knytt-garments`);
  const drawn = ['sample', '--out', folder, '--count', String(count), '--seed', String(seed)];
  execFileSync(join(dirname(knytt), 'knytt-garments'), drawn, { stdio: 'ignore' });
  return join(folder, 'products.csv');
}

/** Starts `knytt serve` on a free port, with its data in `data`; `close` stops it. */
export async function serveShop(knytt, data, flags = []) {
  const url = `http://127.0.0.1:${await freePort()}`;
  const listen = ['--listen', new URL(url).host, '--data', data];
  const unlimited = ['--rate-per-ip', '0', '--searches-per-minute', '0'];
  const server = spawn(knytt, ['serve', ...listen, ...unlimited, ...flags], { stdio: 'ignore' });
  // A server without a catalogue has no list of them.
  await answers(`${url}${flags.includes('--catalog') ? '/api/v1/catalogs' : '/health/live'}`, server);
  return {
    url,
    data,
    async close() {
      const ended = new Promise((done) => server.once('exit', done));
      server.kill('SIGTERM');
      await ended;
    },
  };
}

/**
 * Draws the products, builds their catalogues, each with others under the same ids, and serves them; `flags` are added
 * to `knytt serve`.
 */
export async function openShop({
  knytt = program(),
  products = 120,
  catalogs = ['catalog'],
  flags = [],
} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'knytt-shop-'));
  const feed = join(folder, 'feed');
  const folders = catalogs.map((name, at) => {
    const table = drawProducts(knytt, at === 0 ? feed : join(folder, `feed-${name}`), products, at + 1);
    execFileSync(knytt, ['build', table, '--catalog', join(folder, name)], { stdio: 'ignore' });
    return join(folder, name);
  });
  const served = folders.flatMap((catalog) => ['--catalog', catalog]);
  const server = await serveShop(knytt, join(folder, 'data'), [...served, ...flags]);
  return {
    url: server.url,
    data: server.data,
    pictures: join(feed, 'images'),
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
