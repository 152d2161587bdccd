// A client without a backend, the same every time: for development, screenshots and tests.
// The page's address scripts it: ?mock&latency=200&fail=search:internal,cameras:camera_none&theme=dark
// &language=ar&hint=0&camera=native&catalog=none&stale=12&sync=hold&link=https://shop.example
// &model=pictures: the model knows pictures only

import type { Client } from '../client';
import { ClientError } from '../client';
import { fail, problemOf } from '../problem';
import type { Card } from '../generated/Card';
import type { CatalogEntry } from '../generated/CatalogEntry';
import type { HistoryEntry } from '../generated/HistoryEntry';
import type { Language } from '../generated/Language';
import type { LiveFrame } from '../generated/LiveFrame';
import type { Opened } from '../generated/Opened';
import type { Problem } from '../generated/Problem';
import type { SearchRequest } from '../generated/SearchRequest';
import type { Settings } from '../generated/Settings';
import type { Start } from '../generated/Start';
import type { Theme } from '../generated/Theme';
import { mockCamera } from './camera';
import { MockCatalogs, mockLink } from './catalogs';
import { drawProduct } from './draw';
import { MockModels } from './models';
import { MockPictures } from './pictures';
import { byId } from './products';
import { cardOf, neighbours, search } from './search';
import type { Shopper } from './search';
import { MockTaste } from './taste';
import type { Signal } from './taste';
import { licenceText } from './licences';
import { drawLook, mockLooks } from './looks';

