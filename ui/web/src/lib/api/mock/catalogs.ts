// Made-up catalogues. The page's address scripts them: stale=12 (days), sync=hold (a download that stops
// making progress), sync=tampered (a download that ends with that problem).

import type { CatalogEntry } from '../generated/CatalogEntry';
import type { CatalogEvent } from '../generated/CatalogEvent';
import type { CatalogOffer } from '../generated/CatalogOffer';
import type { CatalogSync } from '../generated/CatalogSync';
import type { SyncProgress } from '../generated/SyncProgress';
import { fail, problemOf } from '../problem';
import { products } from './products';

const hour = 3_600_000;
const total = 48_200_000;

export const mockLink =
  'knytt://catalog?url=https%3A%2F%2Fcatalog.nordlicht.example%2Fshop&root=5f2a9c41d07be8335f2a9c41d07be8335f2a9c41d07be8335f2a9c41d07be833';

const fingerprint = '5f2a 9c41 d07b e833';
const sample = '/home/you/Knytt/sample';

export class MockCatalogs {
  #listeners = new Set<(event: CatalogEvent) => void>();
  #running = new Map<string, ReturnType<typeof setInterval>>();
  list: CatalogEntry[];

  constructor(
    readonly params: URLSearchParams,
    readonly tick: number,
  ) {
    const days = params.get('stale');
    const closed = params.get('catalog') === 'none';
    const here: CatalogEntry[] = [
      entry(sample, 'Knytt sample shop', 'sample', products.length, 3, 12_400_000),
      entry('/home/you/Knytt/furniture', 'Furniture', 'folder', 1850, 0, 96_000_000),
      {
        ...entry('/data/catalogs/green', 'Grünzeug & Garten', 'synced', 24_310, 118, 512_000_000),
        sync: days ? stale(Number(days)) : sync('catalog.gruenzeug.example', 3 * hour),
      },
    ];
    const searched = days ? 2 : 0;
    this.list = here.map((each, i) => ({ ...each, current: !closed && i === searched }));
  }

  listen(heard: (event: CatalogEvent) => void): () => void {
    this.#listeners.add(heard);
    return () => void this.#listeners.delete(heard);
  }

  inspect(link: string): CatalogOffer {
    const [url, root] = readLink(link);
    const plain = url.protocol === 'http:';
    const local = url.hostname === 'localhost' || url.hostname === '127.0.0.1';
    if (plain && !root && !local) fail('insecure', `${url.href} is not encrypted and names no key.`);
    return {
      link: `knytt://catalog?url=${encodeURIComponent(url.href)}&root=${root ?? '5f2a9c41d07be833'}`,
      host: url.host,
      encrypted: !plain,
      fingerprint,
      trust: root ? 'pinned' : 'first_use',
      title: 'Nordlicht Outdoor',
      products: 6420,
      downloadBytes: total,
      known: this.list.some(({ path }) => path === pathOf(url.host)) ? pathOf(url.host) : null,
    };
  }

  add(link: string): string {
    const [{ host }] = readLink(link);
    const path = pathOf(host);
    if (!this.list.some((each) => each.path === path)) {
      const fresh = entry(path, 'Nordlicht Outdoor', 'synced', null, 0, 0);
      this.list = [...this.list, { ...fresh, sync: { ...sync(host, 0), synced: null, checked: null } }];
    }
    this.update(path);
    return path;
  }

