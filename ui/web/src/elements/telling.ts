// Tells the shop what was found and chosen, where the element has the attribute `feedback`. The owner of the page sets it
// once its shoppers agreed.

import { FeedbackQueue } from '../lib/feedback/queue';
import { VisitEvents } from '../lib/feedback/visit';
import type { Question } from '../lib/feedback/visit';
import type { Found } from './shop';

/** One for each server and catalogue: all elements of a page are one visit. */
const queues = new Map<string, FeedbackQueue>();

function queueOf(origin: string, catalog: string | null): FeedbackQueue {
  const name = `${origin} ${catalog}`;
  const known = queues.get(name);
  if (known) return known;
  const queue = new FeedbackQueue({ address: `${origin}/api/v1/feedback`, catalog: () => catalog });
  queues.set(name, queue);
  return queue;
}

export class Telling {
  readonly #events = new VisitEvents();
  #pictures = 0;

  constructor(private readonly element: HTMLElement) {}

  /** Where events go; null while the page's owner does not want them. */
  #queue(origin: string): FeedbackQueue | null {
    const isOn = this.element.hasAttribute('feedback');
    return isOn ? queueOf(origin, this.element.getAttribute('catalog')) : null;
  }

  /** An answer to words or to a picture is shown. */
  searched(origin: string, words: string, hasPicture: boolean, found: Found): void {
    const picture = hasPicture ? String(++this.#pictures) : null;
    this.#shown(origin, { words, picture, isSimilar: false, like: null, key: `${words}\n${picture}` }, found);
  }

  /** Products like one are shown, for which nobody asked. */
  listed(origin: string, product: string, found: Found): void {
    const question = { words: '', picture: null, isSimilar: true, like: product, key: product };
    this.#shown(origin, question, { ...found, verdict: 'browsing' });
  }

  /** A product was chosen. The page may be left at once. */
  chosen(origin: string, product: string): void {
    this.#queue(origin)?.add(this.#events.chosen(product));
  }

  /** A product goes into the basket. */
  carted(origin: string, product: string): void {
    this.#queue(origin)?.add([this.#events.done(product, 'add_to_cart')]);
  }

  #shown(origin: string, question: Question, { feedbackToken, verdict, hits }: Found): void {
    const queue = this.#queue(origin);
    if (!queue || !feedbackToken) return;
    const seen = hits.map(({ card, percent }) => ({ id: card.id, percent: percent ?? null }));
    const { events, overtaken } = this.#events.answered(question, {
      token: feedbackToken,
      verdict,
      hits: seen,
    });
    queue.retract(overtaken);
    queue.add(events);
  }
}
