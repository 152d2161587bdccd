// A look's picture: made small enough to travel with the rules, and what is seen on it.

import { api } from './api';
import type { Look } from './api';

/** Bounds of the document. */
const [mostBytes, longest] = [96 * 1024, 1024];
/** Tried in this order: fewer pixels only where a coarse JPEG is still too large. */
const qualities = [0.85, 0.75, 0.65, 0.55];
export type Spot = Look['spots'][number];

export interface LookPicture {
  file: Blob;
  base64: string;
  width: number;
  height: number;
}

async function jpeg(bitmap: ImageBitmap, scale: number, quality: number): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) return null;
  context.imageSmoothingQuality = 'high';
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, 'image/jpeg', quality));
}

/** A copy of a picture file within the bounds, without the file's other data; null if it cannot be read. */
export async function lookPicture(file: Blob): Promise<LookPicture | null> {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null);
  if (!bitmap) return null;
  let scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  for (; Math.min(bitmap.width, bitmap.height) * scale >= 64; scale *= 0.8) {
    for (const quality of qualities) {
      const made = await jpeg(bitmap, scale, quality);
      if (!made || made.size > mostBytes) continue;
      const [width, height] = [Math.round(bitmap.width * scale), Math.round(bitmap.height * scale)];
      return { file: made, base64: await base64Of(made), width, height };
    }
  }
  return null;
}

async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export const addressOf = (base64: string): string => `data:image/jpeg;base64,${base64}`;

/** Where products are seen on a picture, each with the nearest one of the catalogue; none if nothing stands out. */
export async function seenSpots(id: string, { file }: LookPicture): Promise<Spot[]> {
  const { spots } = await api.post('/api/v1/admin/catalogs/{id}/rules/spots', {
    path: { id },
    raw: file,
    headers: { 'content-type': 'image/jpeg' },
  });
  return spots.map(({ x, y, card }) => ({ x: rounded(x), y: rounded(y), product: card.id }));
}

/** A share of a side, within the picture. */
export const rounded = (share: number): number => Math.round(Math.min(1, Math.max(0, share)) * 1000) / 1000;
