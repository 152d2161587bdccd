// The state of the camera panel: off, opening, on or failed; and live search while it is on.

import type { Client } from '../api/client';
import type { CameraSource } from '../api/generated/CameraSource';
import type { FrameState } from '../api/generated/FrameState';
import type { Problem } from '../api/generated/Problem';
import { fail, isQuiet, problemOf } from '../api/problem';
import type { Feed, Screens } from '../camera/feed';
import type { SearchSession } from './session.svelte';
import type { SettingsState } from './settings.svelte';

/** Most visits open no camera. */
const cameras = () => import('../camera/open');

export class CameraState {
  status = $state<'off' | 'opening' | 'on' | 'failed'>('off');
  live = $state(false);
  frameState = $state<FrameState | null>(null);
  sources = $state.raw<CameraSource[]>([]);
  source = $state('');
  problem = $state.raw<Problem | null>(null);
  capturing = $state(false);
  native = $state(false);
  readonly open = $derived(this.status !== 'off');

  #feed: Feed | null = null;
  #screens: Screens | null = null;
  /** Counts openings, so that an older camera that opens late is closed again. */
  #turn = 0;

  constructor(
    readonly client: Client,
    readonly session: SearchSession,
    readonly settings: SettingsState,
  ) {}

  /** Shows the panel. The panel calls `attach` once its canvas and video exist. */
  show(live = false): void {
    this.live = live;
    this.source = this.settings.current.camera ?? '';
    this.status = 'opening';
    if (this.#screens) void this.#start();
  }

  attach(screens: Screens): () => void {
    this.#screens = screens;
    void this.#start();
    return () => {
      this.#screens = null;
      void this.close();
    };
  }

  async choose(source: string): Promise<void> {
    this.source = source;
    void this.settings.change({ camera: source });
    await this.#start();
  }

  async setLive(live: boolean): Promise<void> {
    this.live = live;
    const feed = this.#feed;
    if (!feed?.setLive) return this.#start();
    this.frameState = null;
    this.session.live = live ? (template) => feed.ask(template) : null;
    feed.setLive(live);
    if (!live) this.session.changed();
  }

  retry(): Promise<void> {
    return this.#start();
  }

  /** Keeps the frame as the query's picture, and closes the camera. */
  async capture(): Promise<void> {
    const feed = this.#feed;
    if (!feed || this.capturing) return;
    this.capturing = true;
    try {
      const picture = await feed.capture();
      await this.close();
      this.session.pictures.add(picture);
    } catch (thrown) {
      this.#fail(problemOf(thrown));
    } finally {
      this.capturing = false;
    }
  }

  async close(): Promise<void> {
    this.#turn++;
    this.status = 'off';
    const wasLive = this.session.live !== null;
    await this.#stop();
    if (wasLive) this.session.changed();
  }

  async #start(): Promise<void> {
    const screens = this.#screens;
    if (!screens) return;
    const turn = ++this.#turn;
    this.status = 'opening';
    this.problem = null;
    this.frameState = null;
    await this.#stop();
    try {
      await this.#list();
      const feed = await this.#open(screens, turn);
      if (turn !== this.#turn) return void (await feed.stop());
      this.#feed = feed;
      this.status = 'on';
      if (this.live) this.session.live = (template) => feed.ask(template);
      // A browser tells the cameras' names only once one is open.
      if (!this.native) this.sources = await (await cameras()).webSources();
    } catch (thrown) {
      if (turn === this.#turn) this.#fail(problemOf(thrown));
    }
  }

  async #list(): Promise<void> {
    this.sources = this.native ? await this.client.cameras() : await (await cameras()).webSources();
    if (this.native && this.sources.length === 0) fail('camera_none', 'No camera is connected.');
    // The camera of the last visit may be gone.
    if (!this.sources.some(({ id }) => id === this.source)) this.source = '';
  }

  async #open(screens: Screens, turn: number): Promise<Feed> {
    const { nativeFeed, webFeed } = await cameras();
    const options = { source: this.source, live: this.live, template: () => this.session.template() };
    const make = this.native ? nativeFeed : webFeed;
    return make(this.client, options, screens, {
      started: () => undefined,
      live: (state, response) => {
        if (turn !== this.#turn) return;
        this.frameState = state;
        if (response) this.session.settle(response);
      },
      failed: (problem) => {
        if (turn === this.#turn && !isQuiet(problem)) this.#fail(problem);
      },
    });
  }

  #fail(problem: Problem): void {
    this.#turn++;
    this.problem = problem;
    this.status = 'failed';
    void this.#stop();
  }

  async #stop(): Promise<void> {
    this.session.live = null;
    const feed = this.#feed;
    this.#feed = null;
    await feed?.stop().catch(() => undefined);
  }
}
