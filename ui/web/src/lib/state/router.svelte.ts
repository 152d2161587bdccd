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

export class Router {
  route = $state.raw<Route>({ name: 'search' });
  /** How many of the app's own pages the history has behind this one: Back must not leave the app. */
  #depth = 0;

  start(): () => void {
    // Replaces a served path: the interface's own addresses are hashes of the start page.
    const served = location.hash === '' ? servedRoute(location.pathname) : null;
    if (served) history.replaceState(null, '', `/${location.search}${hrefOf(served)}`);
    else if (location.pathname.startsWith('/c/')) history.replaceState(null, '', `/${location.search}`);
    this.route = parseRoute(location.hash);
    const heard = () => {
      this.route = parseRoute(location.hash);
    };
    window.addEventListener('hashchange', heard);
    return () => window.removeEventListener('hashchange', heard);
  }

  go(route: Route): void {
    const href = hrefOf(route);
    if (location.hash === href || (href === '#/' && location.hash === '')) return;
    this.#depth++;
    location.hash = href;
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
}
