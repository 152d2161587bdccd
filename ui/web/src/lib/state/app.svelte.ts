// The whole state of one window: this class creates its parts and connects them.

import { getContext, setContext } from 'svelte';
import type { Client } from '../api/client';
import type { Card } from '../api/generated/Card';
import type { CatalogEvent } from '../api/generated/CatalogEvent';
import type { CatalogSummary } from '../api/generated/CatalogSummary';
import type { Hit } from '../api/generated/Hit';
import type { ModelSummary } from '../api/generated/ModelSummary';
import type { Opened } from '../api/generated/Opened';
import type { Problem } from '../api/generated/Problem';
import type { Start } from '../api/generated/Start';
import { isQuiet, problemOf } from '../api/problem';
import { isolated } from '../i18n/format';
import { t } from '../i18n/i18n.svelte';
import { explainAt, problemText } from '../i18n/problems';
import { AccountState } from './account.svelte';
import { AddCatalog } from './add-catalog.svelte';
import { CameraState } from './camera.svelte';
import { Catalogs } from './catalogs.svelte';
import { Compare } from './compare.svelte';
import { Library } from './library.svelte';
import type { ModelsState } from './models.svelte';
import { Notices } from './notices.svelte';
import { Router } from './router.svelte';
import { SearchSession } from './session.svelte';
import { SettingsState } from './settings.svelte';

export class App {
  start = $state.raw<Start | null>(null);
  problem = $state.raw<Problem | null>(null);
  readonly router = new Router();
  readonly notices = new Notices();
  readonly compare = new Compare();
  readonly settings: SettingsState;
  readonly library: Library;
  readonly session: SearchSession;
  readonly camera: CameraState;
  readonly catalogs: Catalogs;
  readonly adding: AddCatalog;
  /** Where models are on this device: `followModels` gives it. */
  models = $state.raw<ModelsState | null>(null);
  /** Where the shop keeps accounts. */
  readonly account: AccountState | null;
  /** Opens the system's file dialog; the search bar's file input answers it. */
  pickFiles: () => void = () => undefined;
  /** The product whose rank the dialog explains, and its hit if it is one. */
  asked = $state.raw<{ card: Card; hit: Hit | null } | null>(null);
  /** Counts the catalogues that were opened: another one may have a product of the same id. */
  turns = $state(0);
  /** Whether the search was shown: who opens a product's page by its address does not see it at first. */
  searchShown = $state(false);
  /** Whether the first products are asked for when the search is shown. */
  #productsWait = false;
  /** Whether the cropper is shown large. */
  enlarged = $state(false);

  /** The name of the open catalogue. */
  get openName(): string {
    return this.catalogs.current?.name ?? this.start?.catalog?.id ?? '';
  }

