// The mock's query pictures: what is shown of them, and which vector a part of one gives.

import { fail } from '../problem';
import type { Picture } from '../generated/Picture';
import type { Region } from '../generated/Region';
import { drawProduct, drawScene } from './draw';
import { products } from './products';
import type { MockProduct } from './products';
import { categoryAt, guessCategory, ofLook, ofProduct } from './vectors';
import type { Vector } from './vectors';

interface Kept {
  picture: Picture;
  url: string;
  look: (region: Region | null) => Vector;
}

const grid = 32;
const outfit: { category: string; region: Region }[] = [
  { category: 'Hats', region: { x: 0.33, y: 0.02, width: 0.34, height: 0.15 } },
  { category: 'Jackets', region: { x: 0.2, y: 0.17, width: 0.6, height: 0.36 } },
  { category: 'Trousers', region: { x: 0.27, y: 0.5, width: 0.46, height: 0.36 } },
  { category: 'Shoes', region: { x: 0.3, y: 0.85, width: 0.42, height: 0.14 } },
];

const hash = (text: string) => [...text].reduce((h, c) => (h * 31 + c.charCodeAt(0)) >>> 0, 7);
const find = (category: string, color: string): MockProduct =>
  products.find((p) => p.category === category && p.color === color) ??
  products.find((p) => p.category === category)!;

export class MockPictures {
  #kept = new Map<string, Kept>();
  #next = 1;

  async fromBytes(bytes: Uint8Array, name: string): Promise<Picture> {
    if (bytes.length > 64 * 2 ** 20) fail('too_large', `${bytes.length} bytes`);
    const blob = new Blob([bytes as BlobPart]);
    if (typeof createImageBitmap === 'undefined')
      return this.#keep(name, 800, 600, '', () => this.#byName(name));
    const bitmap = await createImageBitmap(blob).catch(() => fail('bad_picture', 'Not a picture.'));
    const canvas = new OffscreenCanvas(grid, grid);
    const context = canvas.getContext('2d', { willReadFrequently: true })!;
    context.drawImage(bitmap, 0, 0, grid, grid);
    const pixels = context.getImageData(0, 0, grid, grid).data;
    const parts = /outfit|look|scene/iu.test(name) ? outfit : [];
    return this.#keep(
      name,
      bitmap.width,
      bitmap.height,
      URL.createObjectURL(blob),
      (region) => {
        const part = parts.length ? nearest(region ?? parts[1]!.region) : null;
        const category =
          part ?? guessCategory(name) ?? categoryAt(hash(name) + Math.round((region?.x ?? 0) * 3));
        return ofLook(category, colorOf(pixels, region));
      },
      parts,
    );
  }

  fromUrl(url: string): Picture {
    if (!/^(https?|data):/iu.test(url)) fail('bad_picture', `Not a web address: ${url}`);
    const drawn = products.find((p) => drawProduct(p) === url) ?? products[hash(url) % products.length]!;
    return this.ofProduct(drawn);
  }

  ofProduct(product: MockProduct): Picture {
    return this.#keep(product.title, 400, 500, drawProduct(product), () => ofProduct(product));
  }

  /** A captured screen with an outfit on it. */
  scene(): Picture {
    const worn = [
      { product: find('Hats', 'Black'), x: 205, y: -30, scale: 0.48 },
      { product: find('Jackets', 'Navy'), x: 120, y: 120, scale: 0.9 },
      { product: find('Trousers', 'Beige'), x: 130, y: 440, scale: 0.85 },
      { product: find('Shoes', 'White'), x: 210, y: 690, scale: 0.5 },
    ];
    const by = new Map(worn.map((w) => [w.product.category, w.product]));
    return this.#keep(
      'outfit',
      600,
      900,
      drawScene(worn, 600, 900),
      (region) => ofProduct(by.get(nearest(region ?? outfit[1]!.region))!),
      outfit,
    );
  }

  look(id: string, region: Region | null): Vector {
    return (this.#kept.get(id) ?? fail('not_found', `No picture ${id}.`)).look(region);
  }

  get(id: string): Kept | undefined {
    return this.#kept.get(id);
  }

  /** Keeps the picture, because the history shows it again. */
  drop(_id: string): void {}

  #byName(name: string): Vector {
    return ofLook(guessCategory(name) ?? categoryAt(hash(name)), [180, 60, 60]);
  }

  #keep(
    name: string,
    width: number,
    height: number,
    url: string,
    look: Kept['look'],
    parts: typeof outfit = [],
  ): Picture {
    const id = `q${this.#next++}`;
    const proposals = parts.map(({ region }, i) => ({ region, strength: 0.9 - i * 0.12 }));
    const picture = { id, name, width, height, proposals };
    this.#kept.set(id, { picture, url, look });
    return picture;
  }
}

function nearest(region: Region): string {
  const y = region.y + region.height / 2;
  const far = (r: Region) => Math.abs(r.y + r.height / 2 - y);
  return [...outfit].sort((a, b) => far(a.region) - far(b.region))[0]!.category;
}

/** The mean colour of a part's middle: the edges of a part are mostly background. */
function colorOf(pixels: Uint8ClampedArray, region: Region | null): [number, number, number] {
  const r = region ?? { x: 0, y: 0, width: 1, height: 1 };
  const from = (start: number, size: number) => Math.floor((start + size * 0.25) * grid);
  const to = (start: number, size: number) =>
    Math.max(from(start, size) + 1, Math.ceil((start + size * 0.75) * grid));
  const sum: [number, number, number] = [0, 0, 0];
  let n = 0;
  for (let y = from(r.y, r.height); y < Math.min(grid, to(r.y, r.height)); y++)
    for (let x = from(r.x, r.width); x < Math.min(grid, to(r.x, r.width)); x++, n++)
      for (let c = 0; c < 3; c++) sum[c] = sum[c]! + pixels[(y * grid + x) * 4 + c]!;
  return sum.map((s) => s / Math.max(1, n)) as [number, number, number];
}
