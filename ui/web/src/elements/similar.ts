// <knytt-similar product="…">: products that look like the given one, for that product's page.
//
// Attributes: product, server, catalog, key, lang, href, limit, cart, feedback. Events: knytt:select,
// knytt:add-to-cart, knytt:results.

import { gridOf, make, tell } from './grid';
import { Shop } from './shop';
import { styled } from './style';
import { Telling } from './telling';
import { languageOf, wordsOf } from './words';

export class KnyttSimilar extends HTMLElement {
  static observedAttributes = ['product', 'catalog'];
  #running: AbortController | null = null;
  #frame = make('section', { hidden: true });
  #telling = new Telling(this);

  connectedCallback(): void {
    if (!this.shadowRoot) {
      const root = this.attachShadow({ mode: 'open' });
      styled(root);
      root.append(this.#frame);
    }
    void this.#load();
  }

  disconnectedCallback(): void {
    this.#running?.abort();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) void this.#load();
  }

  async #load(): Promise<void> {
    this.#running?.abort();
    const product = this.getAttribute('product');
    if (!product || !this.shadowRoot) return;
    const running = new AbortController();
    this.#running = running;
    const language = languageOf(this);
    const words = wordsOf(language);
    const shop = new Shop(this);
    const limit = Math.min(100, Math.max(1, Number(this.getAttribute('limit')) || 8));
    try {
      const found = await shop.similar(product, limit, language, running.signal);
      if (running.signal.aborted) return;
      const shown = { host: this, shop, words, language, telling: this.#telling };
      this.#telling.listed(shop.origin, product, found);
      this.#frame.dir = language === 'ar' ? 'rtl' : 'ltr';
      this.#frame.lang = language;
      this.#frame.replaceChildren(make('h2', {}, words.similar), gridOf(found, shown));
      this.#frame.hidden = found.hits.length === 0;
      tell(this, 'results', { found });
    } catch (thrown) {
      // The page works without this row: after a failure the element shows nothing and tells the page.
      if (!running.signal.aborted) tell(this, 'failed', { reason: String(thrown) });
    }
  }
}
