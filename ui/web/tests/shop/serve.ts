// Starts a real shop for these tests: draws products, builds a catalogue, runs `knytt serve` over it.

import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    shop: string;
    pictures: string;
  }
}

const products = 120;
const knytt =
  process.env['KNYTT_BIN'] ?? fileURLToPath(new URL('../../../../target/debug/knytt', import.meta.url));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (server.exitCode !== null) throw new Error(`knytt serve ended with ${server.exitCode}`);
    const answered = await fetch(`${url}/api/v1/catalogs`).catch(() => null);
    if (answered?.ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('knytt serve does not answer');
}

export default async function setup(project: TestProject) {
  if (!existsSync(knytt)) throw new Error(`There is no ${knytt}: cargo build -p knytt -p knytt-garments`);
  const folder = mkdtempSync(join(tmpdir(), 'knytt-shop-'));
  const [feed, catalog] = [join(folder, 'feed'), join(folder, 'catalog')];
  const drawn = ['sample', '--out', feed, '--count', String(products)];
  execFileSync(join(dirname(knytt), 'knytt-garments'), drawn, { stdio: 'ignore' });
  const build = ['build', join(feed, 'products.csv'), '--catalog', catalog];
  execFileSync(knytt, build, { stdio: 'ignore' });
  const url = `http://127.0.0.1:${await freePort()}`;
  const listen = [
    '--listen',
    new URL(url).host,
    '--data',
    join(folder, 'data'),
    '--rate-per-ip',
    '0',
    '--searches-per-minute',
    '0',
  ];
  const server = spawn(knytt, ['serve', '--catalog', catalog, ...listen], { stdio: 'ignore' });
  await answers(url, server);
  project.provide('shop', url);
  project.provide('pictures', join(feed, 'images'));
  return async () => {
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
}
