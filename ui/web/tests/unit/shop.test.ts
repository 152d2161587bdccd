// Tests of the shop API's client: what it sends, and that its types match the description.

import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ShopClient, ShopError } from '../../src/lib/api/shop/client';

/** A client that records its requests and answers each with `response`. */
function client(response: () => Response) {
  const sent: { address: string; init: RequestInit }[] = [];
  const shop = new ShopClient({
    origin: 'https://shop.example',
    key: 'k',
    fetch: async (address, init) => {
      sent.push({ address: String(address), init: init ?? {} });
      return response();
    },
  });
  return { shop, sent };
}

const json = (value: unknown, status = 200, headers = {}) =>
  new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });

test('the types are those of docs/openapi.json', { timeout: 60_000 }, async () => {
  const { types } = await import('../../scripts/openapi.mjs');
  const committed = await readFile('src/lib/api/shop/schema.ts', 'utf8');
  expect(committed, 'npm run openapi').toBe(await types());
});

test('a search is sent as JSON, and its answer has its types', async () => {
  const { shop, sent } = client(() => json({ queryId: 'q', hits: [] }));
  const page = await shop.post('/api/v1/search', { body: { text: 'red dress', limit: 5 } });
  const queryId: string = page.queryId;
  expect(queryId).toBe('q');
  expect(sent[0]?.address).toBe('https://shop.example/api/v1/search');
  expect(sent[0]?.init.body).toBe('{"text":"red dress","limit":5}');
  expect(sent[0]?.init.headers).toEqual({ authorization: 'Bearer k', 'content-type': 'application/json' });
});

test('ids and parameters are escaped', async () => {
  const { shop, sent } = client(() => json([]));
  await shop.get('/api/v1/products/{id}/cheaper', { path: { id: 'a/b?c' }, query: { catalog: 'x&y' } });
  expect(sent[0]?.address).toBe('https://shop.example/api/v1/products/a%2Fb%3Fc/cheaper?catalog=x%26y');
  expect(
    shop.address('/api/v1/products/{id}/picture', { id: 'ä' }, { size: 'full', catalog: undefined }),
  ).toBe('https://shop.example/api/v1/products/%C3%A4/picture?size=full');
});

test('a refusal has its code and says when to ask again', async () => {
  const problem = { type: 'about:blank', title: 'Busy', status: 503, code: 'busy' };
  const { shop } = client(() => json(problem, 503, { 'retry-after': '2' }));
  const refusal = await shop.get('/api/v1/catalogs').catch((thrown: unknown) => thrown as ShopError);
  expect(refusal).toBeInstanceOf(ShopError);
  expect(refusal).toMatchObject({ status: 503, code: 'busy', retryAfterSecs: 2 });
});

test('an answer that is no problem, or none at all, is one', async () => {
  const broken = client(() => new Response('<html>', { status: 502 }));
  await expect(broken.shop.get('/api/v1/catalogs')).rejects.toMatchObject({ status: 502, code: 'internal' });
  const away = new ShopClient({ fetch: () => Promise.reject(new TypeError('no route')) });
  await expect(away.get('/api/v1/catalogs')).rejects.toMatchObject({ status: 0, code: 'offline' });
});
