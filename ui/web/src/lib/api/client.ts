// The one interface between the screens and whatever answers them. `tauri.ts` speaks to the app over
// IPC, `rest/` to a shop's server over HTTP, `mock/` to nobody; no other file knows which it is.

import type { AccountClient } from './account';
import type { CameraEvent } from './generated/CameraEvent';
import type { CameraRequest } from './generated/CameraRequest';
import type { CameraSource } from './generated/CameraSource';
import type { Card } from './generated/Card';
import type { CatalogEntry } from './generated/CatalogEntry';
import type { CatalogEvent } from './generated/CatalogEvent';
import type { CatalogOffer } from './generated/CatalogOffer';
import type { HistoryEntry } from './generated/HistoryEntry';
import type { LiveFrame } from './generated/LiveFrame';
import type { ModelSpeed } from './generated/ModelSpeed';
import type { Opened } from './generated/Opened';
import type { Personal } from './generated/Personal';
import type { Picture } from './generated/Picture';
import type { Problem } from './generated/Problem';
import type { ProductPage } from './generated/ProductPage';
import type { SearchRequest } from './generated/SearchRequest';
import type { SearchResponse } from './generated/SearchResponse';
import type { Settings } from './generated/Settings';
import type { Start } from './generated/Start';
import type { StorageUse } from './generated/StorageUse';

/** What a failed call throws. */
export class ClientError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
    this.name = 'ClientError';
  }
}

export type PictureSize = 'thumb' | 'full';

/** An answer, and who made it: this device, or the shop; `kept` is one of last time, for want of a connection. */
export type Answer = SearchResponse & { by?: 'device' | 'shop' | 'kept' };

/** A running camera. Frames come as JPEG. */
export interface CameraStream {
  /** Keeps the newest frame as a picture to search with. */
  capture(): Promise<Picture>;
  stop(): Promise<void>;
}

export interface Client {
  /** Where searches are computed, and pictures are seen. */
  readonly place: 'device' | 'shop';

  /** The shopper's account, where the shop keeps accounts. */
  readonly account?: AccountClient;

  /** The category whose page this is, if the server sent one. */
  servedCategory?(): string | null;

  /** The settings and the words to begin with, where they are known before the first paint. */
  settingsNow?(): Settings;
  wordsNow?(): string | null;

  // The first call of a window.
  start(): Promise<Start>;
  /** Things opened from outside while the window lives: links, files, another start. Returns how to stop. */
  onOpened(heard: (opened: Opened) => void): () => void;

  search(request: SearchRequest): Promise<Answer>;
  product(id: string): Promise<ProductPage>;
  /** For <img src>. */
  productImage(id: string, size: PictureSize): string;
  openInShop(id: string): Promise<void>;

  /** Takes a picture to search with: a file's bytes, or a web address that was pasted or dropped. */
  addPicture(bytes: Uint8Array, name: string): Promise<Picture>;
  addPictureFromUrl(url: string): Promise<Picture>;
  dropPicture(id: string): Promise<void>;
  pictureUrl(id: string): string;
  /** The whole screen, without this window on it, to choose a part of. */
  captureScreen(): Promise<Picture>;
  /** A picture on the system's clipboard, if the web view did not give it. */
  pasteFromClipboard(): Promise<Picture | null>;

  // Cameras that the shell opens itself (capabilities.nativeCamera).
  cameras(): Promise<CameraSource[]>;
  openCamera(
    request: CameraRequest,
    onFrame: (jpeg: ArrayBuffer) => void,
    onEvent: (event: CameraEvent) => void,
  ): Promise<CameraStream>;
  /** Live search of frames that the web view's own camera took: one JPEG, asked about with `like`'s words and filters. */
  liveFrame(jpeg: Uint8Array, template: SearchRequest): Promise<LiveFrame>;
  /** The words and filters that a shell-side camera's live search uses from now on. */
  setLiveQuery(template: SearchRequest): Promise<void>;

  favourites(): Promise<Card[]>;
  setFavourite(id: string, on: boolean): Promise<void>;
  /** "Not for me": it is not shown again in this visit, and the like of it less. Or that is taken back. */
  dismiss(id: string, on: boolean): Promise<void>;
  /** What is known of the shopper, on this device. */
  personal(): Promise<Personal>;
  forgetTaste(): Promise<void>;
  history(): Promise<HistoryEntry[]>;
  /** Products that were looked at, newest first, where that is kept. */
  viewed?(): Promise<Card[]>;
  historyImage(id: string): string;
  /** The kept small picture of a past search, as a picture to search with again. */
  pictureFromHistory(id: string): Promise<Picture>;
  forgetHistory(id: string | null): Promise<void>;

  /** Several products by id, in that order; missing ones left out (compare). */
  cards(ids: string[]): Promise<Card[]>;
  /** Picture and text of a product, on the clipboard or in a file that the shopper chooses; false if they chose none. */
  shareToClipboard(id: string): Promise<void>;
  shareToFile(id: string): Promise<boolean>;

  saveSettings(settings: Settings): Promise<void>;
  storageUse(): Promise<StorageUse>;
  measureModel(): Promise<ModelSpeed>;
  deleteMyData(): Promise<void>;
  /** Opens the catalogue in a folder; without one, lets the shopper choose it. Null if they chose none. */
  openCatalog(path: string | null): Promise<Start | null>;

  /** Every catalogue on this device. */
  catalogs(): Promise<CatalogEntry[]>;
  /** What becomes of them while the window lives. Returns how to stop. */
  onCatalogs(heard: (event: CatalogEvent) => void): () => void;
  /** What a link leads to, before anything of it is trusted or downloaded. */
  inspectCatalog(link: string): Promise<CatalogOffer>;
  /** Begins to download what `inspectCatalog` offered; events tell the rest. Returns the catalogue's path. */
  addCatalog(link: string): Promise<string>;
  /** Begins an update; events tell the rest. */
  updateCatalog(path: string): Promise<void>;
  /** Stops an update; what is already here is kept. */
  cancelUpdate(path: string): Promise<void>;
  /** Takes it off the list; one that came from a shop is deleted from the disk. */
  removeCatalog(path: string): Promise<Start>;
  /** What the code (QR) in a picture says; null if there is none: a file's bytes, or a picture taken before. */
  readCode(picture: Uint8Array): Promise<string | null>;
  readCodeOf(id: string): Promise<string | null>;

  /** The licences of everything inside, as text. */
  licences(): Promise<string>;
}
