// UUIDs. `crypto.randomUUID` is there on encrypted pages alone, and makes none that sort by time.

/** Version 4: random. */
export function random(): string {
  return written(crypto.getRandomValues(new Uint8Array(16)), 4);
}

/** Version 7: random, and sorted by this time. */
export function timed(now = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let at = 0; at < 6; at++) bytes[at] = Math.floor(now / 2 ** (8 * (5 - at))) % 256;
  return written(bytes, 7);
}

function written(bytes: Uint8Array, version: number): string {
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [0, 8, 12, 16, 20].map((from, at, all) => hex.slice(from, all[at + 1] ?? 32)).join('-');
}
