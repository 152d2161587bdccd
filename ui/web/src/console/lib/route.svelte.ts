// Where the console is, from the address's hash.

/** `password` is for who has a link, and for nobody else. */
export type Place = 'catalogs' | 'insight' | 'alerts' | 'jobs' | 'keys' | 'users' | 'audit' | 'password';

export interface Route {
  place: Place;
  id: string | null;
  /** A page about what `id` names, such as a catalogue's rules. */
  part: string | null;
  query: URLSearchParams;
}

const places: readonly string[] = [
  'catalogs',
  'insight',
  'alerts',
  'jobs',
  'keys',
  'users',
  'audit',
  'password',
];

export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.split('?');
  const [place = '', id, part] = path.replace(/^#?\/?/u, '').split('/');
  const known = places.includes(place) ? (place as Place) : 'catalogs';
  return {
    place: known,
    id: id ? decodeURIComponent(id) : null,
    part: part ?? null,
    query: new URLSearchParams(query),
  };
}

export const href = (place: Place, id?: string, part?: string): string =>
  id ? `#/${place}/${encodeURIComponent(id)}${part ? `/${part}` : ''}` : `#/${place}`;

class Router {
  route = $state.raw<Route>(parse(location.hash));

  start(): () => void {
    const heard = () => (this.route = parse(location.hash));
    window.addEventListener('hashchange', heard);
    return () => window.removeEventListener('hashchange', heard);
  }
}

export const router = new Router();
