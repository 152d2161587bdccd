// Draws products as a grid of links, and dispatches events about them to the page.

import type { Card, Found, Shop } from './shop';
import { money } from './shop';
import type { Telling } from './telling';
import type { Language, Words } from './words';

export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

export interface Shown {
  host: HTMLElement;
  shop: Shop;
  words: Words;
  language: Language;
  telling: Telling;
}

/** Dispatches an event to the page; false if the page handled it and prevented the default. */
export const tell = (host: HTMLElement, name: string, detail: object): boolean =>
  host.dispatchEvent(
    new CustomEvent(`knytt:${name}`, { detail, bubbles: true, composed: true, cancelable: true }),
  );

export function gridOf(found: Found, shown: Shown): HTMLUListElement {
  const list = make('ul', { className: 'grid' });
  found.hits.forEach(({ card }, at) => list.append(itemOf(card, at, found.queryId, shown)));
  return list;
}

function itemOf(card: Card, position: number, queryId: string, shown: Shown): HTMLLIElement {
  const { host, shop, words, telling } = shown;
  const about = { id: card.id, card, position, queryId };
  const link = make(
    'a',
    { href: shop.page(card.id) },
    make('img', {
      src: shop.picture(card.id, card.picture),
      alt: '',
      width: 256,
      height: 320,
      loading: 'lazy',
    }),
    make('span', { className: 'name', dir: 'auto' }, card.title),
    priceOf(card, shown),
  );
  link.addEventListener('click', (event) => {
    telling.chosen(shop.origin, card.id);
    if (!tell(host, 'select', about)) event.preventDefault();
  });
  const item = make('li', {}, link);
  if (host.hasAttribute('cart')) {
    const button = make('button', { type: 'button', className: 'act' }, words.cart);
    button.setAttribute('aria-label', `${words.cart}: ${card.title}`);
    button.disabled = card.availability === 'out_of_stock';
    button.addEventListener('click', () => {
      telling.carted(shop.origin, card.id);
      tell(host, 'add-to-cart', about);
    });
    item.append(button);
  }
  return item;
}

function priceOf(card: Card, { language }: Shown): HTMLElement {
  const line = make('span', { className: 'price' });
  const now = card.salePrice ?? card.price;
  if (now) line.append(money(now, language));
  if (card.salePrice && card.price) line.append(' ', make('s', {}, money(card.price, language)));
  return line;
}
