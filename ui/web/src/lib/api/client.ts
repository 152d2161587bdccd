// The interface between the screens and their backend. `tauri.ts` calls the app over IPC, `rest/` calls a
// shop's server over HTTP, `mock/` calls nothing; no other file knows which one is in use.

import type { AccountClient } from './account';
import type { CameraEvent } from './generated/CameraEvent';
import type { CameraRequest } from './generated/CameraRequest';
import type { CameraSource } from './generated/CameraSource';
import type { Card } from './generated/Card';
import type { CatalogEntry } from './generated/CatalogEntry';
import type { CatalogEvent } from './generated/CatalogEvent';
import type { CatalogOffer } from './generated/CatalogOffer';
import type { Consent } from './generated/Consent';
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
import type { ShownLook } from './generated/ShownLook';
import type { Start } from './generated/Start';
import type { StorageUse } from './generated/StorageUse';
import type { ModelClient } from './models';

/** The error that a failed call throws. */
export class ClientError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
    this.name = 'ClientError';
  }
}

export type PictureSize = 'thumb' | 'full';

/** An answer and its source; `kept` is an answer of last time, stored for use without a connection. */
export type Answer = SearchResponse & {
  by?: 'device' | 'shop' | 'kept';
  /** Of a shop: what ties events to this answer. */
  feedbackToken?: string;
};

/** A running camera. Frames come as JPEG. */
export interface CameraStream {
  /** Keeps the newest frame as a picture to search with. */
  capture(): Promise<Picture>;
  stop(): Promise<void>;
}

export interface Client {
  /** Where searches are computed and pictures are read. */
  readonly place: 'device' | 'shop';

  /** The shopper's account, where the shop keeps accounts. */
  readonly account?: AccountClient;

  /** The models, where they are on this device. */
  readonly models?: ModelClient;

  /** The category whose page this is, if the server sent one. */
  servedCategory?(): string | null;

  /** The settings and the words at the start, if they are known before the first paint. */
  settingsNow?(): Settings;
  wordsNow?(): string | null;
  /** What the shopper can agree to tell the shop whose catalogue is open, where no list of catalogues says it. */
  consentNow?(): Consent | null;

  // The first call of a window.
  start(): Promise<Start>;
  /** Reports links, files and another start from outside the window. Returns a function that stops this. */
  onOpened(heard: (opened: Opened) => void): () => void;

  search(request: SearchRequest): Promise<Answer>;
  product(id: string): Promise<ProductPage>;
  /** The address of a product's picture, for <img src>: its own, or a further one by its number. */
  productImage(id: string, size: PictureSize, number?: number): string;
  /** The shop's pictures with products on them. */
  looks(): Promise<ShownLook[]>;
  lookImage(look: ShownLook): string;
  openInShop(id: string): Promise<void>;

  /** Takes a picture to search with: a file's bytes, or a web address that was pasted or dropped. */
  addPicture(bytes: Uint8Array, name: string): Promise<Picture>;
  addPictureFromUrl(url: string): Promise<Picture>;
  dropPicture(id: string): Promise<void>;
  pictureUrl(id: string): string;
  /** Takes a picture of the whole screen without this window, from which the shopper chooses a part. */
  captureScreen(): Promise<Picture>;
  /** Takes the picture on the system's clipboard, if the web view did not pass it on; null if none. */
  pasteFromClipboard(): Promise<Picture | null>;

  // Cameras that the shell opens itself (capabilities.nativeCamera).
  cameras(): Promise<CameraSource[]>;
  openCamera(
    request: CameraRequest,
    onFrame: (jpeg: ArrayBuffer) => void,
    onEvent: (event: CameraEvent) => void,
  ): Promise<CameraStream>;
  /** Searches with one JPEG frame of the web view's own camera and the words and filters of `template`. */
  liveFrame(jpeg: Uint8Array, template: SearchRequest): Promise<LiveFrame>;
  /** The words and filters that a shell-side camera's live search uses from now on. */
  setLiveQuery(template: SearchRequest): Promise<void>;

  favourites(): Promise<Card[]>;
  setFavourite(id: string, on: boolean): Promise<void>;
  /** "Not for me": hides the product in this visit and ranks similar ones lower; `on` false undoes this. */
  dismiss(id: string, on: boolean): Promise<void>;
  /** Data about the shopper on this device. */
  personal(): Promise<Personal>;
  forgetTaste(): Promise<void>;
  history(): Promise<HistoryEntry[]>;
  /** Products that were looked at, newest first, where that is kept. */
  viewed?(): Promise<Card[]>;
  historyImage(id: string): string;
  /** The stored small picture of a past search, to search with again. */
  pictureFromHistory(id: string): Promise<Picture>;
  forgetHistory(id: string | null): Promise<void>;

  /** Products by id, in that order, without missing ones (for the comparison). */
  cards(ids: string[]): Promise<Card[]>;
  /** Copies a product's picture and text to the clipboard, or to a file; false if none was chosen. */
  shareToClipboard(id: string): Promise<void>;
  shareToFile(id: string): Promise<boolean>;

  saveSettings(settings: Settings): Promise<void>;
  storageUse(): Promise<StorageUse>;
  measureModel(): Promise<ModelSpeed>;
  deleteMyData(): Promise<void>;
  /** Opens the catalogue in a folder; without one, lets the shopper choose it. Null if they chose none. */
  openCatalog(path: string | null): Promise<Start | null>;
  /** Where addresses name catalogues: opens the one that the address names now; null if it is open already. */
  followAddress?(): Promise<Start> | null;

  /** Every catalogue on this device. */
  catalogs(): Promise<CatalogEntry[]>;
  /** Reports changes to the catalogues while the window is open. Returns a function that stops this. */
  onCatalogs(heard: (event: CatalogEvent) => void): () => void;
  /** Describes the catalogue that a link leads to, before anything is trusted or downloaded. */
  inspectCatalog(link: string): Promise<CatalogOffer>;
  /** Starts the download that `inspectCatalog` offered; events report it. Returns the catalogue's path. */
  addCatalog(link: string): Promise<string>;
  /** Starts an update; events report its progress and end. */
  updateCatalog(path: string): Promise<void>;
  /** Stops an update; data that is already here is kept. */
  cancelUpdate(path: string): Promise<void>;
  /** Takes a catalogue off the list; one that came from a shop is also deleted from the disk. */
  removeCatalog(path: string): Promise<Start>;
  /** The text of the code (QR) in a picture, given as a file's bytes or as an id; null if there is none. */
  readCode(picture: Uint8Array): Promise<string | null>;
  readCodeOf(id: string): Promise<string | null>;

  /** The licences of all included software, as text. */
  licences(): Promise<string>;
}
