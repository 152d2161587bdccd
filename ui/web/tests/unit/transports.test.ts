// The two ways over which the interface is answered: what they send, and how failures come back.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Client } from '../../src/lib/api/client';
import { ClientError } from '../../src/lib/api/client';
import type { SearchRequest } from '../../src/lib/api/generated/SearchRequest';
import { restClient } from '../../src/lib/api/rest';
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
  const client = restClient();
  const answer = (status: number, body: unknown) => {
    const fetched = vi.fn(
      async (_path: string, _init?: RequestInit) => new Response(JSON.stringify(body), { status }),
    );
    vi.stubGlobal('fetch', fetched);
    return fetched;
  };

  it('is asked by path, method and body', async () => {
    const fetched = answer(200, {});
    await client.search(request);
    await client.setFavourite('a/b', false);
    await client.addPicture(new Uint8Array([1]), 'ä.jpg');
    await client.dismiss('a/b', false);
    await client.forgetTaste();
    const calls = fetched.mock.calls.map(([path, init]) => [init?.method, path]);
    expect(calls).toEqual([
      ['POST', './api/v1/search'],
      ['DELETE', './api/v1/favourites/a%2Fb'],
      ['POST', './api/v1/pictures'],
      ['DELETE', './api/v1/dismissed/a%2Fb'],
      ['DELETE', './api/v1/taste'],
    ]);
    expect(fetched.mock.calls[0]?.[1]?.body).toBe(JSON.stringify(request));
  });

  it('fails with the server’s problem, or says that there is no connection', async () => {
    answer(404, { code: 'not_found', message: 'gone' });
    await expect(client.product('x')).rejects.toMatchObject({
      problem: { code: 'not_found', message: 'gone' },
    });
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => new Response('<html>', { status: 502, statusText: 'Bad' })),
    );
    await expect(client.product('x')).rejects.toMatchObject({
      problem: { code: 'internal', message: '502 Bad' },
    });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('refused')));
    await expect(client.product('x')).rejects.toMatchObject({ problem: { code: 'offline' } });
  });

  it('says what a browser cannot do', async () => {
    await expect(client.captureScreen()).rejects.toMatchObject({ problem: { code: 'unsupported' } });
    await expect(client.shareToFile('a')).rejects.toMatchObject({ problem: { code: 'unsupported' } });
    expect(await client.pasteFromClipboard()).toBeNull();
  });
});
