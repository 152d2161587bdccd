import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mockClient } from '../../src/lib/api/mock';
import { ago } from '../../src/lib/i18n/format';
import { i18n } from '../../src/lib/i18n/i18n.svelte';
import { problemText } from '../../src/lib/i18n/problems';
import { App } from '../../src/lib/state/app.svelte';

const pinned = `knytt://catalog?url=https%3A%2F%2Fshop.example%2Fc&root=${'0f'.repeat(32)}`;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { documentElement: { dataset: {} } });
  vi.stubGlobal('navigator', { languages: ['en'] });
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = (millis = 400) => vi.advanceTimersByTimeAsync(millis);

async function make(query = '') {
  const client = mockClient(new URLSearchParams(`latency=5&hint=0&${query}`));
  const app = new App(client);
  app.router.go = () => undefined;
  client.onCatalogs((event) => app.heard(event));
  void app.begin();
  await settle();
  return { app, client, said: () => app.notices.list.map(({ text }) => text) };
}

describe('adding a catalogue', () => {
  it('shows what a link leads to, and why it is trusted, before it downloads', async () => {
    const { app } = await make();
    app.addCatalog(pinned);
    expect(app.adding.step).toBe('looking');
    await settle();
    expect(app.adding.step).toBe('offer');
    expect(app.adding.offer).toMatchObject({ host: 'shop.example', trust: 'pinned', encrypted: true });
    app.adding.back();
    app.adding.link = ' https://shop.example/c ';
    void app.adding.look();
    await settle();
    expect(app.adding.offer?.trust).toBe('first_use');
    expect(app.catalogs.list).toHaveLength(3);
  });

  it('tells the download, opens what came, and is gone', async () => {
    const { app } = await make();
    app.addCatalog(pinned);
    await settle();
    void app.adding.accept();
    await settle(100);
    const { path } = app.adding;
    expect(app.catalogs.of(path!)?.sync?.progress).toMatchObject({ phase: 'downloading' });
    expect(app.catalogs.coming?.path).toBe(path);
    await settle(1000);
    expect(app.adding.shown).toBe(false);
    expect(app.start?.catalog?.id).toBe('Nordlicht Outdoor');
    expect(app.openName).toBe('Nordlicht Outdoor');
  });

  it('goes on in the background, and says when it is there', async () => {
    const { app, said } = await make();
    app.addCatalog(pinned);
    await settle();
    void app.adding.accept();
    await settle(50);
    app.adding.close();
    await settle(1000);
    expect(said().join()).toContain('Nordlicht Outdoor is ready');
    expect(app.openName).toBe('Knytt sample shop');
  });

  it('opens the first catalogue by itself', async () => {
    const { app } = await make('catalog=none');
    expect(app.problem?.code).toBe('no_catalog');
    app.addCatalog(pinned);
    await settle();
    void app.adding.accept();
    await settle(50);
    app.adding.close();
    await settle(1000);
    expect(app.problem).toBeNull();
    expect(app.openName).toBe('Nordlicht Outdoor');
  });

  it('keeps a failed download to go on with', async () => {
    const { app } = await make('sync=offline');
    app.addCatalog(pinned);
    await settle();
    void app.adding.accept();
    await settle(1000);
    expect(app.adding.problem?.code).toBe('offline');
    void app.adding.again();
    await settle(50);
    expect(app.adding.problem).toBeNull();
    void app.catalogs.cancel(app.adding.path!);
    await settle(50);
    expect(app.adding.problem?.code).toBe('cancelled');
  });

  it.each([
    ['shop.example', 'bad_link'],
    ['http://shop.example/c', 'insecure'],
  ])('refuses %s', async (link, code) => {
    const { app } = await make();
    app.addCatalog(link);
    await settle();
    expect(app.adding).toMatchObject({ step: 'ask', link });
    expect(app.adding.problem?.code).toBe(code);
  });

  it('follows the code of a picture, and says when there is none', async () => {
    const { app, client } = await make();
    const file = { name: 'code.png', type: 'image/png', arrayBuffer: async () => new ArrayBuffer(3) };
    const take = () => app.adding.take({ files: [file as unknown as File], url: null, text: '' });
    app.addCatalog();
    void take();
    await settle();
    expect(app.adding.offer?.host).toBe('catalog.nordlicht.example');
    client.readCode = async () => null;
    void take();
    await settle();
    expect(app.adding.problem?.code).toBe('no_code');
    void app.adding.take({ files: [], url: null, text: pinned });
    await settle();
    expect(app.adding.offer?.host).toBe('shop.example');
  });

  it('hears no answer to an older question', async () => {
    const { app } = await make();
    app.addCatalog(pinned);
    app.adding.close();
    await settle();
    expect(app.adding.offer).toBeNull();
  });

  it('knows what is here already', async () => {
    const { app } = await make();
    app.addCatalog(pinned);
    await settle();
    void app.adding.accept();
    await settle(1000);
    app.addCatalog(pinned);
    await settle();
    expect(app.adding.offer?.known).toBe(app.catalogs.current?.path);
  });

  it('is asked for by a link from outside, even without a catalogue', async () => {
    const { app } = await make(`catalog=none&link=${encodeURIComponent(pinned)}`);
    expect(app.adding.offer?.host).toBe('shop.example');
  });
});

