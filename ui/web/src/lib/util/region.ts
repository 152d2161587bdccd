// Arithmetic of the crop box. All numbers are shares of the picture, 0 to 1.

import type { Region } from '../api/generated/Region';

export type Handle = 'n' | 's' | 'e' | 'w' | 'nw' | 'ne' | 'sw' | 'se';
export const handles: readonly Handle[] = ['nw', 'n', 'ne', 'w', 'e', 'sw', 's', 'se'];

export const whole: Region = { x: 0, y: 0, width: 1, height: 1 };
/** The smallest side of a crop: a smaller part has too few pixels to search with. */
export const smallest = 0.06;

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

export const isWhole = (r: Region) => r.x < 0.002 && r.y < 0.002 && r.width > 0.996 && r.height > 0.996;

export function fit(region: Region): Region {
  const width = clamp(region.width, smallest, 1);
  const height = clamp(region.height, smallest, 1);
  return { x: clamp(region.x, 0, 1 - width), y: clamp(region.y, 0, 1 - height), width, height };
}

export function move(region: Region, dx: number, dy: number): Region {
  return fit({ ...region, x: region.x + dx, y: region.y + dy });
}

/** Drags one edge or corner; the opposite one stays where it is. */
export function resize(region: Region, handle: Handle, dx: number, dy: number): Region {
  let { x: left, y: top } = region;
  let right = left + region.width;
  let bottom = top + region.height;
  if (handle.includes('w')) left = clamp(left + dx, 0, right - smallest);
  if (handle.includes('e')) right = clamp(right + dx, left + smallest, 1);
  if (handle.includes('n')) top = clamp(top + dy, 0, bottom - smallest);
  if (handle.includes('s')) bottom = clamp(bottom + dy, top + smallest, 1);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The box between two points, for drawing a new one. */
export function between(ax: number, ay: number, bx: number, by: number): Region {
  return fit({
    x: Math.min(ax, bx),
    y: Math.min(ay, by),
    width: Math.abs(ax - bx),
    height: Math.abs(ay - by),
  });
}

export const sameRegion = (a: Region | null, b: Region | null) =>
  a === b ||
  (a !== null &&
    b !== null &&
    Math.abs(a.x - b.x) + Math.abs(a.y - b.y) + Math.abs(a.width - b.width) + Math.abs(a.height - b.height) <
      0.01);