  constructor(readonly client: Client) {
    explainAt(client.place);
    this.settings = new SettingsState(client, this.tell);
    this.library = new Library(client, this.tell);
    this.session = new SearchSession(client, this.tell);
    this.session.words = client.wordsNow?.() ?? '';
    this.camera = new CameraState(client, this.session, this.settings);
    this.catalogs = new Catalogs(client, this.tellOfCatalog);
    this.adding = new AddCatalog(client, (path) => void this.openCatalog(path));
    this.account = client.account ? new AccountState(client.account, () => this.#others()) : null;
  }

  /** Shows a notice for a failure that no part of the screen shows. */
  readonly tell = (problem: Problem): void => {
    if (!isQuiet(problem)) this.notices.say(problemText(problem), 'bad');
  };

  readonly tellOfCatalog = (problem: Problem): void => {
    if (!isQuiet(problem)) this.notices.say(problemText(problem, 'catalog'), 'bad');
  };

  async begin(): Promise<void> {
    this.problem = null;
    try {
      await this.take(await this.client.start());
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  async take(start: Start): Promise<void> {
    this.camera.native = start.capabilities.nativeCamera;
    await this.settings.take(start.settings);
    this.start = start;
    this.catalogs.list = start.catalogs;
    this.problem = start.catalog ? null : (start.problem ?? { code: 'no_catalog', message: '' });
    if (start.catalog) {
      if (start.problem) this.tell(start.problem);
      if (start.model?.notice) this.moved(start.model);
      const missing = start.model?.missingClassifier;
      if (missing) this.notices.say(t('models.unjudged', { name: isolated(missing) }), 'bad');
      const category = this.client.servedCategory?.();
      if (category) this.session.filters = { category: [category] };
      // A product's page is whole without them, and sooner there.
      this.#productsWait = this.router.route.name === 'product';
      if (!this.#productsWait) this.session.changed();
    }
    // Without a catalogue, only a link to one is of use.
    if (start.opened && (start.catalog || start.opened.kind === 'catalog')) this.opened(start.opened);
  }

  /** The search is shown: its first products are asked for, unless others were. */
  showSearch(): void {
    this.searchShown = true;
    if (this.#productsWait && !this.session.busy) this.session.changed();
    this.#productsWait = false;
  }

  opened(opened: Opened): void {
    if (opened.kind === 'picture') {
      this.router.go({ name: 'search' });
      this.session.pictures.add(opened.picture);
    } else if (opened.kind === 'words') {
      this.router.go({ name: 'search' });
      this.session.setWords(opened.words);
    } else if (opened.kind === 'product') this.router.go({ name: 'product', id: opened.id });
    else if (opened.kind === 'catalog') this.addCatalog(opened.link);
    else this.tell(opened.problem);
  }

  addCatalog(link = ''): void {
    // Only one camera may run: the dialog has one of its own.
    void this.camera.close();
    this.adding.begin(link);
  }

  /** Handles catalogue events: a changed list, new products in the open catalogue, ended updates. */
  heard(event: CatalogEvent): void {
    this.catalogs.hear(event);
    if (event.kind === 'renewed') this.#renew(event.catalog);
    else if (event.kind === 'ended' && !this.adding.hear(event)) this.#ended(event);
  }

  /** Says that the model runs on another device than the shopper chose. */
  moved(model: ModelSummary): void {
    if (this.start) this.start = { ...this.start, model };
    this.notices.say(t('models.moved'), 'bad');
  }

  #renew(catalog: CatalogSummary): void {
    if (!this.start) return;
    this.start = { ...this.start, catalog };
    // Results of a query stay until the next query. While browsing, new products show at once.
    if (!this.session.asks && !this.session.live) void this.session.run(false);
  }

  #ended({ path, name, asked, first, release, problem }: CatalogEvent & { kind: 'ended' }): void {
    if (problem) return asked ? this.tellOfCatalog(problem) : undefined;
    if (first && !this.start?.catalog) return void this.openCatalog(path);
    if (first) this.notices.say(t('catalogs.ready', { name }));
    else if (asked && release !== null) this.notices.say(t('catalogs.renewed', { name, number: release }));
    else if (asked) this.notices.say(t('catalogs.upToDate', { name }));
  }

  async removeCatalog(path: string): Promise<boolean> {
    const was = this.catalogs.of(path);
    const start = await this.catalogs.remove(path);
    if (!start) return false;
    if (was?.current) {
      this.#leave();
      await this.take(start);
    } else this.catalogs.list = start.catalogs;
    return true;
  }

  /** The favourites of this device are others now: what is shown of them is read anew. */
  #others(): void {
    this.library.forgetHere();
    if (this.router.route.name === 'favourites') void this.library.loadFavourites();
    if (this.start?.catalog && !this.session.live) void this.session.run(false);
  }

  #leave(): void {
    // In another catalogue of a shop the question stays: it may have what this one lacks.
    if (this.client.place === 'shop') this.session.turn();
    else this.session.clear();
    this.compare.clear();
    this.library.forgetHere();
    this.asked = null;
  }

  moreLike(card: Card): void {
    this.session.moreLike(card);
    this.router.go({ name: 'search' });
    window.scrollTo({ top: 0 });
  }

  /** Mixes a product into the query: more like it, or less. */
  mixIn(card: Card, weight: number): void {
    if (!this.session.mixIn(card, weight)) return this.notices.say(t('mix.full'));
    this.router.go({ name: 'search' });
  }

  /** "Not for me": hides the product at once, and offers to undo that. */
  async dismiss(card: Card): Promise<void> {
    this.session.drop(card.id);
    const undo = () => void this.#dismissed(card, false);
    this.notices.say(t('dismiss.done'), 'calm', { label: t('dismiss.undo'), run: undo });
    await this.#dismissed(card, true);
  }

  async #dismissed(card: Card, on: boolean): Promise<void> {
    try {
      await this.client.dismiss(card.id, on);
    } catch (thrown) {
      this.tell(problemOf(thrown));
    }
    await this.session.run(false);
  }

  async captureScreen(): Promise<void> {
    this.router.go({ name: 'search' });
    await this.session.pictures.addFrom('', () => this.client.captureScreen());
    // A screen shows many things, so the cropper opens for the shopper to choose one.
    this.enlarged = this.session.pictures.active?.picture != null;
  }

  async openCatalog(path: string | null): Promise<boolean> {
    if (path !== null && this.client.followAddress) {
      const { route } = this.router;
      // What is shown of one product, or of several, is of the catalogue that is left.
      const isOfOne = route.name === 'product' || route.name === 'compare';
      this.router.turn({ catalog: path }, isOfOne ? { name: 'search' } : route);
    }
    return this.#turn(() => this.client.openCatalog(path));
  }

  /** Back or forward led to an address: it may be of another catalogue. */
  async followAddress(): Promise<void> {
    const start = this.client.followAddress?.();
    if (start) await this.#turn(() => start);
  }

  async #turn(open: () => Promise<Start | null>): Promise<boolean> {
    try {
      const start = await open();
      if (!start) return false;
      this.#leave();
      this.turns++;
      await this.take(start);
      const { name } = this.router.route;
      if (name === 'favourites') void this.library.loadFavourites();
      if (name === 'history') void this.library.loadHistory();
      return true;
    } catch (thrown) {
      this.tell(problemOf(thrown));
      return false;
    }
  }
}

const key = Symbol('app');
export const provideApp = (app: App): App => setContext(key, app);
export const useApp = (): App => getContext<App>(key);
