// The pictures of this visit. They stay in the page. Only a small, upright copy of the chosen part is sent,
// without the metadata that a camera wrote into the file.

import type { Picture } from '../generated/Picture';
import type { Region } from '../generated/Region';
import { fail } from '../problem';

/** Longest side that is sent. The model reads 256 pixels or fewer; twice that keeps colours and edges. */
const sentSide = 512;
/** Longest side that is kept: enough for the screen and to cut a part out. */
const keptSide = 1600;
const historySide = 256;
const most = 12;
const quality = 0.9;

interface Kept {
  picture: Picture;
  file: Blob;
  url: string;
  /** The part that was sent last. */
  sent: { key: string; file: Blob } | null;
}

const whole: Region = { x: 0, y: 0, width: 1, height: 1 };

export class BrowserPictures {
  #kept = new Map<string, Kept>();
  #next = 1;

  /** Adds a picture file; `look` finds the proposed regions in the small copy. */
  async add(
    file: Blob,
    name: string,
    look: (small: Blob) => Promise<Picture['proposals']>,
  ): Promise<Picture> {
    const upright = await uprightCopy(file);
    const id = `b${this.#next++}`;
    const { width, height } = upright;
    const kept: Kept = {
      picture: { id, name, width, height, proposals: [] },
      file: upright.file,
      url: URL.createObjectURL(upright.file),
      sent: null,
    };
    this.#kept.set(id, kept);
    this.#forgetOldest();
    try {
      kept.picture = { ...kept.picture, proposals: await look(await this.part(id, null)) };
    } catch (thrown) {
      this.drop(id);
      throw thrown;
    }
    return kept.picture;
  }

  url(id: string): string {
    return this.#kept.get(id)?.url ?? '';
  }

  /** The small copy of a region, which is sent. */
  async part(id: string, region: Region | null): Promise<Blob> {
    const kept = this.#kept.get(id) ?? fail('not_found', 'This picture is no longer kept; add it again.');
    const key = JSON.stringify(region);
    if (kept.sent?.key !== key) {
      kept.sent = { key, file: await smallCopy(kept.file, kept.picture, region ?? whole, sentSide) };
    }
    return kept.sent.file;
  }

  /** A smaller copy for the history. */
  async tiny(id: string, region: Region | null): Promise<Blob | null> {
    const kept = this.#kept.get(id);
    return kept ? smallCopy(kept.file, kept.picture, region ?? whole, historySide) : null;
  }

  drop(id: string): void {
    const kept = this.#kept.get(id);
    if (kept) URL.revokeObjectURL(kept.url);
    this.#kept.delete(id);
  }

  #forgetOldest(): void {
    for (const id of this.#kept.keys()) {
      if (this.#kept.size <= most) return;
      this.drop(id);
    }
  }
}

/** Whether the file's head says so; phones write them, and few browsers read them. */
async function isHeic(file: Blob): Promise<boolean> {
  const head = new TextDecoder('latin1').decode(await file.slice(4, 12).arrayBuffer());
  return /^ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)$/u.test(head);
}

async function uprightCopy(file: Blob): Promise<{ file: Blob; width: number; height: number }> {
  // The browser turns the picture upright. The copy has pixels only, no other data of the file.
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(async () => {
    const kind = (await isHeic(file)) ? 'HEIC: this' : 'This';
    return fail('bad_picture', `${kind} picture cannot be read by the browser.`);
  });
  try {
    const scale = Math.min(1, keptSide / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    return { file: await draw(bitmap, [0, 0, bitmap.width, bitmap.height], width, height), width, height };
  } finally {
    bitmap.close();
  }
}

async function smallCopy(file: Blob, size: Picture, region: Region, longest: number): Promise<Blob> {
  const left = Math.min(size.width - 1, Math.max(0, Math.round(region.x * size.width)));
  const top = Math.min(size.height - 1, Math.max(0, Math.round(region.y * size.height)));
  const wide = Math.min(size.width - left, Math.max(1, Math.round(region.width * size.width)));
  const high = Math.min(size.height - top, Math.max(1, Math.round(region.height * size.height)));
  const scale = Math.min(1, longest / Math.max(wide, high));
  const width = Math.max(1, Math.round(wide * scale));
  const height = Math.max(1, Math.round(high * scale));
  const bitmap = await createImageBitmap(file, left, top, wide, high, {
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: 'high',
  });
  try {
    return await draw(bitmap, [0, 0, width, height], width, height);
  } finally {
    bitmap.close();
  }
}

async function draw(
  bitmap: ImageBitmap,
  [left, top, wide, high]: [number, number, number, number],
  width: number,
  height: number,
): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) return fail('internal', 'The browser has no canvas.');
  context.imageSmoothingQuality = 'high';
  // Transparent pixels would be black in a JPEG; white, because shops show their goods on white.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, left, top, wide, high, 0, 0, width, height);
  const file = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality));
  return file ?? fail('internal', 'The picture could not be encoded.');
}
