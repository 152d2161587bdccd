// Keeps the content that the server put into the page until the interface shows the same: nothing flashes.

/** How long the server's content stays if the interface does not replace it, in milliseconds. */
const patience = 4000;

/** The interface's style, which a page from the server leaves for now. */
export async function lateStyle(): Promise<void> {
  const loaded = (link: HTMLLinkElement) =>
    new Promise((done) => {
      link.addEventListener('load', done, { once: true });
      link.addEventListener('error', done, { once: true });
      link.rel = 'stylesheet';
    });
  await Promise.all([...document.querySelectorAll<HTMLLinkElement>('link[data-late]')].map(loaded));
}

/** What the interface shows in the content's place. */
const replacements = [
  'article[data-id]',
  '[data-testid="hit"]',
  '[data-testid="problem"]',
  '[data-verdict="nothing_passes"]',
  '[data-verdict="browsing"] > *',
  '[data-verdict="no_good_match"]',
];

export function takeOver(target: HTMLElement): { whenReplaced(): void } {
  const content = target.querySelector<HTMLElement>('.served');
  // The start page was sent for an address that leads elsewhere.
  if (content?.matches('.start') && document.documentElement.classList.contains('elsewhere')) {
    content.remove();
    return takeOver(target);
  }
  // The shell of the start page, or a page of the desktop app.
  if (!content)
    return { whenReplaced: () => target.querySelectorAll('[data-shell]').forEach((e) => e.remove()) };
  target.querySelectorAll('[data-shell]').forEach((element) => element.remove());
  content.inert = true;
  return {
    whenReplaced() {
      const own = () => target.querySelector(`main:not(.served):not([hidden]) :is(${replacements.join()})`);
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
