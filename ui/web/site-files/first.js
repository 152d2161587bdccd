// Before the first paint: the shopper's own theme, and whether the page that the server sent is the one that is shown.
// It stands in the page itself, allowed by its hash.
{
  const { documentElement: root } = document;
  let settings = {};
  let chosen = null;
  try {
    chosen = localStorage.getItem('knytt-catalog');
    settings = JSON.parse(localStorage.getItem('knytt-settings') ?? '{}');
  } catch {
    // A private window keeps no settings.
  }
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const { theme = 'system', hintSeen = false } = settings;
  root.dataset.theme = theme === 'system' ? (isDark ? 'dark' : 'light') : theme;
  // The server does not see what stands behind the hash, nor which of several catalogues was chosen last.
  const { catalog } = root.dataset;
  const isNamed = new URLSearchParams(location.search).has('catalog');
  if (location.hash.length > 2 || (catalog && !isNamed && (chosen ?? catalog) !== catalog))
    root.classList.add('elsewhere');
  if (!hintSeen) root.classList.add('hinting');

  // The interface is loaded once the shopper has seen what the server put into the page, with its first pictures. On a
  // slow line its files would delay them.
  const patience = 500;
  const seen = async () => {
    const pictures = [...document.querySelectorAll('.served img[fetchpriority="high"]')];
    // A page in the background draws nothing.
    if (document.hidden || !pictures.length) return;
    const late = new Promise((done) => setTimeout(done, patience));
    await Promise.race([Promise.allSettled(pictures.map((picture) => picture.decode())), late]);
    // The first frame begins to draw, the second follows what was drawn.
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  };
  document.addEventListener('DOMContentLoaded', async () => {
    await seen();
    for (const link of document.querySelectorAll('link[data-later]')) link.rel = link.dataset.later;
    const script = document.createElement('script');
    script.type = 'module';
    script.crossOrigin = '';
    script.src = document.querySelector('link[data-start]').href;
    document.head.append(script);
  });
}
