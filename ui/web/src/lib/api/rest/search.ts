// A search over HTTP. It joins pages of the shop's answer up to the number of hits that the screen asks for.

import type { Answer } from '../client';
import { ClientError } from '../client';
import type { Hit } from '../generated/Hit';
import type { Problem } from '../generated/Problem';
import type { SearchRequest } from '../generated/SearchRequest';
import { problemOf } from '../problem';
import type { Schemas } from '../shop/client';
import { ShopClient, ShopError } from '../shop/client';
import { turn } from '../../util/turn';
import { servedAnswer } from './served';

const largestPage = 100;
/** How often a search is tried if its catalogue changes between two pages. */
const tries = 2;

type Page = Schemas['SearchPage'];

interface Gathered {
  key: string;
  limit: number;
  first: Page;
  hits: Hit[];
  next: string | null;
}

/** Turns the shop's errors into problems that the screens can explain. */
export function told(thrown: unknown): ClientError {
  if (thrown instanceof ClientError) return thrown;
  if (!(thrown instanceof ShopError)) return new ClientError(problemOf(thrown));
  const codes: Record<string, Problem['code']> = {
    picture_too_large: 'too_large',
    body_too_large: 'too_large',
    rate_limited: 'busy',
    unavailable: 'busy',
    timeout: 'busy',
    catalog_changes: 'busy',
    catalog_unknown: 'no_catalog',
  };
  const code = codes[thrown.code] ?? thrown.code;
  return new ClientError(problemOf({ code, message: thrown.message }));
}

/** The search of a window; a newer search ends the running one. */
export class RestSearch {
  #running: AbortController | null = null;
  #gathered: Gathered | null = null;

  constructor(
    readonly shop: ShopClient,
    readonly catalog: () => string | null,
  ) {}

  /** `wanted` selects the hits that the shopper sees; the others do not count. */
  async answer(request: SearchRequest, picture: Blob | null, wanted: (hit: Hit) => boolean): Promise<Answer> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.#gather(request, picture, wanted, running.signal);
        } catch (thrown) {
          const expired = thrown instanceof ShopError && thrown.code === 'cursor_expired';
          this.#gathered = null;
          if (!expired || attempt === tries) throw thrown;
        }
      }
    } catch (thrown) {
      if (running.signal.aborted) {
        throw new ClientError({ code: 'superseded', message: `${request.ticket} was superseded.` });
      }
      throw told(thrown);
    }
  }

  async #gather(
    request: SearchRequest,
    picture: Blob | null,
    wanted: (hit: Hit) => boolean,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { ticket, limit, ...question } = request;
    const key = JSON.stringify([question, this.catalog()]);
    // The same question with a higher limit continues where it ended; any other request starts anew.
    const before = this.#gathered;
    let gathered = before?.key === key && before.limit < limit ? before : null;
    const shown = () => (gathered?.hits ?? []).filter(wanted);
    while (!gathered || (shown().length < limit && gathered.next !== null)) {
      const size = Math.min(largestPage, limit - shown().length);
      const page = await this.#page(request, picture, size, gathered?.next ?? null, signal);
      const hits: Hit[] = [...(gathered?.hits ?? []), ...(page.hits as Hit[])];
      gathered = { key, limit, first: gathered?.first ?? page, hits, next: page.next ?? null };
    }
    this.#gathered = gathered;
    const { verdict, matched, facets, priceBounds, understood, timings, guided, feedbackToken } =
      gathered.first;
    return {
      ticket,
      verdict,
      hits: shown(),
      matched,
      facets,
      priceBounds: priceBounds ?? null,
      understood,
      timings,
      ...(guided ? { guided } : {}),
      by: 'shop',
      feedbackToken,
    } as Answer;
  }

  #page(
    request: SearchRequest,
    picture: Blob | null,
    limit: number,
    cursor: string | null,
    signal: AbortSignal,
  ): Promise<Page> {
    const { words, typing, without, like, mix, alpha, filters, price, sort, language } = request;
    const body = {
      catalog: this.catalog(),
      text: words,
      typing,
      without,
      like,
      mix,
      alpha,
      filters,
      price,
      sort,
      ...(language ? { language } : {}),
      limit,
      cursor,
    };
    if (!picture) {
      const answer = servedAnswer(body);
      // What the page brought is there at once: the first products are drawn in a task of their own.
      return answer ? turn().then(() => answer) : this.shop.post('/api/v1/search', { body, signal });
    }
    const form = new FormData();
    form.append('request', JSON.stringify(body));
    form.append('image', picture, 'query.jpg');
    return this.shop.post('/api/v1/search', { raw: form, signal });
  }
}
