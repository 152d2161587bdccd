import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { swatch } from '../../src/lib/util/colors';
import { Debounce } from '../../src/lib/util/debounce';
import { isAddress } from '../../src/lib/util/images';
import {
  between,
  fit,
  handles,
  isWhole,
  move,
  resize,
  sameRegion,
  smallest,
  whole,
} from '../../src/lib/util/region';
import { layout, step, visible } from '../../src/lib/util/virtual';

describe('region', () => {
  const box = { x: 0.2, y: 0.3, width: 0.4, height: 0.4 };
  const right = (r: typeof box) => r.x + r.width;
  const bottom = (r: typeof box) => r.y + r.height;

  it('moves without leaving the picture or changing its size', () => {
    for (const [dx, dy] of [
      [5, 5],
      [-5, -5],
      [0.1, -0.1],
      [0, 9],
    ] as const) {
      const moved = move(box, dx, dy);
      expect(moved.width).toBeCloseTo(box.width);
      expect(moved.height).toBeCloseTo(box.height);
      expect(moved.x).toBeGreaterThanOrEqual(0);
      expect(right(moved)).toBeLessThanOrEqual(1 + 1e-9);
      expect(bottom(moved)).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it('resizes by every handle: the opposite edge stays, and it never gets too small or too large', () => {
    for (const handle of handles)
      for (const by of [-2, -0.1, 0.1, 2]) {
        const sized = resize(box, handle, by, by);
        if (!handle.includes('w')) expect(sized.x).toBeCloseTo(box.x);
        if (!handle.includes('e')) expect(right(sized)).toBeCloseTo(right(box));
        if (!handle.includes('n')) expect(sized.y).toBeCloseTo(box.y);
        if (!handle.includes('s')) expect(bottom(sized)).toBeCloseTo(bottom(box));
        expect(sized.width).toBeGreaterThanOrEqual(smallest - 1e-9);
        expect(sized.height).toBeGreaterThanOrEqual(smallest - 1e-9);
        expect(sized.x).toBeGreaterThanOrEqual(0);
        expect(right(sized)).toBeLessThanOrEqual(1 + 1e-9);
      }
  });

  it('knows the whole picture and equal parts', () => {
    expect(isWhole(whole)).toBe(true);
    expect(isWhole(box)).toBe(false);
    expect(sameRegion(box, { ...box, x: 0.201 })).toBe(true);
    expect(sameRegion(box, { ...box, x: 0.4 })).toBe(false);
    expect(sameRegion(null, box)).toBe(false);
    expect(sameRegion(null, null)).toBe(true);
    expect(fit({ x: 0.9, y: -1, width: 0.5, height: 3 })).toEqual({ x: 0.5, y: 0, width: 0.5, height: 1 });
    expect(between(0.8, 0.8, 0.2, 0.4)).toMatchObject({ x: 0.2, y: 0.4 });
  });
});

describe('virtual grid', () => {
  const shape = { minimum: 200, gap: 20, aspect: 1.2, text: 100 };

  it('fits as many columns as there is room for, at least two', () => {
    expect(layout(860, 10, shape).columns).toBe(4);
    expect(layout(859, 10, shape).columns).toBe(3);
    expect(layout(100, 10, shape).columns).toBe(2);
    const { cell, columns } = layout(1000, 10, shape);
    expect(cell * columns + 20 * (columns - 1)).toBeCloseTo(1000);
  });

  it('draws only what is near, and every row is drawn somewhere', () => {
    const grid = layout(860, 100_000, shape);
    const [from, to] = visible(grid, 100_000, 500_000, 900);
    expect(to - from).toBeLessThan(60);
    const first = Math.floor(500_000 / grid.row) * grid.columns;
    expect(from).toBeLessThanOrEqual(first);
    expect(visible(grid, 100_000, -500, 900)[0]).toBe(0);
    expect(visible(grid, 3, 0, 900)).toEqual([0, 3]);
    expect(visible(grid, 100_000, 1e12, 900)).toEqual([100_000, 100_000]);
  });

  it('moves by arrow keys, mirrored from right to left, never out of the list', () => {
    expect(step('ArrowRight', 0, 10, 4, false)).toBe(1);
    expect(step('ArrowRight', 1, 10, 4, true)).toBe(0);
    expect(step('ArrowLeft', 0, 10, 4, false)).toBeNull();
    expect(step('ArrowDown', 5, 10, 4, false)).toBe(9);
    expect(step('ArrowDown', 7, 10, 4, false)).toBeNull();
    expect(step('ArrowUp', 3, 10, 4, false)).toBeNull();
    expect(step('Home', 7, 10, 4, false)).toBe(0);
    expect(step('End', 7, 10, 4, false)).toBe(9);
    expect(step('x', 7, 10, 4, false)).toBeNull();
  });
});

describe('debounce', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('runs the last call only, once it is quiet', () => {
    const work = vi.fn();
    const soon = new Debounce(120);
    for (const n of [1, 2, 3]) {
      soon.call(() => work(n));
      vi.advanceTimersByTime(100);
    }
    expect(work).not.toHaveBeenCalled();
    vi.advanceTimersByTime(20);
    expect(work.mock.calls).toEqual([[3]]);
  });

  it('can be hurried and called off', () => {
    const work = vi.fn();
    const soon = new Debounce(120);
    soon.call(work);
    soon.flush();
    soon.flush();
    expect(work).toHaveBeenCalledTimes(1);
    soon.call(work);
    soon.cancel();
    vi.runAllTimers();
    expect(work).toHaveBeenCalledTimes(1);
  });
});

describe('colours and addresses', () => {
  it('knows shades by their last word, and admits what it does not know', () => {
    expect(swatch('Dark Blue')).toBe(swatch('blue'));
    expect(swatch('Off-White')).toMatch(/^#/u);
    expect(swatch('Sunset Dream')).toBeNull();
  });

  it('tells an address from words', () => {
    expect(isAddress(' https://shop.example/a.jpg ')).toBe(true);
    expect(isAddress('red dress')).toBe(false);
    expect(isAddress('see https://shop.example')).toBe(false);
    expect(isAddress('file:///etc/passwd')).toBe(false);
  });
});
