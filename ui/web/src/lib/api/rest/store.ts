// Stores the shopper's data in IndexedDB or, if that fails, in memory while the page is open.

const name = 'knytt';
const version = 2;
const shelves = ['values', 'favourites', 'history', 'answers', 'dismissed', 'viewed', 'waiting'] as const;
export type Shelf = (typeof shelves)[number];

export interface Store {
  get<T>(shelf: Shelf, key: string): Promise<T | undefined>;
  /** All values, in ascending order of their keys. */
  all<T>(shelf: Shelf): Promise<T[]>;
  put(shelf: Shelf, key: string, value: unknown): Promise<void>;
  remove(shelf: Shelf, key: string): Promise<void>;
  clear(shelf: Shelf): Promise<void>;
}

export async function openStore(): Promise<Store> {
  try {
    return new Database(await open());
  } catch {
    // In a private window, or without free space, nothing is kept beyond this page.
    return new Memory();
  }
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed.'));
  });

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => {
    for (const shelf of shelves) {
      if (!request.result.objectStoreNames.contains(shelf)) request.result.createObjectStore(shelf);
    }
  };
  return done(request);
}

class Database implements Store {
  constructor(readonly database: IDBDatabase) {
    // Closes this connection, so that another tab with a newer version need not wait.
    database.onversionchange = () => database.close();
  }

  get<T>(shelf: Shelf, key: string): Promise<T | undefined> {
    return done(this.#read(shelf).get(key) as IDBRequest<T | undefined>);
  }

  all<T>(shelf: Shelf): Promise<T[]> {
    return done(this.#read(shelf).getAll() as IDBRequest<T[]>);
  }

  async put(shelf: Shelf, key: string, value: unknown): Promise<void> {
    await done(this.#write(shelf).put(value, key));
  }

  async remove(shelf: Shelf, key: string): Promise<void> {
    await done(this.#write(shelf).delete(key));
  }

  async clear(shelf: Shelf): Promise<void> {
    await done(this.#write(shelf).clear());
  }

  #read(shelf: Shelf): IDBObjectStore {
    return this.database.transaction(shelf).objectStore(shelf);
  }

  #write(shelf: Shelf): IDBObjectStore {
    return this.database.transaction(shelf, 'readwrite').objectStore(shelf);
  }
}

export class Memory implements Store {
  #shelves = new Map<Shelf, Map<string, unknown>>(shelves.map((shelf) => [shelf, new Map()]));

  async get<T>(shelf: Shelf, key: string): Promise<T | undefined> {
    return this.#of(shelf).get(key) as T | undefined;
  }

  async all<T>(shelf: Shelf): Promise<T[]> {
    return [...this.#of(shelf)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value as T);
  }

  async put(shelf: Shelf, key: string, value: unknown): Promise<void> {
    this.#of(shelf).set(key, value);
  }

  async remove(shelf: Shelf, key: string): Promise<void> {
    this.#of(shelf).delete(key);
  }

  async clear(shelf: Shelf): Promise<void> {
    this.#of(shelf).clear();
  }

  #of(shelf: Shelf): Map<string, unknown> {
    return this.#shelves.get(shelf)!;
  }
}
