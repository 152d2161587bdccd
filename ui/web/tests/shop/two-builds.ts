// The shop behind an address of its own, as one build of the interface serves it, and then as the next one does.

import { createServer } from 'node:http';
import { afterAll, beforeAll, inject } from 'vitest';

export interface TwoBuilds {
  url: () => string;
  /** From now on the second build is served; the first one's files of lazy views are gone. */
  update(): void;
}

export function twoBuilds(): TwoBuilds {
  let isSecond = false;
  let port = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const path = request.url ?? '/';
      if (isSecond && /^\/assets\/Settings-.*\.js$/u.test(path)) return response.writeHead(404).end();
      const body = parts.length > 0 ? Buffer.concat(parts) : null;
      const headers = {
        'content-type': request.headers['content-type'] ?? '',
        'accept-encoding': 'identity',
      };
      fetch(`${inject('shop')}${path}`, { method: request.method ?? 'GET', headers, body })
        .then(async (answer) => {
          let bytes = Buffer.from(await answer.arrayBuffer());
          if (isSecond && path === '/sw.js')
            bytes = Buffer.from(
              bytes
                .toString()
                .replace(/const version = '\w+'/u, "const version = 'second'")
                // The second build has no such file.
                .replace(/"\/assets\/Settings-[^"]*\.js",/u, ''),
            );
          const sent = Object.fromEntries(
            [...answer.headers].filter(([name]) => !['content-length', 'transfer-encoding'].includes(name)),
          );
          response.writeHead(answer.status, sent).end(bytes);
        })
        .catch(() => response.writeHead(502).end());
    });
  });
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
    port = (server.address() as { port: number }).port;
  });
  afterAll(() => new Promise((done) => server.close(done)));
  return { url: () => `http://127.0.0.1:${port}`, update: () => (isSecond = true) };
}
