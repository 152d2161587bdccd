// Events that wait to be sent to `POST /api/v1/feedback`. They are in memory alone: nothing of them stays in the
// browser when the page is left.

import { random } from './uuid';

/** An event as it is sent: the fields of GA4 stand beside these. */
export interface Told {
  id: string;
  atMs: number;
  /** The token of the answer that led here. */
  token?: string;
  name: string;
  [field: string]: unknown;
}

/** Delay in ms from the first event of a batch until it is sent. What a later search replaces is often not sent at all. */
export const pause = 10_000;
/** Events that are sent at once, without waiting for more. */
const many = 50;
/** Events of one request. Browsers send at most 64 KiB when a page is left. */
const mostSent = 100;
const mostBytes = 48_000;
/** Events that wait while the shop cannot be reached; the oldest are dropped. */
const mostWaiting = 500;
/** Delay in ms before a failed batch is tried again: it doubles each time up to the longest. */
const [firstRetry, longestRetry] = [5_000, 300_000];

export interface QueueOptions {
  /** The address of `/api/v1/feedback`. */
  address: string;
  /** The catalogue, where the shop searches several. */
  catalog?: () => string | null;
  fetch?: typeof fetch;
}

/** Collects events of one visit and sends them in batches; the page never waits for it. */
export class FeedbackQueue {
  /** Made anew with each page, and kept nowhere. */
  readonly visit = random();
  #waiting: Told[] = [];
  /** Ids of the events of the request that runs. */
  #sent = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #retry = firstRetry;

  constructor(private readonly options: QueueOptions) {
    // A page that is hidden may be ended without another event.
    globalThis.document?.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') this.leave();
    });
    globalThis.addEventListener?.('pagehide', () => this.leave());
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(events: Told[]): void {
    if (events.length === 0) return;
    this.#waiting.push(...events);
    if (this.#waiting.length > mostWaiting) this.#waiting.splice(0, this.#waiting.length - mostWaiting);
    if (this.#waiting.length >= many && this.#retry === firstRetry) this.#after(0);
    else if (this.#timer === null) this.#after(pause);
  }

  /** Takes events back that later ones replace, unless they are sent already. */
  retract(ids: string[]): void {
    this.#waiting = this.#waiting.filter(({ id }) => !ids.includes(id) || this.#sent.has(id));
  }

  /** Drops all that waits: the shopper takes the consent back. */
  clear(): void {
    this.#waiting = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Sends what waits, in the background. */
  async flush(): Promise<void> {
    if (this.#sent.size > 0) return;
    const batch = this.#take(this.#waiting);
    if (batch.length === 0) return;
    this.#sent = new Set(batch.map(({ id }) => id));
    const outcome = await this.#post(batch);
    const isDone = outcome !== 'later';
    if (isDone) this.#waiting = this.#waiting.filter(({ id }) => !this.#sent.has(id));
    this.#sent.clear();
    const next = isDone ? 0 : this.#retry;
    this.#retry = isDone ? firstRetry : Math.min(longestRetry, this.#retry * 2);
    if (this.#waiting.length > 0) this.#after(isDone && this.#waiting.length < many ? pause : next);
  }

  /** Sends all that waits now: the page may be gone at once. A request that runs goes on without the page. */
  leave(): void {
    let left = this.#waiting.filter(({ id }) => !this.#sent.has(id));
    while (left.length > 0) {
      const batch = this.#take(left);
      left = left.slice(batch.length);
      const body = this.#body(batch);
      // A beacon to another site would take cookies along.
      const isTaken = this.#isOwn && navigator.sendBeacon?.(this.options.address, body);
      if (!isTaken) void this.#post(batch);
    }
    this.#waiting = this.#waiting.filter(({ id }) => this.#sent.has(id));
  }

  /** Whether the shop is the page's own. */
  get #isOwn(): boolean {
    return new URL(this.options.address, location.href).origin === location.origin;
  }

  /** The first events that fit into one request. */
  #take(events: Told[]): Told[] {
    let bytes = 0;
    const end = events.findIndex((event, at) => {
      bytes += JSON.stringify(event).length;
      return at === mostSent || (at > 0 && bytes > mostBytes);
    });
    return events.slice(0, end < 0 ? events.length : end);
  }

  #body(events: Told[]): string {
    const catalog = this.options.catalog?.() ?? null;
    return JSON.stringify({ ...(catalog === null ? {} : { catalog }), visit: this.visit, events });
  }

  /** `later` if it may work another time; what the shop refuses would be refused again. */
  async #post(events: Told[]): Promise<'taken' | 'refused' | 'later'> {
    // The type of a plain text: with another one, browsers ask the server of another site first.
    const headers = { 'content-type': 'text/plain' };
    const init: RequestInit = {
      method: 'POST',
      headers,
      body: this.#body(events),
      keepalive: true,
      // Who is signed in is nothing that events say.
      credentials: 'omit',
    };
    const answer = await (this.options.fetch ?? fetch)(this.options.address, init).catch(() => null);
    if (!answer || answer.status === 429 || answer.status >= 500) return 'later';
    return answer.ok ? 'taken' : 'refused';
  }

  #after(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.flush();
    }, ms);
  }
}
