// Points in time that tests measure: when the first hits could be seen, and each answer's.

let usable = false;

export function afterPaint(hits: boolean): void {
  // The second frame begins when the first one was painted.
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
