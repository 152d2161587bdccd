// The route of the window, from the address's hash.

export type Route =
  | { name: 'search' }
  | { name: 'product'; id: string }
  | { name: 'favourites' }
  | { name: 'history' }
  | { name: 'compare' }
  | { name: 'settings' }
  | { name: 'account' }
  | { name: 'register' };

const plain = ['favourites', 'history', 'compare', 'settings', 'account', 'register'] as const;

export function parseRoute(hash: string): Route {
  const [name = '', ...rest] = hash.replace(/^#?\/?/u, '').split('/');
  if (name === 'product' && rest.length > 0) {
    const id = decode(rest.join('/'));
    if (id) return { name, id };
  }
  return { name: plain.find((one) => one === name) ?? 'search' };
}

/** The route of a product's page that the server sends: `/p/{id}/words`. */
export function servedRoute(path: string): Route | null {
  const [, id] = /^\/p\/([^/]+)/u.exec(path) ?? [];
  return id ? { name: 'product', id: decode(id) } : null;
}

export const hrefOf = (route: Route): string =>
  route.name === 'search'
    ? '#/'
    : route.name === 'product'
      ? `#/product/${encodeURIComponent(route.id)}`
      : `#/${route.name}`;

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What an entry of the browser's history knows of itself. */
interface Entry {
  at: number;
}

export class Router {
  route = $state.raw<Route>({ name: 'search' });
  /** Where the page was scrolled to when the shopper left the entry of the history that is shown now; 0 if it is new. */
  left = 0;
  /** How many of the app's own pages the history has behind this one: Back must not leave the app. */
  #depth = 0;
  #scrolled = new Map<number, number>();
  #entry = 0;
  #entries = 0;

  /** `turned`: back or forward led here, perhaps to another query of the address. */
  start(turned: () => void = () => undefined): () => void {
    // Replaces a served path: the interface's own addresses are hashes of the start page.
    const served = location.hash === '' ? servedRoute(location.pathname) : null;
    if (served) history.replaceState(null, '', `/${location.search}${hrefOf(served)}`);
    else if (location.pathname.startsWith('/c/')) history.replaceState(null, '', `/${location.search}`);
    this.route = parseRoute(location.hash);
    // The browser would scroll before the page that it leads to is there.
    history.scrollRestoration = 'manual';
    this.#enter();
    const popped = () => {
      // A followed link pops, too; only an entry that was there before can lead to another catalogue.
      if (history.state !== null) turned();
      this.#show(parseRoute(location.hash));
    };
    const hashed = () => {
      // A web view may say so of a followed link alone.
      if (hrefOf(parseRoute(location.hash)) !== hrefOf(this.route)) this.#show(parseRoute(location.hash));
    };
    window.addEventListener('popstate', popped);
    window.addEventListener('hashchange', hashed);
    return () => {
      window.removeEventListener('popstate', popped);
      window.removeEventListener('hashchange', hashed);
    };
  }

  go(route: Route): void {
    const href = hrefOf(route);
    if (location.hash === href || (href === '#/' && location.hash === '')) return;
    this.#depth++;
    location.hash = href;
  }

  /** Goes to a route under another query of the address: the page stays, and Back leads to the query before. */
  turn(query: Record<string, string>, route: Route): void {
    const asked = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(query)) asked.set(name, value);
    this.#depth++;
    history.pushState(null, '', `/?${asked}${hrefOf(route)}`);
    this.#show(route);
  }

  /** Counts a followed link; the browser changes the page. */
  followed(): void {
    this.#depth++;
  }

  back(): void {
    if (this.#depth > 0) {
      this.#depth--;
      history.back();
    } else {
      location.replace('#/');
    }
  }

  #show(route: Route): void {
    this.#scrolled.set(this.#entry, window.scrollY);
    this.#enter();
    this.left = this.#scrolled.get(this.#entry) ?? 0;
    if (hrefOf(route) !== hrefOf(this.route)) this.route = route;
  }

  /** Gives the shown entry of the history a number, if it has none. */
  #enter(): void {
    const known = (history.state as Entry | null)?.at;
    this.#entries = Math.max(this.#entries, known ?? 0) + (known === undefined ? 1 : 0);
    this.#entry = known ?? this.#entries;
    if (known === undefined) history.replaceState({ at: this.#entry } satisfies Entry, '');
  }
}
