// Eight weeks of visits to a shop, the same in every run but for their days: what the console's pictures show.

const dayMs = 86_400_000;
const days = 56;
const words = [
  'red dress',
  'linen shirt',
  'sneaker',
  'blue coat',
  'rain jacket',
  'kilt',
  'wool scarf',
  'snorkel',
];
const nothing = new Set(['kilt', 'snorkel']);
const kinds = ['words', 'words', 'words', 'image', 'image', 'camera', 'both', 'similar'];

/** Numbers from 0 to 1 that look random; mulberry32. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** UUIDs of version 7 of a time. */
function identifiers(random) {
  return (atMs) => {
    const hex = Array.from({ length: 20 }, () => Math.floor(random() * 16).toString(16)).join('');
    const time = atMs.toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
  };
}

/** One visit: a search, and what came of it. */
function visit(random, identifier, atMs, catalog, products) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const kind = pick(kinds);
  const typed = kind === 'words' || kind === 'both' ? pick(words) : undefined;
  const found = !nothing.has(typed);
  const id = identifier(atMs);
  const shared = { catalog, release: 1, model: 'starter', visit: identifier(atMs) };
  const search = {
    name: 'search',
    kind,
    search_term: typed,
    results: found ? 24 : 0,
    good_match: found && random() < 0.8,
  };
  const events = [{ ...shared, id, at_ms: atMs, ...search }];
  const then = (name, afterMs, more = {}) =>
    events.push({
      ...shared,
      id: identifier(atMs + afterMs),
      at_ms: atMs + afterMs,
      search_id: id,
      name,
      ...more,
    });
  if (!found || random() > 0.46) return events;
  const { id: item, price } = pick(products);
  then('select_item', 4_000, { item_id: item, position: 1 + Math.floor(random() ** 3 * 12) });
  then('view_item', 4_500, { item_id: item });
  if (random() < 0.28) then('add_to_cart', 30_000, { item_id: item });
  if (random() < 0.11) then('purchase', 90_000, { item_id: item, value: price, currency: 'EUR' });
  return events;
}

/** Events of apps over the last eight weeks; later weeks have more. `products` are `{ id, price }`. */
function* visits(catalog, products) {
  const random = seeded(7);
  const identifier = identifiers(random);
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  for (let day = 1 - days; day <= 0; day++) {
    const week = 1 + 0.25 * Math.sin((day * Math.PI * 2) / 7);
    const many = Math.round((14 + (day + days) / 4 + random() * 6) * week);
    for (let one = 0; one < many; one++) {
      // In the first minutes of a day, so that none lies ahead of now.
      yield* visit(random, identifier, today + day * dayMs + one * 1_000, catalog, products);
    }
  }
}

/** Sends them to a server; they are stored when this returns. */
export async function sendVisits(url, catalog, products) {
  const events = [...visits(catalog, products)];
  for (let at = 0; at < events.length; at += 200) {
    const body = JSON.stringify({ events: events.slice(at, at + 200) });
    const headers = { 'content-type': 'application/json', 'idempotency-key': `visits-${at}` };
    const answer = await fetch(`${url}/v1/events`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`events: ${answer.status} ${await answer.text()}`);
  }
}
