// Everything that one window knows, put together.

import { getContext, setContext } from 'svelte';
import type { Client } from '../api/client';
import type { Card } from '../api/generated/Card';
import type { Opened } from '../api/generated/Opened';
import type { Problem } from '../api/generated/Problem';
import type { Start } from '../api/generated/Start';
import { isQuiet, problemOf } from '../api/problem';
import { problemText } from '../i18n/problems';
import { CameraState } from './camera.svelte';
import { Compare } from './compare.svelte';
import { Library } from './library.svelte';
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
  /** Opens the system's file dialog; the search bar's file input answers it. */
  pickFiles: () => void = () => undefined;
  /** Whether the cropper is shown large. */
  enlarged = $state(false);

  constructor(readonly client: Client) {
    this.settings = new SettingsState(client, this.tell);
    this.library = new Library(client, this.tell);
    this.session = new SearchSession(client, this.tell);
    this.camera = new CameraState(client, this.session, this.settings);
  }

  /** Says a failure that has no place of its own on the screen. */
  readonly tell = (problem: Problem): void => {
    if (!isQuiet(problem)) this.notices.say(problemText(problem), 'bad');
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
    this.problem = start.catalog ? null : (start.problem ?? { code: 'no_catalog', message: '' });
    if (!start.catalog) return;
    if (start.problem) this.tell(start.problem);
    this.session.changed();
    if (start.opened) this.opened(start.opened);
  }

  opened(opened: Opened): void {
    if (opened.kind === 'picture') {
      this.router.go({ name: 'search' });
      this.session.pictures.add(opened.picture);
    } else if (opened.kind === 'words') {
      this.router.go({ name: 'search' });
      this.session.setWords(opened.words);
    } else if (opened.kind === 'product') this.router.go({ name: 'product', id: opened.id });
    else this.tell(opened.problem);
  }

  moreLike(card: Card): void {
    this.session.moreLike(card);
    this.router.go({ name: 'search' });
    window.scrollTo({ top: 0 });
  }

  async captureScreen(): Promise<void> {
    this.router.go({ name: 'search' });
    await this.session.pictures.addFrom('', () => this.client.captureScreen());
    // A screen shows many things: the next step is to choose one of them.
    this.enlarged = this.session.pictures.active?.picture != null;
  }

  async openCatalog(path: string | null): Promise<boolean> {
    try {
      const start = await this.client.openCatalog(path);
      if (!start) return false;
      this.session.clear();
      this.compare.clear();
      this.library.forgetHere();
      await this.take(start);
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
