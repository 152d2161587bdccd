// Tests of the two transports: what they send, and how failures come back.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Client } from '../../src/lib/api/client';
import { ClientError } from '../../src/lib/api/client';
import type { SearchRequest } from '../../src/lib/api/generated/SearchRequest';
import { restClient } from '../../src/lib/api/rest/client';
import { Memory } from '../../src/lib/api/rest/store';
import { tauriClient } from '../../src/lib/api/tauri';

const request = { ticket: 1, words: 'rote Schuhe' } as SearchRequest;
afterEach(() => vi.unstubAllGlobals());

describe('the app', () => {
  const sent: { command: string; args: unknown; options: unknown }[] = [];
  let reply: (command: string) => unknown = () => null;
  let client: Client;

  beforeEach(() => {
    sent.length = 0;
    reply = () => null;
    let callbacks = 0;
    vi.stubGlobal('window', {
      __TAURI_INTERNALS__: {
        invoke: async (command: string, args: unknown, options: unknown) => {
          sent.push({ command, args, options });
          return reply(command);
        },
        transformCallback: () => ++callbacks,
        unregisterCallback: () => undefined,
        convertFileSrc: (path: string, protocol: string) =>
          `${protocol}://localhost/${encodeURIComponent(path)}`,
      },
    });
    client = tauriClient();
  });

  it('is asked by the command’s name and its arguments', async () => {
    await client.search(request);
    await client.setFavourite('a', true);
    await client.forgetHistory(null);
    await client.dismiss('a', true);
    await client.personal();
    await client.forgetTaste();
    await client.openCatalog('/x');
    await client.addPictureFromUrl('https://x');
    await client.setLiveQuery(request);
    await client.openInShop('a');
    await client.inspectCatalog('knytt://catalog?url=x');
    await client.addCatalog('https://x');
    await client.updateCatalog('/c');
    await client.cancelUpdate('/c');
    await client.removeCatalog('/c');
    await client.readCodeOf('p1');
    await client.models!.get('m', true);
    await client.models!.reembed('m');
    await client.models!.cancel();
    expect(sent.map(({ command, args }) => [command, args])).toEqual([
      ['search', { request }],
      ['set_favourite', { id: 'a', on: true }],
      ['forget_history', { id: null }],
      ['dismiss', { id: 'a', on: true }],
      ['personal', {}],
      ['forget_taste', {}],
      ['open_catalog', { path: '/x' }],
      ['add_picture_from_url', { url: 'https://x' }],
      ['set_live_query', { template: request }],
      ['open_in_shop', { id: 'a' }],
      ['inspect_catalog', { link: 'knytt://catalog?url=x' }],
      ['add_catalog', { link: 'https://x' }],
      ['update_catalog', { path: '/c' }],
      ['cancel_update', { path: '/c' }],
      ['remove_catalog', { path: '/c' }],
      ['read_code_of', { id: 'p1' }],
      ['get_model', { name: 'm', accepted: true }],
      ['reembed', { name: 'm' }],
      ['cancel_model_work', {}],
    ]);
  });

  it('gets bytes as they are, and names beside them', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    await client.addPicture(bytes, 'größe 1.jpg');
    await client.liveFrame(bytes, request);
    await client.readCode(bytes);
    expect(sent[2]).toMatchObject({ command: 'read_code', args: bytes });
    expect(sent[0]).toMatchObject({ command: 'add_picture', args: bytes });
    expect(sent[0]?.options).toEqual({ headers: { 'x-knytt-name': 'gr%C3%B6%C3%9Fe%201.jpg' } });
    const { headers } = sent[1]?.options as { headers: Record<string, string> };
    expect(JSON.parse(decodeURIComponent(headers['x-knytt-template']!))).toEqual(request);
  });

  it('opens a camera and speaks of it by its number', async () => {
    reply = (command) => (command === 'open_camera' ? 7 : null);
    const wanted = { source: 'usb', width: null, height: null, live: true, codes: false };
    const camera = await client.openCamera(
      wanted,
      () => undefined,
      () => undefined,
    );
    await camera.capture();
    await camera.stop();
    expect(sent.map(({ command }) => command)).toEqual(['open_camera', 'capture_frame', 'close_camera']);
    expect(sent[2]?.args).toEqual({ camera: 7 });
  });

  it('shows pictures over its own protocol', () => {
    expect(client.productImage('a/b', 'thumb')).toBe('picture://localhost/product%2Fthumb%2Fa%2Fb');
    expect(client.productImage('a/b', 'full', 2)).toBe('picture://localhost/product%2Ffull-2%2Fa%2Fb');
    expect(client.pictureUrl('q1')).toBe('picture://localhost/query%2Fq1');
    expect(client.historyImage('h1')).toBe('picture://localhost/history%2Fh1');
  });

  it('fails with the problem that it was told', async () => {
    reply = () => {
      throw { code: 'disk_full', message: 'no space' };
    };
    const failed = await client.storageUse().catch((thrown: unknown) => thrown);
    expect(failed).toBeInstanceOf(ClientError);
    expect((failed as ClientError).problem).toEqual({ code: 'disk_full', message: 'no space' });
  });
});

