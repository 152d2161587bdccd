// Pages of another site that use the elements, with a policy that allows this shop and nothing else.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, inject } from 'vitest';

const widgets = createRequire(import.meta.url).resolve(
  'instantsearch.js/dist/instantsearch.production.min.js',
);

const policy = (shop: string) =>
  `default-src 'none'; script-src 'self' ${shop}; connect-src ${shop}; img-src ${shop}; base-uri 'none'`;

/** Writes down what the elements tell the page. */
const listen = `
window.told = [];
for (const name of ['select', 'add-to-cart', 'results', 'failed'])
  addEventListener('knytt:' + name, (event) => {
    window.told.push({ name, id: event.detail.id, position: event.detail.position });
    if (name === 'select') event.preventDefault();
  });`;

const search = (shop: string) => `
import { searchClient } from '${shop}/knytt.js';
const { searchBox, hits, refinementList, pagination, stats } = instantsearch.widgets;
const search = instantsearch({ indexName: 'shop', searchClient: searchClient('${shop}') });
search.addWidgets([
  searchBox({ container: '#box' }),
  refinementList({ container: '#brands', attribute: 'brand' }),
  hits({ container: '#hits', templates: { item: (hit, { html }) =>
    html\`<a class="hit" data-id="\${hit.objectID}" data-brand="\${hit.brand}" href="\${hit.url}">\${hit.name}</a>\` } }),
  stats({ container: '#stats' }),
  pagination({ container: '#pages' }),
]);
search.start();`;

const document = (language: string, head: string, body: string) =>
  `<!doctype html><html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}"><head><meta charset="utf-8">` +
  `<meta name="viewport" content="width=device-width"><title>Another shop</title>` +
  `${head}</head><body><main><h1>Another shop</h1>${body}</main></body></html>`;

type File = [kind: string, content: string];

function fileOf(path: string, query: URLSearchParams, shop: string): File | null {
  const knytt = `<script src="/listen.js"></script><script type="module" src="${shop}/knytt.js"></script>`;
  const page = (head: string, body: string): File => [
    'text/html; charset=utf-8',
    document(query.get('lang') ?? 'en', head, body),
  ];
  const script = (text: string): File => ['text/javascript', text];
  const catalog = query.get('catalog');
  // With a catalogue, products lead to the pages that the server has of them.
  const leads = catalog ? `catalog="${catalog}"` : 'href="https://shop.example/p/{id}"';
  if (path === '/search') {
    const tells = query.has('feedback') ? ' feedback' : '';
    return page(knytt, `<knytt-search ${leads} cart${tells}></knytt-search>`);
  }
  if (path === '/similar') return page(knytt, `<knytt-similar product="kn-00012" ${leads}></knytt-similar>`);
  if (path === '/widgets')
    return page(
      '<script src="/instantsearch.js"></script><script type="module" src="/search.js"></script>',
      '<div id="box"></div><div id="stats"></div><div id="brands"></div><div id="hits"></div><div id="pages"></div>',
    );
  if (path === '/listen.js') return script(listen);
  if (path === '/search.js') return script(search(shop));
  if (path === '/instantsearch.js') return script(readFileSync(widgets, 'utf8'));
  return null;
}

/** Serves the pages while a file's tests run; says where. Without another one, they use the shop of all tests. */
export function otherSite(
  of: () => string = () => inject('shop'),
  port: number = inject('otherPort'),
): string {
  const server = createServer((request, response) => {
    const shop = of();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const file = fileOf(pathname, searchParams, shop);
    response.writeHead(file ? 200 : 404, {
      'content-type': file?.[0] ?? 'text/plain',
      'content-security-policy': policy(shop),
    });
    response.end(file?.[1] ?? '');
  });
  beforeAll(() => new Promise<void>((done) => server.listen(port, '127.0.0.1', () => done())));
  afterAll(() => new Promise((done) => server.close(done)));
  return `http://127.0.0.1:${port}`;
}
