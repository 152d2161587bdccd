// <knytt-search>: a search box with a camera button, and its results in place or over the page (`overlay`).
//
// Attributes: server, catalog, key, lang, href ("https://shop.example/p/{id}"), placeholder, limit, cart, overlay,
// camera="off", feedback. Events: knytt:select, knytt:add-to-cart, knytt:results.

import { gridOf, make, tell } from './grid';
import type { Found } from './shop';
import { Shop } from './shop';
import { smallCopy } from './picture';
import { styled } from './style';
import { Telling } from './telling';
import { languageOf, wordsOf } from './words';

const typing = 150;
const allowed = 'knytt-pictures-allowed';

const lens = 'M4 8h3l2-3h6l2 3h3v11H4z M12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z';

export class KnyttSearch extends HTMLElement {
  static observedAttributes = ['catalog'];
  #running: AbortController | null = null;
  #timer = 0;
  #panel = make('div', { className: 'panel', hidden: true });
  #status = make('p', { className: 'status' });
  #body = make('div');
  #field = make('input', { type: 'search', autocomplete: 'off', enterKeyHint: 'search' });
  #built = false;
  #telling = new Telling(this);

  connectedCallback(): void {
    if (!this.#built) this.#build();
  }

  /** The page's shopper chose another catalogue: what is shown of the one before goes, words are searched there. */
  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (!this.#built || before === after) return;
    this.#body.replaceChildren();
    void this.#search(null);
  }

  disconnectedCallback(): void {
    this.#running?.abort();
    clearTimeout(this.#timer);
  }

  /** The text in the search box. */
  get value(): string {
    return this.#field.value;
  }

  set value(text: string) {
    this.#field.value = text;
    void this.#search(null);
  }

  /** Searches with a picture. */
  async searchPicture(file: Blob): Promise<void> {
    if (!(await this.#maySend())) return;
    try {
      await this.#search(await smallCopy(file));
    } catch {
      this.#say(this.#words.failed);
    }
  }

  get #words() {
    return wordsOf(languageOf(this));
  }

  #build(): void {
    this.#built = true;
    const root = this.attachShadow({ mode: 'open', delegatesFocus: true });
    styled(root);
    const words = this.#words;
    const language = languageOf(this);
    this.#field.placeholder = this.getAttribute('placeholder') ?? words.search;
    this.#field.setAttribute('aria-label', words.search);
    this.#status.setAttribute('role', 'status');
    this.#panel.append(this.#status, this.#body);
    const bar = make('div', { className: 'bar' }, this.#field);
    bar.setAttribute('role', 'search');
    if (this.getAttribute('camera') !== 'off') bar.append(this.#cameraButton());
    const frame = make('div', { dir: language === 'ar' ? 'rtl' : 'ltr', lang: language }, bar, this.#panel);
    root.append(frame);
    this.#field.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => void this.#search(null, true), typing);
    });
    frame.addEventListener('keydown', (event) => this.#key(event));
    frame.addEventListener('paste', (event) => {
      const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
      if (!file) return;
      event.preventDefault();
      void this.searchPicture(file);
    });
    frame.addEventListener('dragover', (event) => event.preventDefault());
    frame.addEventListener('drop', (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) void this.searchPicture(file);
    });
  }

  #cameraButton(): HTMLButtonElement {
    const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    picture.setAttribute('viewBox', '0 0 24 24');
    picture.setAttribute('aria-hidden', 'true');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', lens);
    picture.append(path);
    const button = make('button', { type: 'button', className: 'icon', title: this.#words.camera }, picture);
    button.setAttribute('aria-label', this.#words.camera);
    button.addEventListener('click', () => void this.#camera());
    return button;
  }

  async #camera(): Promise<void> {
    const { openCamera } = await import('./camera');
    this.#open();
    this.#status.textContent = '';
    openCamera(this.#body, this.#words, (file) => {
      this.#body.replaceChildren();
      if (file) void this.searchPicture(file);
      else this.#close();
    });
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !this.#panel.hidden) {
      event.preventDefault();
      this.#close();
      this.#field.focus();
    } else if (event.key === 'ArrowDown' && event.target === this.#field) {
      const first = this.#body.querySelector('a');
      if (first) event.preventDefault();
      first?.focus();
    } else if (event.key === 'Enter' && event.target === this.#field) {
      clearTimeout(this.#timer);
      void this.#search(null);
    }
  }

  /** Asks for consent in one sentence before the first picture is sent. */
  #maySend(): Promise<boolean> {
    try {
      if (localStorage.getItem(allowed) === 'yes') return Promise.resolve(true);
    } catch {
      // Without storage, the element asks before each picture.
    }
    this.#open();
    this.#status.textContent = '';
    return new Promise((resolve) => {
      const answer = (yes: boolean) => {
        try {
          if (yes) localStorage.setItem(allowed, 'yes');
        } catch {
          // Without storage, the consent holds for this picture only.
        }
        this.#body.replaceChildren();
        if (!yes) this.#close();
        resolve(yes);
      };
      const send = make('button', { type: 'button', className: 'act first' }, this.#words.send);
      const cancel = make('button', { type: 'button', className: 'act' }, this.#words.cancel);
      send.addEventListener('click', () => answer(true));
      cancel.addEventListener('click', () => answer(false));
      this.#body.replaceChildren(
        make('p', {}, this.#words.ask),
        make('div', { className: 'acts' }, send, cancel),
      );
      send.focus();
    });
  }

  async #search(picture: Blob | null, unfinished = false): Promise<void> {
    this.#running?.abort();
    const text = this.#field.value.trim();
    if (!text && !picture) return this.#close();
    const running = new AbortController();
    this.#running = running;
    this.#open();
    this.#body.classList.add('busy');
    const shop = new Shop(this);
    const limit = Math.min(100, Math.max(1, Number(this.getAttribute('limit')) || 12));
    try {
      const question = { text, typing: unfinished, limit, language: languageOf(this) };
      const found = await shop.search(question, picture, running.signal);
      if (running.signal.aborted) return;
      this.#telling.searched(shop.origin, text, picture !== null, found);
      this.#show(found, shop);
    } catch {
      if (!running.signal.aborted) this.#say(this.#words.failed);
    }
  }

  #show(found: Found, shop: Shop): void {
    const words = this.#words;
    const isFound = found.hits.length > 0 && found.verdict !== 'no_good_match';
    this.#say(isFound ? words.count.replace('{n}', String(found.matched)) : words.none);
    const shown = { host: this, shop, words, language: languageOf(this), telling: this.#telling };
    this.#body.replaceChildren(gridOf(found, shown));
    tell(this, 'results', { found });
  }

  #say(text: string): void {
    this.#status.textContent = text;
    this.#body.classList.remove('busy');
    this.#body.replaceChildren();
  }

  #open(): void {
    this.#panel.hidden = false;
  }

  #close(): void {
    this.#running?.abort();
    this.#panel.hidden = true;
    this.#body.classList.remove('busy');
    this.#body.replaceChildren();
  }
}
