// Reads what the page's address asks for: words, or a picture that another app shared.

import type { Opened } from '../generated/Opened';
import type { Picture } from '../generated/Picture';
import { problemOf } from '../problem';

/** The cache entry in which the service worker leaves a shared picture. */
export const sharedPicture = '/shared-picture';

/** The words that the search starts with. */
export function wordsOf(place: Location): string | null {
  const asked = new URLSearchParams(place.search);
  return asked.get('q') ?? asked.get('text');
}

export async function openedFrom(
  place: Location,
  add: (file: Blob, name: string) => Promise<Picture>,
): Promise<Opened | null> {
  const asked = new URLSearchParams(place.search);
  const isShared = asked.has('shared');
  // Takes it out of the address, so that going back to the page does not ask again.
  if (isShared || wordsOf(place) !== null) {
    for (const name of ['q', 'text', 'shared']) asked.delete(name);
    history.replaceState(null, '', `/${asked.size > 0 ? `?${asked}` : ''}${place.hash}`);
  }
  if (isShared && 'caches' in window) {
    const kept = await caches.match(sharedPicture);
    if (kept) {
      const file = await kept.blob();
      for (const name of await caches.keys()) await (await caches.open(name)).delete(sharedPicture);
      try {
        return { kind: 'picture', picture: await add(file, '') };
      } catch (thrown) {
        return { kind: 'refused', problem: problemOf(thrown) };
      }
    }
  }
  return null;
}
