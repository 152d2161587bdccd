// Tells the shop, with the shopper's consent, what was searched for and chosen.

import type { Answer } from '../client';
import type { Consent } from '../generated/Consent';
import type { SearchRequest } from '../generated/SearchRequest';
import type { Schemas } from '../shop/client';
import { FeedbackQueue } from '../../feedback/queue';
import { VisitEvents } from '../../feedback/visit';
import type { Question } from '../../feedback/visit';
import { readSettings, saveSettings } from './settings';

type Searched = Schemas['Searched'];

/** Catalogues for which the shop's own setting was taken over once: from then on the shopper's decides. */
const decidedKey = 'knytt-feedback-decided';
const decidedHere = new Set<string>();

export interface TellingOptions {
  queue: FeedbackQueue;
  /** The catalogue that is open. */
  open: () => Searched | null;
}

/** What a shopper can agree to; null where the shop wants no events of its pages. */
export function consentOf(catalog: Searched | null): Consent | null {
  if (!catalog || catalog.feedback === 'off') return null;
  return { shop: catalog.id, name: catalog.id, address: globalThis.location?.origin ?? '' };
}

/** Where the shop's setting says so, the consent holds until the shopper takes it back. */
export function takeOverSetting(catalog: Searched | null): void {
  const consent = consentOf(catalog);
  if (!consent || catalog?.feedback !== 'on' || wasDecided(consent.shop)) return;
  noteDecided(consent.shop);
  const settings = readSettings('');
  if (!settings.consents.some((given) => isSame(given, consent))) {
    saveSettings({ ...settings, consents: [...settings.consents, consent] });
  }
}

export function forgetDecided(): void {
  decidedHere.clear();
  try {
    localStorage.removeItem(decidedKey);
  } catch {
    // Without storage, nothing was kept.
  }
}

export class RestTelling {
  readonly #events = new VisitEvents();
  #settled = '';

  constructor(private readonly options: TellingOptions) {}

  get waiting(): number {
    return this.options.queue.waiting;
  }

  /** Whether the shopper agreed that this shop is told. */
  get may(): boolean {
    const consent = consentOf(this.options.open());
    return consent !== null && readSettings('').consents.some((given) => isSame(given, consent));
  }

  /** The settings changed: without the consent nothing waits any more. */
  check(): void {
    if (!this.may) this.forget();
  }

  /** Another catalogue is open. */
  turn(): void {
    this.options.queue.leave();
    this.#events.forget();
  }

  forget(): void {
    this.options.queue.clear();
    this.#events.forget();
  }

  answered(request: SearchRequest, answer: Answer): void {
    if (!this.may || !answer.feedbackToken) return;
    const { events, overtaken } = this.#events.answered(questionOf(request), shownOf(answer));
    this.options.queue.retract(overtaken);
    this.options.queue.add(events);
  }

  /** An answer of the live camera. It has settled once the next one shows the same. */
  live(template: SearchRequest, answer: Answer, isNew: boolean): void {
    const seen = answer.hits.map(({ card }) => card.id).join(' ');
    if (isNew || seen === this.#settled || !this.may || !answer.feedbackToken) return;
    this.#settled = seen;
    this.options.queue.add(this.#events.settled(questionOf(template), shownOf(answer)));
  }

  opened(product: string): void {
    if (this.may) this.options.queue.add(this.#events.opened(product));
  }

  done(product: string, name: 'add_to_wishlist' | 'remove_from_wishlist' | 'share' | 'click'): void {
    if (this.may) this.options.queue.add([this.#events.done(product, name)]);
  }

  /** What goes with a link to the shop, so that an order names the search that led to it. */
  attribution(product: string): { token?: string } {
    const token = this.may ? this.#events.tokenOf(product) : undefined;
    return token === undefined ? {} : { token };
  }
}

const isSame = (a: Consent, b: Consent) => a.shop === b.shop && a.address === b.address;

function questionOf(request: SearchRequest): Question {
  const { ticket: _ticket, limit: _limit, typing: _typing, ...asked } = request;
  return {
    words: request.words,
    picture: request.picture ? JSON.stringify(request.picture) : null,
    isSimilar: request.like !== null || request.mix.length > 0,
    like: request.like,
    key: JSON.stringify(asked),
  };
}

function shownOf(answer: Answer) {
  return {
    token: answer.feedbackToken!,
    verdict: answer.verdict,
    hits: answer.hits.map(({ card, percent }) => ({ id: card.id, percent })),
  };
}

function wasDecided(catalog: string): boolean {
  if (decidedHere.has(catalog)) return true;
  try {
    return (JSON.parse(localStorage.getItem(decidedKey) ?? '[]') as string[]).includes(catalog);
  } catch {
    return false;
  }
}

function noteDecided(catalog: string): void {
  decidedHere.add(catalog);
  try {
    const all = JSON.parse(localStorage.getItem(decidedKey) ?? '[]') as string[];
    localStorage.setItem(decidedKey, JSON.stringify([...all, catalog]));
  } catch {
    // Without storage, it holds while the page is open.
  }
}
