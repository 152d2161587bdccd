// A server, over plain HTTP and JSON. Pictures travel as the body itself, everything else as JSON.

import { ClientError } from './client';
import type { Client } from './client';
import { fail, problemOf } from './problem';

const root = './api/v1';
const json = (value: unknown): RequestInit => ({
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
});
const part = encodeURIComponent;

async function send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${root}/${path}`, { method, ...init });
  } catch (thrown) {
    throw new ClientError({ code: 'offline', message: problemOf(thrown).message });
  }
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => null);
  throw new ClientError(
    problemOf(body ?? { code: 'internal', message: `${response.status} ${response.statusText}` }),
  );
}

const get = async <T>(path: string): Promise<T> => (await send('GET', path)).json() as Promise<T>;
const post = async <T>(path: string, init?: RequestInit): Promise<T> =>
  (await send('POST', path, init)).json() as Promise<T>;
const tell = async (method: string, path: string, init?: RequestInit): Promise<void> => {
  await send(method, path, init);
};
const impossible = async (what: string): Promise<never> => fail('unsupported', `A browser cannot ${what}.`);

export function restClient(): Client {
  return {
    start: () => get('start'),
    // Nothing is opened from outside a browser's tab.
    onOpened: () => () => undefined,

    search: (request) => post('search', json(request)),
    product: (id) => get(`products/${part(id)}`),
    productImage: (id, size) => `${root}/products/${part(id)}/${size}`,
    openInShop: async (id) => {
      window.open(`${root}/products/${part(id)}/shop`, '_blank', 'noopener');
    },

    addPicture: (bytes, name) =>
      post('pictures', { body: bytes as BufferSource, headers: { 'x-knytt-name': part(name) } }),
    addPictureFromUrl: (url) => post('pictures/from-url', json({ url })),
    dropPicture: (id) => tell('DELETE', `pictures/${part(id)}`),
    pictureUrl: (id) => `${root}/pictures/${part(id)}`,
    captureScreen: () => impossible('take a picture of the screen'),
    // The browser's own paste event is the only way to its clipboard that needs no permission.
    pasteFromClipboard: async () => null,

    cameras: async () => [],
    openCamera: () => impossible('open a camera of the server'),
    liveFrame: (jpeg, template) =>
      post('live', {
        body: jpeg as BufferSource,
        headers: { 'x-knytt-template': part(JSON.stringify(template)) },
      }),
    setLiveQuery: () => impossible('open a camera of the server'),

    favourites: () => get('favourites'),
    setFavourite: (id, on) => tell(on ? 'PUT' : 'DELETE', `favourites/${part(id)}`),
    dismiss: (id, on) => tell(on ? 'PUT' : 'DELETE', `dismissed/${part(id)}`),
    personal: () => get('personal'),
    forgetTaste: () => tell('DELETE', 'taste'),
    history: () => get('history'),
    historyImage: (id) => `${root}/history/${part(id)}/picture`,
    pictureFromHistory: (id) => post(`history/${part(id)}/picture`),
    forgetHistory: (id) => tell('DELETE', id === null ? 'history' : `history/${part(id)}`),

    cards: (ids) => post('cards', json({ ids })),
    shareToClipboard: async (id) => {
      const { card } = await get<{ card: { title: string } }>(`products/${part(id)}`);
      await navigator.clipboard.writeText(`${card.title}\n${location.href}`);
    },
    shareToFile: () => impossible('save a product into a file'),

    saveSettings: (settings) => tell('PUT', 'settings', json(settings)),
    storageUse: () => get('storage'),
    measureModel: () => post('model/measure'),
    deleteMyData: () => tell('DELETE', 'personal'),
    openCatalog: () => impossible('open a folder'),

    // The server keeps its catalogues by itself.
    catalogs: async () => [],
    onCatalogs: () => () => undefined,
    inspectCatalog: () => impossible('add a catalogue'),
    addCatalog: () => impossible('add a catalogue'),
    updateCatalog: () => impossible('update a catalogue'),
    cancelUpdate: () => impossible('update a catalogue'),
    removeCatalog: () => impossible('remove a catalogue'),
    readCode: () => impossible('read codes'),
    readCodeOf: () => impossible('read codes'),

    licences: async () => (await send('GET', 'licences')).text(),
  };
}
