// Computes which rows of a grid are near the window. All rows are equally high, so none is measured.

export interface Layout {
  columns: number;
  cell: number;
  row: number;
  height: number;
}

export interface Shape {
  /** The minimum width of a cell. */
  minimum: number;
  gap: number;
  /** Height of the picture divided by its width. */
  aspect: number;
  /** Height of everything below the picture. */
  text: number;
}

export function layout(width: number, count: number, { minimum, gap, aspect, text }: Shape): Layout {
  // At least two columns, even on the narrowest phone: one would show a single product at a time.
  const columns = Math.max(2, Math.floor((width + gap) / (minimum + gap)));
  const cell = Math.max(0, (width - gap * (columns - 1)) / columns);
  const row = Math.round(cell * aspect) + text + gap;
  return { columns, cell, row, height: Math.max(0, Math.ceil(count / columns) * row - gap) };
}

/** Indices [from, to) of the items to draw. */
export function visible(
  { columns, row }: Layout,
  count: number,
  scrolled: number,
  view: number,
  overscan = 2,
): [number, number] {
  const first = Math.max(0, Math.floor(scrolled / row) - overscan);
  const last = Math.max(0, Math.ceil((scrolled + view) / row) + overscan);
  return [Math.min(count, first * columns), Math.min(count, last * columns)];
}

/** The index that a key leads to from `index`; left and right swap in right-to-left scripts. */
export function step(
  key: string,
  index: number,
  count: number,
  columns: number,
  rtl: boolean,
): number | null {
  const along = rtl ? -1 : 1;
  const steps: Record<string, number> = {
    ArrowLeft: -along,
    ArrowRight: along,
    ArrowUp: -columns,
    ArrowDown: columns,
  };
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const by = steps[key];
  if (by === undefined) return null;
  const next = index + by;
  return next < 0 || next >= count ? null : next;
}
