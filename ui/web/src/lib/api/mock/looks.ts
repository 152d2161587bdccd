// The looks of the made-up shop: drawn outfits of four products each.

import type { Card } from '../generated/Card';
import type { ShownLook } from '../generated/ShownLook';
import { drawScene } from './draw';
import { byId, products } from './products';

const size = { width: 800, height: 1000 };
const places = [
  { x: 20, y: 40 },
  { x: 400, y: 60 },
  { x: 60, y: 500 },
  { x: 430, y: 520 },
];
const titles = ['For cold days', 'An evening in the city, with everything that goes with it', ''];

export const mockLooks = (count: number, card: (id: string) => Card): ShownLook[] =>
  Array.from({ length: count }, (_, look) => ({
    id: `look-${look}`,
    title: titles[look % titles.length]!,
    version: '1',
    ...size,
    spots: places.map(({ x, y }, at) => ({
      x: (x + 180) / size.width,
      y: (y + 240) / size.height,
      card: card(products[(look * 17 + at * 7) % products.length]!.id),
    })),
  }));

export const drawLook = ({ spots, width, height }: ShownLook): string =>
  drawScene(
    spots.map(({ card }, at) => ({ product: byId.get(card.id)!, ...places[at]!, scale: 0.9 })),
    width,
    height,
  );