describe('a server', () => {
  const answer = (status: number, body: unknown) => {
    const fetched = vi.fn(
      async (_path: string, _init?: RequestInit) =>
        new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } }),
    );
    vi.stubGlobal('fetch', fetched);
    return fetched;
  };
  const page = (ids: string[], next: string | null) => ({
    queryId: 'q',
    verdict: 'found',
    matched: 5,
    hits: ids.map((id) => ({ card: { id, title: id, favourite: false } })),
    next,
    facets: [],
    understood: { words: '', without: [], chips: [] },
    timings: { decode: 0, embed: 0, search: 0, rank: 0, total: 0 },
  });
  const open = (allow = async () => true) => restClient({ allow, store: Promise.resolve(new Memory()) });

  it('pages of one answer make as many hits as are asked for, without those that were dismissed', async () => {
    const client = open();
    const bodies: { limit: number; cursor: string | null; text: string }[] = [];
    vi.stubGlobal('fetch', async (_path: string, init: RequestInit) => {
      const body = JSON.parse(String(init.body)) as (typeof bodies)[number];
      bodies.push(body);
      const answered = body.cursor ? page(['c', 'd'], null) : page(['a', 'b'], 'more');
      return new Response(JSON.stringify(answered), { headers: { 'content-type': 'application/json' } });
    });
    await client.dismiss('b', true);
    const found = await client.search({ ...request, limit: 3 });
    expect(found.hits.map(({ card }) => card.id)).toEqual(['a', 'c', 'd']);
    expect(found.by).toBe('shop');
    expect(bodies.map(({ cursor }) => cursor)).toEqual([null, 'more']);
    expect(bodies[0]?.text).toBe(request.words);
  });

  it('without a connection shows the answer of before, and says so', async () => {
    const client = open();
    answer(200, page(['a'], null));
    await client.search({ ...request, limit: 1 });
    await new Promise((done) => setTimeout(done));
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('refused')));
    const kept = await client.search({ ...request, ticket: 9, limit: 1 });
    expect([kept.by, kept.ticket, kept.hits.length]).toEqual(['kept', 9, 1]);
    const other = client.search({ ...request, words: 'never asked', limit: 1 });
    await expect(other).rejects.toMatchObject({ problem: { code: 'offline' } });
  });

  it('an older search is told that it is superseded', async () => {
    const client = open();
    vi.stubGlobal('fetch', (_path: string, init: RequestInit) => {
      if (String(init.body).includes('slow'))
        return new Promise((_, refuse) =>
          init.signal?.addEventListener('abort', () => refuse(new DOMException('', 'AbortError'))),
        );
      return Promise.resolve(
        new Response(JSON.stringify(page(['a'], null)), { headers: { 'content-type': 'application/json' } }),
      );
    });
    const slow = client.search({ ...request, words: 'slow' });
    const told = expect(slow).rejects.toMatchObject({ problem: { code: 'superseded' } });
    await new Promise((done) => setTimeout(done));
    await client.search({ ...request, words: 'fast', limit: 1 });
    await told;
  });

  it('keeps favourites and settings on this device', async () => {
    const client = open();
    answer(200, [{ id: 'a', title: 'A', favourite: false }]);
    await client.setFavourite('a', true);
    expect((await client.favourites()).map(({ id, favourite }) => [id, favourite])).toEqual([['a', true]]);
    await client.setFavourite('a', false);
    expect(await client.favourites()).toEqual([]);
  });

  it('sends no picture that was not allowed', async () => {
    const fetched = answer(200, {});
    const client = open(async () => false);
    await expect(client.addPicture(new Uint8Array([1]), 'a.jpg')).rejects.toMatchObject({
      problem: { code: 'cancelled' },
    });
    await expect(client.liveFrame(new Uint8Array([1]), request)).rejects.toMatchObject({
      problem: { code: 'cancelled' },
    });
    expect(fetched).not.toHaveBeenCalled();
  });

  it('fails with the shop’s problem, or says that there is no connection', async () => {
    const client = open();
    answer(404, { code: 'not_found', title: 'Not found', detail: 'gone' });
    await expect(client.product('x')).rejects.toMatchObject({
      problem: { code: 'not_found', message: 'gone' },
    });
    answer(413, { code: 'picture_too_large', title: 'The picture is too large' });
    await expect(client.cards(['x'])).rejects.toMatchObject({ problem: { code: 'too_large' } });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('refused')));
    await expect(client.product('x')).rejects.toMatchObject({ problem: { code: 'offline' } });
  });

  it('says what a browser cannot do', async () => {
    const client = open();
    await expect(client.openCamera({} as never, vi.fn(), vi.fn())).rejects.toMatchObject({
      problem: { code: 'unsupported' },
    });
    await expect(client.openCatalog(null)).rejects.toMatchObject({ problem: { code: 'unsupported' } });
    expect(await client.pasteFromClipboard()).toBeNull();
  });
});
