// Keeps the content that the server put into the page until the interface shows the same: nothing flashes.

/** How long the server's content stays if the interface does not replace it, in milliseconds. */
const patience = 4000;

export function takeOver(target: HTMLElement): { whenReplaced(): void } {
  const content = target.querySelector<HTMLElement>('.served');
  // Without served content, this is the shell of the start page, or a page of the desktop app.
  if (!content)
    return { whenReplaced: () => target.querySelectorAll('[data-shell]').forEach((e) => e.remove()) };
  target.querySelectorAll('[data-shell]').forEach((element) => element.remove());
  content.inert = true;
  return {
    whenReplaced() {
      const own = () =>
        target.querySelector('main:not(.served):not([hidden]) :is(article[data-id], [data-testid="hit"])');
      const gone = () => {
        observer.disconnect();
        clearTimeout(timer);
        content.remove();
        target.classList.remove('taken');
      };
      // Until then, the class hides the interface's own placeholder.
      target.classList.add('taken');
      const observer = new MutationObserver(() => {
        if (own()) gone();
      });
      observer.observe(target, { childList: true, subtree: true });
      const timer = setTimeout(gone, patience);
      if (own()) gone();
    },
  };
}