describe('the catalogues on this device', () => {
  const green = '/data/catalogs/green';

  it('are updated when asked, and say how it ended', async () => {
    const { app, said } = await make();
    void app.catalogs.update(green);
    await settle(15);
    expect(app.catalogs.of(green)?.sync?.progress).toEqual({ phase: 'checking' });
    void app.catalogs.update(green);
    await settle(15);
    expect(said().join()).toContain('being updated already');
    await settle();
    expect(app.catalogs.of(green)?.sync?.progress).toBeNull();
    expect(said().join()).toContain('Grünzeug & Garten is up to date.');
  });

  it('fail without a word when nobody asked', async () => {
    const { app, said } = await make();
    const ended = { kind: 'ended', path: green, name: 'x', first: false, release: null } as const;
    const problem = { code: 'offline', message: '' } as const;
    app.heard({ ...ended, asked: false, problem });
    expect(said()).toEqual([]);
    app.heard({ ...ended, asked: true, problem });
    expect(said().join()).toContain('The shop cannot be reached.');
    app.heard({ ...ended, asked: true, problem: null, release: 12 });
    expect(said().join()).toContain('release 12');
  });

  it('show what is new to who looks around, and leave answers alone', async () => {
    const { app, client } = await make();
    const search = vi.spyOn(client, 'search');
    const catalog = { id: 'shop', products: 7, release: 2 };
    app.session.setWords('red');
    await settle();
    search.mockClear();
    app.heard({ kind: 'renewed', catalog });
    expect(app.start?.catalog).toEqual(catalog);
    expect(search).not.toHaveBeenCalled();
    app.session.setWords('');
    await settle();
    search.mockClear();
    const { question } = app.session;
    app.heard({ kind: 'renewed', catalog });
    await settle();
    expect(search).toHaveBeenCalledTimes(1);
    expect(app.session.question).toBe(question);
  });

  it('are removed; the open one makes room for another', async () => {
    const { app } = await make('stale=12');
    expect(app.openName).toBe('Grünzeug & Garten');
    void app.removeCatalog(green);
    await settle();
    expect(app.catalogs.of(green)).toBeNull();
    expect(app.openName).toBe('Knytt sample shop');
  });
});

describe('words', () => {
  it('say how long ago', () => {
    const now = Date.UTC(2026, 0, 20);
    const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
    expect([0, -5, 3 * minute, 3 * hour, 30 * hour, 12 * day].map((age) => ago(now - age, now))).toEqual([
      'now',
      'now',
      '3 minutes ago',
      '3 hours ago',
      'yesterday',
      '12 days ago',
    ]);
  });

  it('say what a failure means on a catalogue’s way', async () => {
    await i18n.use('en');
    const offline = { code: 'offline', message: '' } as const;
    expect(problemText(offline, 'catalog')).toContain('The shop cannot be reached.');
    expect(problemText(offline)).toContain('That needs a connection');
    const tampered = { code: 'tampered', message: '' } as const;
    expect(problemText(tampered, 'catalog')).toBe(problemText(tampered));
  });
});
