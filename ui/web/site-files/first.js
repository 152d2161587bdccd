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
}
