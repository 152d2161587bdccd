// The steps of adding a catalogue: a link or a code, the offer, the shopper's consent, the download.

import type { Client } from '../api/client';
import { ClientError } from '../api/client';
import type { CatalogEvent } from '../api/generated/CatalogEvent';
import type { CatalogOffer } from '../api/generated/CatalogOffer';
import type { Problem } from '../api/generated/Problem';
import { problemOf } from '../api/problem';
import type { Brought } from '../util/images';

type Step = 'ask' | 'looking' | 'offer' | 'loading';

export class AddCatalog {
  shown = $state(false);
  step = $state<Step>('ask');
  link = $state('');
  scanning = $state(false);
  /** Whether a picture is being searched for a code. */
  reading = $state(false);
  offer = $state.raw<CatalogOffer | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** The path of the catalogue that is being downloaded. */
  path = $state<string | null>(null);
  /** Counts requests, so that the answer to an older one is ignored. */
  #turn = 0;

  constructor(
    readonly client: Client,
    /** Called when the download that the shopper waited for has succeeded. */
    readonly arrived: (path: string) => void,
  ) {}

  begin(link = ''): void {
    this.#turn++;
    this.shown = true;
    this.link = link;
    this.scanning = false;
    this.reading = false;
    this.path = null;
    this.#ask();
    if (link) void this.look(link);
  }

  close(): void {
    this.#turn++;
    this.shown = false;
    this.scanning = false;
  }

  /** Returns to the step that asks for a link. */
  back(): void {
    this.#turn++;
    this.#ask();
  }

  #ask(): void {
    this.step = 'ask';
    this.offer = null;
    this.problem = null;
  }

  /** Asks what the link leads to. Nothing is trusted or kept yet. */
  async look(link = this.link): Promise<void> {
    const turn = ++this.#turn;
    this.link = link.trim();
    this.scanning = false;
    this.reading = false;
    this.problem = null;
    this.step = 'looking';
    try {
      const offer = await this.client.inspectCatalog(this.link);
      if (turn !== this.#turn) return;
      this.offer = offer;
      this.step = 'offer';
    } catch (thrown) {
      if (turn === this.#turn) this.#refuse(problemOf(thrown));
    }
  }

  /** Takes a dropped, pasted or chosen picture of a code, or a link as text. */
  async take({ files, url, text }: Brought): Promise<void> {
    if (this.step === 'loading') return;
    const picture = files.find((file) => file.type.startsWith('image/') || file.type === '');
    const link = text || url;
    if (picture)
      await this.read(async () => this.client.readCode(new Uint8Array(await picture.arrayBuffer())));
    else if (link) await this.look(link);
    else if (files.length > 0)
      this.#refuse({ code: 'no_code', message: files.map(({ name }) => name).join(', ') });
  }

  /** Reads a code with `decode`, and looks up the link in it. */
  async read(decode: () => Promise<string | null>): Promise<void> {
    const turn = ++this.#turn;
    this.#ask();
    this.scanning = false;
    this.reading = true;
    try {
      const text = await decode();
      if (turn !== this.#turn) return;
      if (text === null) throw new ClientError({ code: 'no_code', message: '' });
      await this.look(text);
    } catch (thrown) {
      if (turn === this.#turn) this.#refuse(problemOf(thrown));
    }
  }

  /** Starts the download: the shopper trusts the offer. */
  async accept(): Promise<void> {
    const { offer } = this;
    if (!offer) return;
    const turn = ++this.#turn;
    this.problem = null;
    this.step = 'loading';
    try {
      const path = await this.client.addCatalog(offer.link);
      if (turn === this.#turn) this.path = path;
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.problem = problemOf(thrown);
      this.step = 'offer';
    }
  }

  /** Resumes a download that failed or was stopped. */
  async again(): Promise<void> {
    if (!this.path) return;
    this.problem = null;
    try {
      await this.client.updateCatalog(this.path);
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  /** Handles an event; true if it ended the download that the shopper waits for. */
  hear(event: CatalogEvent): boolean {
    if (event.kind !== 'ended' || !this.shown || event.path !== this.path) return false;
    if (event.problem) {
      this.problem = event.problem;
      return true;
    }
    const { path } = event;
    this.close();
    this.arrived(path);
    return true;
  }

  #refuse(problem: Problem): void {
    this.reading = false;
    this.problem = problem;
    this.step = 'ask';
  }
}