export function mockClient(params = new URLSearchParams()): Client {
  const latency = Number(params.get('latency') ?? 25);
  const failures = new Map(
    (params.get('fail') ?? '')
      .split(',')
      .filter(Boolean)
      .map((f) => f.split(':') as [string, string]),
  );
  const pictures = new MockPictures();
  const catalogs = new MockCatalogs(params, Math.max(latency, 1) * 4);
  const models = new MockModels(params, Math.max(latency, 1) * 4, () => catalogs.renew());
  const favourites = new Set<string>();
  const dismissed = new Set<string>();
  const taste = new MockTaste();
  const images = new Map<string, string>();
  let history: (HistoryEntry & { url: string | null; picture: string | null })[] = [];
  let newest = 0;
  let told = false;
  let frames = 0;
  let template: SearchRequest | null = null;
  let settings: Settings = {
    language: (params.get('language') ?? 'system') as Language,
    theme: (params.get('theme') ?? 'system') as Theme,
    consents: [],
    keepHistory: true,
    personal: true,
    hintSeen: params.get('hint') === '0',
    device: params.get('model') === 'moved' ? 'gpu:0' : 'cpu',
    camera: null,
  };
  const native = params.get('camera') === 'native';
  const textsOnly = params.get('model') === 'pictures';

  function start(): Start {
    const open = catalogs.list.find(({ current }) => current);
    return { ...common(), catalog: open ? summaryOf(open) : null, problem: open ? null : unopened };
  }

  const unopened: Problem = { code: 'no_catalog', message: 'No catalogue in /home/you/Knytt' };
  const summaryOf = ({ name, products, release }: CatalogEntry) => ({
    id: name,
    products: products ?? 0,
    release,
  });
  /** The link or words that the app was started with; only the first call returns them. */
  function opened(): Opened | null {
    const [link, words] = told ? [null, null] : [params.get('link'), params.get('open')];
    told = true;
    if (link !== null) return { kind: 'catalog', link };
    return words === null ? null : { kind: 'words', words };
  }

  const common = (): Omit<Start, 'catalog' | 'problem'> => ({
    version: '0.1.0',
    catalogs: catalogs.list,
    model: models.summary(settings.device),
    settings: { ...settings },
    capabilities: {
      nativeCamera: native,
      screen: true,
      clipboard: true,
      openCatalog: true,
      addCatalog: true,
    },
    opened: opened(),
  });

  async function answer<T>(name: string, value: () => T | Promise<T>, wait = latency): Promise<T> {
    await new Promise((done) => setTimeout(done, wait));
    const code = failures.get(name);
    if (code) {
      // A failure with a count of 1 ("internal*1") happens only once.
      const [kind, times] = code.split('*');
      if (times === '1') failures.delete(name);
      throw new ClientError(problemOf({ code: kind, message: `Scripted failure of ${name}.` }));
    }
    return value();
  }

  /** The mock sends no events, so with consent each search of the history counts as waiting. */
  const waiting = () => history.length;

  const productOf = (id: string) => byId.get(id) ?? fail('not_found', `No product ${id}.`);
  const card = (id: string): Card => cardOf(productOf(id), favourites.has(id));

  const shopper = (): Shopper => ({
    favourites,
    dismissed,
    taste: settings.personal ? (p) => taste.of(p) : null,
  });
  const learn = (id: string, signal: Signal) => {
    if (settings.personal) taste.learn(productOf(id), signal);
  };

  function find(request: SearchRequest) {
    if (request.ticket < newest) fail('superseded', `${request.ticket} < ${newest}`);
    const image = request.picture ? pictures.look(request.picture.id, request.picture.region) : null;
    const answer = search(request, image, shopper());
    const { words, without } = answer.understood;
    if (textsOnly && (words || without.length)) answer.understood.texts_only = true;
    return answer;
  }

  function remember(request: SearchRequest, best: string) {
    const { words, picture, like } = request;
    if (!settings.keepHistory || (!words.trim() && !picture && !like)) return;
    const last = history.at(-1);
    // While the shopper types, the new words replace the last entry: one search is one entry.
    const same = last && last.picture === (picture?.id ?? null) && last.like === like;
    const typing = same && (words.startsWith(last.words) || last.words.startsWith(words));
    if (typing) history = history.slice(0, -1);
    const url = picture ? (pictures.get(picture.id)?.url ?? null) : null;
    history = [
      ...history,
      {
        id: `h${Date.now()}-${history.length}`,
        at: Date.now(),
        words,
        hasPicture: url !== null,
        like,
        filters: request.filters,
        best,
        url,
        picture: picture?.id ?? null,
      },
    ];
  }

  const settle = (request: SearchRequest): LiveFrame => {
    frames++;
    if (frames % 12 < 3) return { state: 'moving', response: null };
    if (frames % 12 < 4) return { state: 'blurred', response: null };
    if (frames % 12 !== 6) return { state: 'stable', response: null };
    const seen = pictures.ofProduct(productOf('p017'));
    return {
      state: 'stable',
      response: search(
        { ...request, picture: { id: seen.id, region: null } },
        pictures.look(seen.id, null),
        shopper(),
      ),
    };
  };

  return {
    place: params.get('place') === 'shop' ? 'shop' : 'device',
    start: () => answer('start', start),
    onOpened: () => () => undefined,

    search(request) {
      newest = Math.max(newest, request.ticket);
      return answer('search', () => {
        const found = find(request);
        remember(request, found.hits[0]?.card.title ?? '');
        return found;
      });
    },
    product: (id) =>
      answer('product', () => {
        const p = productOf(id);
        const { similar, goesWith, cheaper, otherColors } = neighbours(p);
        learn(id, 'viewed');
        return {
          card: card(id),
          description: `${p.title} by ${p.brand}. Made of ${p.material.toLowerCase()}, cut for every day and meant to be kept for years.`,
          sizes: p.sizes,
          variants: p.sizes.map((size, i) => ({
            id: `${p.id}-${size}`,
            color: '',
            size,
            price: card(id).price,
            salePrice: card(id).salePrice,
            availability: (p.number + i) % 4 === 3 ? 'out_of_stock' : p.availability,
          })),
          isCategoryGuessed: false,
          shades: [{ name: p.color.toLowerCase(), hex: p.hex }],
          pattern: null,
          facts: [
            { name: 'material', value: p.material },
            { name: 'pattern', value: p.pattern },
            { name: 'care', value: 'Wash cold, dry flat' },
            { name: 'origin', value: 'Portugal' },
          ],
          hasLink: true,
          otherColors: otherColors.map((s) => card(s.id)),
          similar: similar.map((s) => card(s.id)),
          cheaper: cheaper.map((s) => card(s.id)),
          goesWith: goesWith.map((s) => card(s.id)),
        };
      }),
    productImage(id) {
      const drawn = images.get(id) ?? drawProduct(productOf(id));
      images.set(id, drawn);
      return drawn;
    },
    looks: () => answer('looks', () => mockLooks(Number(params.get('looks') ?? 0), card)),
    lookImage: drawLook,
    openInShop: (id) => answer('open_in_shop', () => learn(id, 'bought')),

    addPicture: (bytes, name) => answer('add_picture', () => pictures.fromBytes(bytes, name)),
    addPictureFromUrl: (url) => answer('add_picture_from_url', () => pictures.fromUrl(url)),
    dropPicture: (id) => answer('drop_picture', () => pictures.drop(id)),
    pictureUrl: (id) => pictures.get(id)?.url ?? '',
    captureScreen: () => answer('capture_screen', () => pictures.scene()),
    pasteFromClipboard: () =>
      answer('paste_from_clipboard', () => (params.has('clipboard') ? pictures.scene() : null)),

    cameras: () =>
      answer('cameras', () => [
        { id: 'front', name: 'Integrated camera' },
        { id: 'usb', name: 'USB camera' },
      ]),
    openCamera: (request, onFrame, onEvent) =>
      answer('open_camera', async () => {
        const lost = failures.get('camera');
        if (lost)
          setTimeout(
            () => onEvent({ kind: 'failed', problem: problemOf({ code: lost, message: 'Scripted.' }) }),
            600,
          );
        if (request.codes) setTimeout(() => onEvent({ kind: 'code', text: mockLink }), latency * 40);
        const live = request.live ? () => settle(template ?? fail('bad_query', 'No live query.')) : null;
        return mockCamera(productOf('p017'), live, onFrame, onEvent, () =>
          answer('capture_frame', () => pictures.ofProduct(productOf('p017'))),
        );
      }),
    liveFrame: (_jpeg, request) => answer('live_frame', () => settle(request)),
    setLiveQuery: (request) => answer('set_live_query', () => void (template = request), 0),

    favourites: () => answer('favourites', () => [...favourites].reverse().map(card)),
    setFavourite: (id, on) =>
      answer('set_favourite', () => {
        if (favourites.has(id) !== on) learn(id, on ? 'kept' : 'dropped');
        if (on) favourites.add(id);
        else favourites.delete(id);
      }),
    dismiss: (id, on) =>
      answer('dismiss', () => {
        const known = dismissed.has(id);
        if (on) dismissed.add(id);
        else dismissed.delete(id);
        if (on && !known) learn(id, 'dismissed');
        else if (!on) taste.unlearn(productOf(id), 'dismissed');
      }),
    personal: () =>
      answer('personal', () => ({
        taste: taste.learned(),
        waiting: settings.consents.length > 0 ? waiting() : 0,
      })),
    forgetTaste: () => answer('forget_taste', () => taste.forget()),
    history: () =>
      answer('history', () => history.map(({ url: _url, picture: _picture, ...entry }) => entry)),
    historyImage: (id) => history.find((h) => h.id === id)?.url ?? '',
    pictureFromHistory: (id) =>
      answer('picture_from_history', () => {
        const kept = pictures.get(history.find((h) => h.id === id)?.picture ?? '');
        return kept?.picture ?? fail('not_found', `No picture of ${id}.`);
      }),
    forgetHistory: (id) =>
      answer('forget_history', () => {
        history = id === null ? [] : history.filter((h) => h.id !== id);
      }),

    cards: (ids) => answer('cards', () => ids.filter((id) => byId.has(id)).map(card)),
    shareToClipboard: (id) => answer('share_to_clipboard', () => void productOf(id)),
    shareToFile: (id) => answer('share_to_file', () => productOf(id) !== null),

    saveSettings: (wanted) => answer('save_settings', () => void (settings = { ...wanted }), 0),
    storageUse: () =>
      answer('storage_use', () => ({ catalog: 48_200_000, model: 86_400_000, personal: 21_000 })),
    measureModel: () =>
      answer('measure_model', () => ({ image: 18.4, text: textsOnly ? null : 6.2 }), latency * 20),
    deleteMyData: () =>
      answer('delete_my_data', () => {
        favourites.clear();
        dismissed.clear();
        taste.forget();
        history = [];
        settings = { ...settings, consents: [], hintSeen: false };
      }),
    openCatalog: (path) =>
      answer('open_catalog', () => {
        catalogs.open(path ?? catalogs.list[0]!.path);
        return start();
      }),

    catalogs: () => answer('catalogs', () => catalogs.list),
    onCatalogs: (heard) => catalogs.listen(heard),
    inspectCatalog: (link) => answer('inspect_catalog', () => catalogs.inspect(link), latency * 4),
    addCatalog: (link) => answer('add_catalog', () => catalogs.add(link)),
    updateCatalog: (path) => answer('update_catalog', () => catalogs.update(path)),
    cancelUpdate: (path) => answer('cancel_update', () => catalogs.cancel(path)),
    removeCatalog: (path) =>
      answer('remove_catalog', () => {
        catalogs.remove(path);
        return start();
      }),
    readCode: () => answer('read_code', () => mockLink),
    readCodeOf: () => answer('read_code_of', () => mockLink),

    models: {
      list: () => answer('models', () => models.list(settings.device)),
      offer: (name) => answer('offer_model', () => models.offer(name), latency * 4),
      get: (name) => answer('get_model', () => models.begin('get', name)),
      measure: (name) => answer('measure_precisions', () => models.begin('measure', name)),
      plan: (name) => answer('plan_reembedding', () => models.plan(name), latency * 4),
      reembed: (name) => answer('reembed', () => models.begin('reembed', name)),
      discard: () =>
        answer('discard_reembedding', () => {
          models.discard();
          return models.list(settings.device);
        }),
      remove: (name) =>
        answer('remove_model', () => {
          models.remove(name);
          return models.list(settings.device);
        }),
      cancel: () => answer('cancel_model_work', () => models.cancel(), 0),
      onEvents: (heard) => models.listen(heard),
    },

    licences: () => answer('licences', () => licenceText),
  };
}
