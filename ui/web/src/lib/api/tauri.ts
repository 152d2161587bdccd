// The client of the desktop app, over its IPC. No other file imports @tauri-apps/api.

import { Channel, convertFileSrc, invoke } from '@tauri-apps/api/core';
import type { InvokeArgs, InvokeOptions } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { ClientError } from './client';
import type { CameraStream, Client } from './client';
import type { CameraEvent } from './generated/CameraEvent';
import type { CatalogEvent } from './generated/CatalogEvent';
import type { ModelEvent } from './generated/ModelEvent';
import type { Opened } from './generated/Opened';
import type { Picture } from './generated/Picture';
import { problemOf } from './problem';

async function call<T>(command: string, args?: InvokeArgs, options?: InvokeOptions): Promise<T> {
  try {
    return await invoke<T>(command, args, options);
  } catch (thrown) {
    throw new ClientError(problemOf(thrown));
  }
}

const picture = (path: string) => convertFileSrc(path, 'picture');

/** Listens to an event. `listen` is asynchronous: the caller may stop before listening has started. */
function hear<T>(name: string, heard: (payload: T) => void): () => void {
  let given = false;
  let stop: (() => void) | undefined;
  void listen<T>(name, (event) => heard(event.payload)).then((unlisten) => {
    if (given) unlisten();
    else stop = unlisten;
  });
  return () => {
    given = true;
    stop?.();
  };
}

export function tauriClient(): Client {
  return {
    place: 'device',
    start: () => call('start'),
    onOpened: (heard) => hear<Opened>('opened', heard),

    search: (request) => call('search', { request }),
    product: (id) => call('product', { id }),
    productImage: (id, size, number = 0) => picture(`product/${size}${number > 0 ? `-${number}` : ''}/${id}`),
    looks: () => call('looks'),
    // A web address of another picture is another one.
    lookImage: ({ id, version }) => picture(`look/${version}/${id}`),
    openInShop: (id) => call('open_in_shop', { id }),

    addPicture: (bytes, name) =>
      call('add_picture', bytes, { headers: { 'x-knytt-name': encodeURIComponent(name) } }),
    addPictureFromUrl: (url) => call('add_picture_from_url', { url }),
    dropPicture: (id) => call('drop_picture', { id }),
    pictureUrl: (id) => picture(`query/${id}`),
    captureScreen: () => call('capture_screen'),
    pasteFromClipboard: () => call('paste_from_clipboard'),

    cameras: () => call('cameras'),
    async openCamera(request, onFrame, onEvent): Promise<CameraStream> {
      const frames = new Channel<ArrayBuffer>(onFrame);
      const events = new Channel<CameraEvent>(onEvent);
      const camera = await call<number>('open_camera', { request, frames, events });
      return {
        capture: () => call<Picture>('capture_frame', { camera }),
        stop: () => call<void>('close_camera', { camera }),
      };
    },
    liveFrame: (jpeg, template) =>
      call('live_frame', jpeg, {
        headers: { 'x-knytt-template': encodeURIComponent(JSON.stringify(template)) },
      }),
    setLiveQuery: (template) => call('set_live_query', { template }),

    favourites: () => call('favourites'),
    setFavourite: (id, on) => call('set_favourite', { id, on }),
    dismiss: (id, on) => call('dismiss', { id, on }),
    personal: () => call('personal'),
    forgetTaste: () => call('forget_taste'),
    history: () => call('history'),
    historyImage: (id) => picture(`history/${id}`),
    pictureFromHistory: (id) => call('picture_from_history', { id }),
    forgetHistory: (id) => call('forget_history', { id }),

    cards: (ids) => call('cards', { ids }),
    shareToClipboard: (id) => call('share_to_clipboard', { id }),
    shareToFile: (id) => call('share_to_file', { id }),

    saveSettings: (settings) => call('save_settings', { settings }),
    storageUse: () => call('storage_use'),
    measureModel: () => call('measure_model'),
    deleteMyData: () => call('delete_my_data'),
    openCatalog: (path) => call('open_catalog', { path }),

    catalogs: () => call('catalogs'),
    onCatalogs: (heard) => hear<CatalogEvent>('catalogs', heard),
    inspectCatalog: (link) => call('inspect_catalog', { link }),
    addCatalog: (link) => call('add_catalog', { link }),
    updateCatalog: (path) => call('update_catalog', { path }),
    cancelUpdate: (path) => call('cancel_update', { path }),
    removeCatalog: (path) => call('remove_catalog', { path }),
    readCode: (picture) => call('read_code', picture),
    readCodeOf: (id) => call('read_code_of', { id }),

    models: {
      list: () => call('models'),
      offer: (name) => call('offer_model', { name }),
      get: (name, accepted) => call('get_model', { name, accepted }),
      measure: (name) => call('measure_precisions', { name }),
      plan: (name) => call('plan_reembedding', { name }),
      reembed: (name) => call('reembed', { name }),
      discard: () => call('discard_reembedding'),
      remove: (name) => call('remove_model', { name }),
      cancel: () => call('cancel_model_work'),
      onEvents: (heard) => hear<ModelEvent>('models', heard),
    },

    licences: () => call('licences'),
  };
}