  update(path: string): void {
    const found = this.list.find((each) => each.path === path);
    if (!found?.sync) return fail('not_found', `No catalogue comes from a shop to ${path}.`);
    if (this.#running.has(path)) return fail('busy', `${path} is being updated.`);
    this.#sync(path, { progress: { phase: 'checking' }, problem: null });
    this.#say({ kind: 'changed', catalogs: this.list });
    const first = found.products === null;
    const steps = first ? downloads : [];
    let step = 0;
    const held = this.params.get('sync') === 'hold';
    const timer = setInterval(() => {
      const progress = steps[step++];
      if (held && step > 6) return;
      if (!progress) return this.#end(path, first);
      this.#sync(path, { progress });
      this.#say({ kind: 'progress', path, progress });
    }, this.tick);
    this.#running.set(path, timer);
  }

  cancel(path: string): void {
    if (this.#running.has(path)) this.#end(path, false, 'cancelled');
  }

  remove(path: string): void {
    this.cancel(path);
    const gone = this.list.find((each) => each.path === path);
    this.list = this.list.filter((each) => each !== gone);
    if (gone?.current) this.open(sample);
    this.#say({ kind: 'changed', catalogs: this.list });
  }

  /** The open catalogue holds its products with other vectors. */
  renew(): void {
    const open = this.list.find(({ current }) => current);
    if (!open) return;
    const catalog = { id: open.name, products: open.products ?? 0, release: open.release };
    this.#say({ kind: 'renewed', catalog });
  }

  open(path: string): void {
    this.list = this.list.map((each) => ({ ...each, current: each.path === path }));
  }

  #end(path: string, first: boolean, code = this.params.get('sync')): void {
    clearInterval(this.#running.get(path));
    this.#running.delete(path);
    const problem = code ? problemOf({ code, message: `Scripted end of ${path}.` }) : null;
    const now = problem ? {} : { checked: Date.now(), synced: Date.now(), staleDays: null };
    this.#sync(path, { progress: null, problem, ...now });
    if (first && !problem)
      this.list = this.list.map((each) =>
        each.path === path ? { ...each, products: 6420, release: 41, diskBytes: total * 2 } : each,
      );
    const name = this.list.find((each) => each.path === path)?.name ?? '';
    this.#say({ kind: 'changed', catalogs: this.list });
    const release = first && !problem ? 41 : null;
    this.#say({ kind: 'ended', path, name, asked: true, first, release, problem });
  }

  #sync(path: string, part: Partial<CatalogSync>): void {
    this.list = this.list.map((each) =>
      each.path === path && each.sync ? { ...each, sync: { ...each.sync, ...part } } : each,
    );
  }

  #say(event: CatalogEvent): void {
    for (const heard of this.#listeners) heard(event);
  }
}

const downloads: SyncProgress[] = [
  ...[0.04, 0.1, 0.19, 0.28, 0.37, 0.44, 0.58, 0.72, 0.88, 1].map(
    (part) => ({ phase: 'downloading', done: Math.round(total * part), total }) as const,
  ),
  { phase: 'applying', done: 3000, total: 6420 },
  { phase: 'applying', done: 6420, total: 6420 },
];

function entry(
  path: string,
  name: string,
  kind: CatalogEntry['kind'],
  count: number | null,
  release: number,
  diskBytes: number,
): CatalogEntry {
  const shop = `${'5f2a9c41d07be833'.repeat(4)}/${path.split('/').pop()}`;
  const feedback = { shop, name, address: 'https://events.nordlicht.example' };
  return { path, name, kind, products: count, release, diskBytes, current: false, sync: null, feedback };
}

function sync(host: string, age: number): CatalogSync {
  const at = Date.now() - age;
  return {
    host,
    fingerprint,
    published: at,
    synced: at,
    checked: at,
    staleDays: null,
    keysDays: null,
    problem: null,
    wantedModel: null,
    progress: null,
  };
}

function stale(days: number): CatalogSync {
  const problem = problemOf({ code: 'offline', message: 'error sending request' });
  return {
    ...sync('catalog.gruenzeug.example', days * 24 * hour),
    staleDays: days,
    keysDays: days < 30 ? 30 - days : 0,
    problem,
  };
}

const pathOf = (host: string) => `/data/catalogs/${host}`;

function readLink(link: string): [URL, string | null] {
  try {
    const outer = new URL(link);
    const inner = outer.protocol === 'knytt:' ? outer.searchParams : null;
    const url = new URL(inner ? (inner.get('url') ?? '') : link);
    if (url.protocol === 'https:' || url.protocol === 'http:') return [url, inner?.get('root') ?? null];
  } catch {
    // `fail` below reports the bad link.
  }
  return fail('bad_link', `${link} is no link to a catalogue.`);
}
