// Performance marks for tests: when the first hits were visible, and when each answer was.

let usable = false;

export function afterPaint(hits: boolean): void {
  // The second frame begins after the first one was painted.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      performance.mark('knytt:hits');
      if (usable || !hits) return;
      usable = true;
      performance.mark('knytt:usable');
      document.documentElement.dataset['ready'] = 'true';
    }),
  );
}
